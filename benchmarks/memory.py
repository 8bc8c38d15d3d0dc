"""Peak memory, each measurement in its own process (Linux)."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import pathlib

from dgnet_tf.command_line import children


def in_own_process(function, *arguments):
    """Returns a function's result from a new process.

    Args:
        function: of a module, so that the process can find it.
        *arguments: picklable.
    """
    context = multiprocessing.get_context("spawn")
    ending = {"initializer": children.follow, "initargs": (os.getpid(),)}
    with concurrent.futures.ProcessPoolExecutor(1, context, **ending) as pool:
        return pool.submit(function, *arguments).result()


def resident() -> int:
    """Returns the bytes of memory that this process holds."""
    return _status("VmRSS")


def peak() -> int:
    """Returns the most bytes of memory that this process has held."""
    return _status("VmHWM")


def _status(field):
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return 1024 * int(value.split()[0])  # In kB.
    raise RuntimeError(f"/proc/self/status has no {field}.")
