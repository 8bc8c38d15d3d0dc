"""Sets up the memory allocator for TensorFlow's large, short-lived blocks.

glibc gives every block above 32 MiB at most back to the system as soon as it is freed,
and the next step of a training takes it anew, page by page.
"""

from __future__ import annotations

import ctypes
import os

SWITCH = "DGNET_ALLOCATOR"  # Environment variable; "0" leaves glibc as it is.
# Names and numbers of glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
_MOST = 2**31 - 1
_PARAMETERS = {
    _MMAP_MAX: 0,  # No block of its own mapping, which goes when it is freed.
    _TRIM_THRESHOLD: _MOST,  # Keep what is freed at the top.
    _TOP_PAD: 256 << 20,  # Grow in few, large pieces.
    _ARENA_MAX: 1,  # Other arenas of threads do not heed the three above.
}


def keep_freed_memory() -> bool:
    """Lets the process keep memory that it frees; call it before TensorFlow loads.

    Returns whether it did: only glibc has these parameters, and only while the
    environment does not say `DGNET_ALLOCATOR=0` or preload another allocator.
    """
    if os.environ.get(SWITCH) == "0" or "malloc" in os.environ.get("LD_PRELOAD", ""):
        return False
    try:
        os.confstr("CS_GNU_LIBC_VERSION")
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, ValueError):
        return False
    return all(mallopt(name, value) == 1 for name, value in _PARAMETERS.items())
