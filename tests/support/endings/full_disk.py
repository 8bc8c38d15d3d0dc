"""Disks that are full at a byte of one's choice."""

import contextlib
import resource
import subprocess

import pytest

from dgnet_tf.files import atomic


@contextlib.contextmanager
def files_of(most: int):
    """Lets this process write no file beyond a number of bytes: "File too large"."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def where_results_grow(monkeypatch, most: int):
    """Makes it so for what `atomic.replacing` lets grow, and for nothing else."""
    room = atomic._room

    @contextlib.contextmanager
    def small_room(*arguments):
        with room(*arguments) as found, files_of(most):
            yield found

    monkeypatch.setattr(atomic, "_room", small_room)


@contextlib.contextmanager
def mounted(folder, size: int):
    """Gives a file system in memory of so many bytes; skips where nobody may mount."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted: {error}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
