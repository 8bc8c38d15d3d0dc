"""Ends a command by a signal: at once, with one line, and nothing left behind.

The handler ends the process itself. An exception would have to pass through whatever
runs at that moment, and imports, callbacks and libraries swallow what is raised in the
midst of them or print its traceback.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

from dgnet_tf.command_line import children

# What the line says. The exit code is 128 and the signal's number, as shells give it.
_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}
_SIGNALS = {
    getattr(signal, n): word for n, word in _WORDS.items() if hasattr(signal, n)
}
INTERRUPTED = 128 + signal.SIGINT
# Seconds that cleaning may take, and that native code may keep the handler waiting.
_LONGEST, _PATIENCE = 5.0, 1.0
_quiet = False
_ends = threading.Lock()  # Taken by the thread that ends the process.


@contextlib.contextmanager
def undone(callback: Callable[[], None]) -> Iterator[None]:
    """Calls a function after the block, and also where a signal ends the process."""

    def once():
        # An object of its own: `unregister` takes away all that are equal.
        callback()

    atexit.register(once)
    try:
        yield
    finally:
        atexit.unregister(once)
        once()


def install(*, quiet: bool = False) -> Callable[[], None]:
    """Sets the handlers; returns what puts those back that were there before.

    With `quiet` the line is left out, as in a worker, whose parent prints it.
    A signal that is ignored stays so, as `nohup` and a shell's background jobs want it.
    """
    global _quiet
    _quiet = quiet
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    if _end in before.values():
        return lambda: None
    for number, handler in before.items():
        if handler not in (signal.SIG_IGN, None):
            signal.signal(number, _end)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    other = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    watch = threading.Thread(target=_watch, args=(reading,), daemon=True)
    watch.start()

    def restore():
        signal.set_wakeup_fd(other)
        os.close(writing)
        watch.join()
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)

    return restore


def _watch(descriptor):
    """Ends the process where its main thread cannot, as while XLA compiles.

    Python calls handlers in that thread, between two of its own steps; what it has been
    told to wake up is told at once.
    """
    while told := os.read(descriptor, 1):
        if told[0] in _SIGNALS and signal.getsignal(told[0]) is _end:
            time.sleep(_PATIENCE)
            _end(told[0])
    os.close(descriptor)


def progress_bars() -> list:
    """Returns the progress bars that are not closed."""
    bars = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    return list(getattr(bars, "_instances", ()))


def _end(number, frame=None):
    while not _ends.acquire(blocking=False):
        time.sleep(_LONGEST)  # The other thread does it.
    late = threading.Timer(_LONGEST, _say_and_exit, (number,))
    late.daemon = True
    late.start()
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
    with contextlib.suppress(BaseException):
        children.end()
    with contextlib.suppress(BaseException):
        # Temporary folders, locks and semaphores: what `undone`, tempfile and
        # multiprocessing have asked for.
        atexit._run_exitfuncs()
    _say_and_exit(number)


def _say_and_exit(number):
    if _quiet:
        os._exit(128 + number)
    # A progress bar on a terminal stands in a line that has not ended.
    line = "\n" if any(getattr(b, "in_a_line", True) for b in progress_bars()) else ""
    with contextlib.suppress(OSError):
        os.write(2, f"{line}error: {_SIGNALS[number]}\n".encode())
    os._exit(128 + number)
