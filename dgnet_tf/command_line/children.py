"""Child processes that end with their parent, however it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

# Says to a child which process it must not outlive.
_PARENT = "DGNET_TF_PARENT"
_LOOK_EVERY, _PATIENCE = 0.5, 2.0  # Seconds.

_started: weakref.WeakSet[subprocess.Popen] = weakref.WeakSet()


def start(command, *, env=None, **options) -> subprocess.Popen:
    """Starts a process that a signal to this one ends, too; see `subprocess.Popen`.

    Where it is one of our commands it also ends when this process is killed.
    """
    environment = {**(os.environ if env is None else env), _PARENT: str(os.getpid())}
    process = subprocess.Popen(command, env=environment, **options)
    _started.add(process)
    return process


def completed(command, **options) -> subprocess.CompletedProcess:
    """Starts a process as `start` does and waits for its end; never raises for it."""
    with start(command, **options) as process:
        try:
            printed, said = process.communicate()
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, printed, said)


def last_words(run: subprocess.CompletedProcess) -> str:
    """Returns the last line that a process printed, which mostly says why it failed."""
    said = (run.stderr or "").strip() or (run.stdout or "").strip()
    return said.splitlines()[-1] if said else "no reason given"


def end():
    """Ends all child processes: those of `start` and of multiprocessing."""
    found = list(_started)
    if multiprocessing := sys.modules.get("multiprocessing"):
        found += multiprocessing.active_children()
    for process in found:
        with contextlib.suppress(OSError, ValueError):
            process.terminate()
    until = time.monotonic() + _PATIENCE
    for process in found:
        with contextlib.suppress(OSError, ValueError):
            _wait(process, max(0.0, until - time.monotonic()))
            process.kill()
            _wait(process, _PATIENCE)


def _wait(process, seconds):
    if isinstance(process, subprocess.Popen):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    else:
        process.join(seconds)


def follow_starter():
    """Ends this process with the one whose `start` has started it, if any."""
    # Taken out: it is not meant for children of this process.
    parent = os.environ.pop(_PARENT, "")
    if parent.isdigit():
        follow(int(parent))


def follow(parent: int):
    """Ends this process, as SIGTERM does, once its parent is gone.

    To ask again and again is all that every system has, and sees a parent that has
    died before the first time.
    """

    def watch():
        while os.getppid() == parent:
            time.sleep(_LOOK_EVERY)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="follow", daemon=True).start()
