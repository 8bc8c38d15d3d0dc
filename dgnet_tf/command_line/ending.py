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
from collections.abc import Callable, Iterator

from dgnet_tf.command_line import children

# What the line says. The exit code is 128 and the signal's number, as shells give it.
_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}
_SIGNALS = {
    getattr(signal, n): word for n, word in _WORDS.items() if hasattr(signal, n)
}
INTERRUPTED = 128 + signal.SIGINT
# Cleaning may take no longer, in seconds; nor may native code keep the handler waiting.
_LONGEST = 5.0


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


def install() -> dict:
    """Sets the handlers; returns those before them, for `restore`.

    A signal that is ignored stays so, as `nohup` and a shell's background jobs want it.
    """
    if threading.current_thread() is not threading.main_thread():
        return {}
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler not in (signal.SIG_IGN, None):
            signal.signal(number, _end)
    return before


def restore(handlers: dict):
    """Sets handlers that `install` has returned."""
    for number, handler in handlers.items():
        if handler is not None:
            signal.signal(number, handler)


def progress_bars() -> list:
    """Returns the progress bars that are not closed."""
    bars = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    return list(getattr(bars, "_instances", ()))


def _end(number, frame):
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)
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
    # A progress bar stands in a line that has not ended.
    line = "\n" if progress_bars() else ""
    with contextlib.suppress(OSError):
        os.write(2, f"{line}error: {_SIGNALS[number]}\n".encode())
    os._exit(128 + number)
