"""Locks on folders and outputs: one process at a time.

The lock is the system's (`flock`) on a small file that says who holds it. It goes with
its process, however that ends; the file alone, left by a process that was killed, locks
nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import pathlib
import re
import socket
import time
from collections.abc import Iterator

from dgnet_tf.command_line import ending
from dgnet_tf.errors import UserError, warn

try:
    import fcntl
except ImportError:  # Not a POSIX system.
    fcntl = None

FILE = "lock"
_HOLDER = re.compile(r"process \d{1,10} on [\w.-]{1,64} since [-\d: ]{19} UTC")
_LOOK_EVERY = 0.05  # Seconds.
_TRIES = 100


class Held(UserError):
    """Another process holds the lock; the message says which."""


@contextlib.contextmanager
def holding(
    folder, busy: str, *, seconds: float = 0.0, quiet: bool = False
) -> Iterator[bool]:
    """Holds a folder for this process, by a file `lock` in it.

    The folder and its parents are made; of those that were, the empty ones are removed
    afterwards, as is the file. Gives False where the file system has no locks: the
    block runs all the same, after a warning unless `quiet`.

    Args:
        folder: what is held.
        busy: the message where another process holds it; "{holder}" in it becomes
            "process 123 on HOST since TIME".
        seconds: time to wait for the other.
        quiet: see above.

    Raises:
        Held: if another process, or another thread of this one, holds it.
        OSError: if the file cannot be made.
    """
    path = pathlib.Path(folder) / FILE
    made = _missing(path.parent)
    descriptor = None
    try:
        descriptor = _take(path, busy, time.monotonic() + seconds)
        if descriptor is None and not quiet:
            warn(
                f"{path.parent}: lies on a file system without locks. See to it that "
                "no other process uses it meanwhile."
            )
    except BaseException:
        _remove(made)
        raise

    def release():
        if descriptor is not None:
            with contextlib.suppress(OSError):
                path.unlink()  # While it is held: nobody else's.
            os.close(descriptor)
        _remove(made)

    with ending.undone(release):
        yield descriptor is not None


def _take(path, busy, until) -> int | None:
    """Returns the descriptor of the locked file; None where there are no locks."""
    vanished = 0
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o666)
        except (FileNotFoundError, FileExistsError):
            # Another process may just have removed the folder; hardly time and again.
            vanished += 1
            if vanished == _TRIES:
                raise
            continue
        vanished = 0
        try:
            taken = _lock(descriptor)
            if taken and _is(path, descriptor):
                _sign(descriptor)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if taken is None:
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        if taken:
            continue  # Its holder removed it before it was ours.
        if time.monotonic() >= until:
            raise Held(busy.format(holder=_holder(path)))
        time.sleep(_LOOK_EVERY)


_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def _lock(descriptor) -> bool | None:
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # Network file systems: ENOLCK, EOPNOTSUPP and others.
        return None
    return True


def _is(path, descriptor) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _sign(descriptor):
    now = datetime.datetime.now(datetime.timezone.utc)
    name = re.sub(r"[^\w.-]", "?", socket.gethostname())[:64] or "?"
    text = f"process {os.getpid()} on {name} since {now:%Y-%m-%d %H:%M:%S} UTC\n"
    with contextlib.suppress(OSError):  # A full disk has no room for it.
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def _holder(path) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            match = _HOLDER.fullmatch(file.read(200).strip())
    except OSError:
        match = None
    return match[0] if match else "another process"


def _missing(folder) -> list[pathlib.Path]:
    """Returns a folder and its parents, as far as they are not there, inmost first."""
    missing = []
    for one in (folder, *folder.parents):
        if one.exists():
            break
        missing.append(one)
    return missing


def _remove(made):
    for folder in made:
        try:
            folder.rmdir()
        except OSError:  # Not empty, or already gone.
            return
