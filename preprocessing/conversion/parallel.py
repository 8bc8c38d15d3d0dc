"""Runs a function over tasks, in this process or in several."""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence

from dgnet_tf.command_line import children
from dgnet_tf.errors import UserError


def run(function: Callable, tasks: Sequence, workers: int) -> Iterator:
    """Yields `function(task)` for each task, in whatever order they are ready.

    Args:
        function: function of a module.
        tasks: picklable arguments.
        workers: processes; with 1, this one does the work. More are started anew,
            so the calling program must be importable without side effects. They end
            with this one.

    Raises:
        UserError: if a process dies.
        Exception: what `function` raises; tasks not yet begun are dropped then.
    """
    workers = min(workers, len(tasks))
    if workers <= 1:
        yield from map(function, tasks)
        return
    # Not forked: TensorFlow has threads of its own.
    pool = concurrent.futures.ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=children.follow,
        initargs=(os.getpid(),),
    )
    try:
        # Ctrl-C reaches the whole process group; the parent alone ends the work.
        with _blocked(signal.SIGINT):
            futures = [pool.submit(function, task) for task in tasks]
        for future in concurrent.futures.as_completed(futures):
            yield future.result()
    except concurrent.futures.process.BrokenProcessPool as error:
        raise UserError(
            "A worker process ended unexpectedly, perhaps for lack of memory. Try "
            "fewer --workers."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _blocked(number):
    """Keeps a signal from processes that are started in the block, from their start."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [number])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
