"""Runs a function over tasks, in this process or in several."""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool

import tqdm

from dgnet_tf.command_line import children, ending
from dgnet_tf.errors import UserError


def results(function: Callable, tasks: Sequence, workers: int) -> Iterator:
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
    with _pool(workers) as submit:
        futures = [submit(function, task) for task in tasks]
        try:
            for future in concurrent.futures.as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise UserError(
                "A worker process ended unexpectedly, perhaps for lack of memory. Try "
                "fewer --workers."
            ) from error


def survivors(function: Callable, tasks: Sequence, workers: int) -> Iterator[tuple]:
    """Yields (task, result) as `results` does; None for a task whose process died.

    A process that dies takes the others of its pool with it. What they were at is done
    again, task by task, so that only the one that kills its process is lost.

    Args:
        function, tasks, workers: see `results`; `function` does not return None.

    Raises:
        Exception: what `function` raises; tasks not yet begun are dropped then.
    """
    if min(workers, len(tasks)) <= 1:
        for task in tasks:
            yield task, function(task)
        return
    waiting, suspects = collections.deque(tasks), collections.deque()
    while waiting or suspects:
        alone = bool(suspects)
        source = collections.deque([suspects.popleft()]) if alone else waiting
        lost = yield from _until_one_dies(function, source, 1 if alone else workers)
        if alone:
            for task in lost:
                yield task, None
        else:
            suspects.extend(lost)


def _until_one_dies(function, waiting, workers) -> Iterator[tuple]:
    """Yields results, with as many tasks begun as there are processes.

    Returns the tasks that were begun when a process died.
    """
    begun = {}
    with _pool(workers) as submit:
        try:
            while waiting or begun:
                while waiting and len(begun) < workers:
                    begun[submit(function, waiting[0])] = waiting[0]
                    waiting.popleft()
                done, _ = concurrent.futures.wait(
                    begun, return_when=concurrent.futures.FIRST_COMPLETED
                )
                for future in done:
                    result = future.result()
                    yield begun.pop(future), result
        except BrokenProcessPool:
            return list(begun.values())
    return []


@contextlib.contextmanager
def _pool(workers) -> Iterator[Callable]:
    """Starts processes; gives what submits a call to them."""
    # Not forked: TensorFlow has threads of its own.
    pool = concurrent.futures.ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(os.getpid(),),
    )

    def submit(function, task):
        # Starts a process, too. Ctrl-C reaches the whole process group; the parent
        # alone ends the work.
        with _blocked(signal.SIGINT):
            return pool.submit(function, task)

    try:
        yield submit
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(parent: int):
    """Readies a process of a pool: when it is ended, it leaves nothing behind."""
    ending.install(quiet=True)
    children.follow(parent)
    # tqdm's own lock, of which bars that are not shown have no need, holds a semaphore
    # that outlives a process which is ended.
    tqdm.tqdm.set_lock(threading.RLock())


@contextlib.contextmanager
def _blocked(number):
    """Keeps a signal from processes that are started in the block, from their start."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [number])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
