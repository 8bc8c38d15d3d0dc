"""Files and folders that appear whole or not at all.

What is written to NAME grows in a hidden folder beside it, `.NAME.partial`, which the
writing process holds by a lock. What a process that was killed has left there is
removed by the next one that writes NAME.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import pathlib
import shutil
import stat
import tempfile
from collections.abc import Iterator

from dgnet_tf.command_line import ending
from dgnet_tf.errors import file_error
from dgnet_tf.files import locks

# For how long a writer waits for another one of the same file, seconds.
_PATIENCE = 60.0
_OLDER = "older"
# Of a write that does not say which file it was.
_WRITING = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO, errno.EROFS)


@contextlib.contextmanager
def replacing(path, *, alone: bool = False, folder: bool = False):
    """Gives a path of the same name elsewhere; moves it to `path` at the end.

    Missing parent folders are made. After an error nothing is left behind. What was
    written has reached the disk before it appears under its name.

    Args:
        path: of a file, which takes the place of an older one, or of a folder, whose
            name must be free or an empty folder's.
        alone: another process that writes `path` is an error; otherwise this one
            waits for it, and the last one's file stays.
        folder: `path` is a folder, and may take the place of an older one.

    Raises:
        Held: if another process writes it, or has done so for a minute.
        OSError: names `path` for what could not be written.
    """
    path = pathlib.Path(path)
    with _naming(path), _room(path, alone) as (room, older):
        beside = room / path.name
        yield beside
        _flush(beside)
        if folder and path.is_dir():
            os.replace(path, older)
        os.replace(beside, path)


def write_text(path, text: str):
    """Writes a text file in UTF-8, whole or not at all."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")


def write_bytes(path, content: bytes):
    """Writes a file, whole or not at all."""
    with replacing(path) as beside:
        beside.write_bytes(content)


@contextlib.contextmanager
def _naming(path):
    """Lets errors of the file system name `path` instead of what lies in its room."""
    try:
        yield
    except Exception as error:
        found = file_error(error)
        if found is None or found.errno is None:
            raise
        name = os.fspath(found.filename or "")
        if f".{path.name}.partial" in name or (not name and found.errno in _WRITING):
            raise OSError(found.errno, found.strerror, str(path)) from error
        raise


@contextlib.contextmanager
def _room(path, alone) -> Iterator[tuple[pathlib.Path, pathlib.Path]]:
    """Gives a new folder to write in, and where an older result may stand meanwhile."""
    shared = path.with_name(f".{path.name}.partial")
    busy = f"{path}: {{holder}} writes it. Wait for that to end, or name another."
    with contextlib.ExitStack() as stack:
        locked = False
        if _is_ours(shared):
            # At last, after the lock's own file is gone.
            stack.enter_context(ending.undone(functools.partial(_remove, shared)))
            seconds = 0.0 if alone else _PATIENCE
            held = locks.holding(shared, busy, seconds=seconds, quiet=True)
            locked = stack.enter_context(held)
        if not locked:  # A name that nobody else has.
            path.parent.mkdir(parents=True, exist_ok=True)
            shared = pathlib.Path(tempfile.mkdtemp("", f"{shared.name}-", path.parent))
            stack.enter_context(ending.undone(functools.partial(_remove, shared)))
        _clear(shared, path)
        stack.enter_context(ending.undone(functools.partial(_clear, shared, path)))
        yield pathlib.Path(tempfile.mkdtemp(dir=shared)), shared / _OLDER


def _is_ours(shared) -> bool:
    """Whether a folder is this user's own, or not there."""
    try:
        found = os.lstat(shared)
    except FileNotFoundError:
        return True
    own = os.geteuid() if hasattr(os, "geteuid") else found.st_uid
    return stat.S_ISDIR(found.st_mode) and found.st_uid == own


def _clear(shared, path):
    """Removes what lies in a folder but its lock; gives an older result its name."""
    older = shared / _OLDER
    if older.exists() and not path.exists():
        os.replace(older, path)
    for entry in os.scandir(shared):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        elif entry.name != locks.FILE:
            os.unlink(entry.path)


def _remove(folder):
    with contextlib.suppress(OSError):  # Not empty: its lock is there.
        folder.rmdir()


def _flush(written):
    """Waits until files have reached the disk, which may be full only then."""
    paths = written.rglob("*") if written.is_dir() else [written]
    for path in paths:
        if path.is_file():
            descriptor = os.open(path, os.O_RDWR)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
