"""Runs the cases of one target in this process, under bounds of time and memory.

It writes a line of JSON when a case begins and another when it ends, so that the parent
knows which one ended the process or hangs in code that no signal stops. The input of
such a case stays where it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sys
import time
import traceback

MOST_SECONDS, MOST_BYTES = 5.0, 10**9
# Address space beyond what is taken before the first case. A reader that asks for more
# gets a MemoryError, and would refuse the input: `target.refusal` tells on it.
_ADDRESSES = 8 * MOST_BYTES
_MOST_KEPT = 100  # inputs that failed
NOW, LOG = "now", "log.txt"


class TooSlow(BaseException):
    """A case took too long; no reader's `except Exception` stops it."""


def main(name, seed, first, cases, output):
    """Runs cases `first` to `cases` - 1 of a target."""
    folder = pathlib.Path(output) / name
    folder.mkdir(parents=True, exist_ok=True)
    says = os.fdopen(os.dup(1), "w", buffering=1)
    with open(folder / LOG, "ab", buffering=0) as log:
        for stream in (1, 2):  # What libraries print.
            os.dup2(log.fileno(), stream)
    from fuzzing.target import refusal
    from fuzzing.targets import TARGETS

    target = TARGETS[name]
    signal.signal(signal.SIGALRM, _too_slow)
    path, whole = _written(target, folder)
    if (message := refusal(target, path)) is not None:
        raise ValueError(f"{name}: its whole input is refused: {message}")
    _limit_addresses()
    kept = 0
    for case in range(int(first), int(cases)):
        path.write_bytes(damaged(target, whole, seed, case))
        print(json.dumps({"begin": case}), file=says)
        found = _outcome(target, path, refusal)
        if found["fault"] and kept < _MOST_KEPT:
            kept += 1
            keep(folder, case, found["fault"])
            _written(target, folder)
        found["kind"], found["fault"] = _kind(found["fault"])
        print(json.dumps({"case": case, **found}), file=says)
    shutil.rmtree(folder / NOW)
    (folder / LOG).unlink()
    with contextlib.suppress(OSError):  # Where no input failed.
        folder.rmdir()


def keep(folder, case: int, fault: str):
    """Keeps the input at hand, with what happened, under the number of its case."""
    (folder / NOW / "fault.txt").write_text(fault, errors="replace")
    (folder / NOW).rename(folder / str(case))


def damaged(target, whole: bytes, seed, case: int) -> bytes:
    """Returns the input of one case, the same at each call."""
    return target.damage(whole, random.Random(f"{seed} {target.name} {case}"))


def _written(target, folder):
    """Writes a whole input; returns the file to damage and its bytes."""
    (folder / NOW).mkdir()
    path = target.write(folder / NOW / "source")
    return path, path.read_bytes()


def _outcome(target, path, refusal) -> dict:
    before = _reset_peak()
    start = time.monotonic()
    fault = ""
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        refused = refusal(target, path) is not None
    except (Exception, TooSlow):
        refused, fault = False, traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    seconds, taken = time.monotonic() - start, _status("VmHWM") - before
    if not fault and taken > MOST_BYTES:
        fault = f"took {taken / 1e6:.0f} MB"
    return {"refused": refused, "fault": fault, "seconds": seconds, "bytes": taken}


def _kind(fault) -> tuple[str, str]:
    """Returns where a traceback ends, and its last line."""
    lines = fault.strip().splitlines()
    places = [line.strip() for line in lines if line.lstrip().startswith("File ")]
    last = next((line for line in reversed(lines) if line.strip()), "")
    return f"{places[-1:]} {last.partition(':')[0]}", last[:500]


def _too_slow(*_):
    raise TooSlow(f"took more than {MOST_SECONDS:g} s")


def _limit_addresses():
    most = _status("VmSize") + _ADDRESSES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _reset_peak() -> int:
    """Begins a new measure of the peak of memory; returns what is taken now."""
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(field: str) -> int:
    """Returns a size of this process in bytes."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    raise ValueError(f"/proc/self/status has no {field}")


if __name__ == "__main__":
    main(*sys.argv[1:])
