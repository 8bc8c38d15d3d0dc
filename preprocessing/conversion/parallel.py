"""Runs a function over tasks, in this process or in several."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence

from dgnet_tf.errors import UserError


def run(function: Callable, tasks: Sequence, workers: int) -> Iterator:
    """Yields `function(task)` for each task, in whatever order they are ready.

    Args:
        function: function of a module.
        tasks: picklable arguments.
        workers: processes; with 1, this one does the work. More are started anew,
            so the calling program must be importable without side effects.

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
        initializer=_ignore_interrupts,
    )
    try:
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


def _ignore_interrupts():
    # Ctrl-C reaches the whole process group; the parent alone ends the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
