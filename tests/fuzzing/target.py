"""What can be damaged: one kind of input, and the check that all kinds have to pass."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import random
import shutil
import warnings
from collections.abc import Callable

from dgnet_tf.errors import UserError

MOST_CHARACTERS = 2000  # of a message
Damage = Callable[[bytes, random.Random], bytes]


class Fault(AssertionError):
    """A reader did neither of the two things that it may do."""


@dataclasses.dataclass(frozen=True)
class Target:
    """One kind of input.

    Attributes:
        name: of the target, unique.
        write: makes a folder with a whole input; returns the file to damage.
        read: reads that file as the product does and asserts what holds of the result;
            what it writes beside the folder is removed.
        damages: functions of the whole file's bytes and a random generator that return
            the bytes of a damaged one; each is as likely as the others.
        cost: how many times as long as usual a case takes; so many times fewer are run.
    """

    name: str
    write: Callable[[pathlib.Path], pathlib.Path]
    read: Callable[[pathlib.Path], object]
    damages: tuple[Damage, ...]
    cost: int = 1

    def damage(self, whole: bytes, rng: random.Random) -> bytes:
        """Returns the bytes of a damaged file."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of writing what nobody means to write.
            return rng.choice(self.damages)(whole, rng)


def refusal(target: Target, path: pathlib.Path) -> str | None:
    """Reads an input; returns the message that refuses it, None where it is read.

    Raises:
        Fault: if the message is no clear line, if memory ran out, or if something
            half-done is left beside the input's folder.
        Exception: whatever else the reader lets pass, which is a fault as well.
    """
    beside = next(p for p in path.parents if p.name == "source").parent
    message = None
    with _silence(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            target.read(path)
        except UserError as error:
            _check_causes(error)
            message = str(error)
    left = [p for p in beside.iterdir() if p.name != "source"]
    for made in left:
        shutil.rmtree(made) if made.is_dir() else made.unlink()
    if message is not None:
        _check_message(message)
        if left:
            raise Fault(f"left behind: {left}")
    return message


def _check_message(message):
    if "\n" in message or not message.strip():
        raise Fault(f"not one line: {message!r:.500}")
    if len(message) > MOST_CHARACTERS:
        raise Fault(f"{len(message)} characters: {message[:500]}")
    if not message.isprintable():
        raise Fault(f"would not print: {message!r:.500}")


def _check_causes(error):
    """Refuses messages that stand for memory or a stack that ran out."""
    while error is not None:
        if isinstance(error, MemoryError):
            raise Fault("ran out of memory") from error
        error = error.__cause__ or error.__context__


@contextlib.contextmanager
def _silence():
    """Keeps what readers print, on the streams of Python, off the screen."""
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield
