"""Standard output and error that a command survives: closed, full, or nobody reads.

A result matters more than what is said about it: a command whose output cannot be
written goes on to its end, and says so then.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
from collections.abc import Iterator


class _Tolerant(io.RawIOBase):
    """A file descriptor; after the first error all that is written to it is dropped."""

    def __init__(self, descriptor: int):
        super().__init__()
        self.descriptor = descriptor
        self.error: OSError | None = None

    def writable(self):
        return True

    def fileno(self):
        return self.descriptor

    def isatty(self):
        return os.isatty(self.descriptor)

    def write(self, data):
        if self.error is None:
            try:
                return os.write(self.descriptor, data)
            except BlockingIOError:
                select.select([], [self.descriptor], [])
                return self.write(data)
            except OSError as error:
                self.error = error
        return len(memoryview(data).cast("B"))


def open_closed():
    """Opens what is closed of descriptors 0 to 2, and writes it to nowhere.

    Otherwise the next file that is opened gets the number, and with it whatever a
    library writes there.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest number that is free: this one.
            os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(descriptor, True)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))


@contextlib.contextmanager
def tolerant() -> Iterator[list[OSError]]:
    """Lets nothing that is printed in the block raise an error of the file system.

    Gives a list that afterwards holds the error of standard output, if there was one.
    Streams that somebody has put in the place of the process's own are left alone.
    """
    errors, kept = [], []
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not getattr(sys, f"__{name}__") or not _has_descriptor(stream):
            continue
        kept.append((name, stream, _Tolerant(stream.fileno())))
        made = io.TextIOWrapper(
            io.BufferedWriter(kept[-1][2]),
            encoding=stream.encoding,
            errors=stream.errors,
            # `python -u` writes through, and has no buffer to do so.
            line_buffering=stream.line_buffering or stream.write_through,
        )
        setattr(sys, name, made)
    try:
        yield errors
    finally:
        for name, stream, raw in kept:
            made = getattr(sys, name)
            with contextlib.suppress(ValueError):  # Closed by somebody.
                made.flush()
            setattr(sys, name, stream)
            if name == "stdout" and raw.error is not None:
                errors.append(raw.error)


def _has_descriptor(stream) -> bool:
    try:
        return stream.fileno() in (1, 2)
    except (OSError, ValueError, AttributeError):
        return False
