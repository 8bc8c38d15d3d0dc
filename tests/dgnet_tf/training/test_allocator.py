"""What the allocator does with memory that is freed."""

import subprocess
import sys

import pytest

# Page faults of giving 256 MiB back and taking them again, after a first time.
_FAULTS = """
import resource, sys
from dgnet_tf.training import allocator
import numpy as np
kept = allocator.keep_freed_memory()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(4):
        np.ones(64 << 20, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(kept, faults())
"""


def faults(**environment):
    done = subprocess.run(
        [sys.executable, "-c", _FAULTS],
        env={"PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    kept, count = done.stdout.split()
    return kept == "True", int(count)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's parameters")
def test_freed_memory_is_kept_unless_the_switch_says_otherwise():
    kept, few = faults()
    left, many = faults(DGNET_ALLOCATOR="0")
    assert kept and not left
    # Whole pages of 4 KiB, or huge ones where the system gives them.
    assert few < 20 and many > 100
    assert faults(LD_PRELOAD="/nowhere/libtcmalloc_minimal.so.4")[0] is False
