"""Disks that are full at a byte of one's choice."""

import contextlib
import resource


@contextlib.contextmanager
def files_of(most: int):
    """Lets this process write no file beyond a number of bytes: "File too large"."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
