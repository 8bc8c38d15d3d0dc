"""Runs targets in processes of their own, and goes on after a case that ends one."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import selectors
import subprocess
import sys

from fuzzing import child

# How long a case may take beyond its alarm, which code outside Python does not hear;
# and a child to import what its target imports.
_GRACE_SECONDS, _START_SECONDS = 10.0, 300.0

_LAST = 10**9  # Stands for no case, and behind all of them.


@dataclasses.dataclass
class Tally:
    """What became of a target's cases; times and sizes are the greatest."""

    name: str
    cases: int = 0
    accepted: int = 0
    refused: int = 0
    faults: int = 0
    seconds: float = 0.0
    slowest: int = 0
    bytes: int = 0

    def add(self, case: int, refused=False, fault="", seconds=0.0, bytes=0):
        """Counts one case."""
        self.cases += 1
        self.faults += bool(fault)
        self.refused += refused and not fault
        self.accepted += not refused and not fault
        if seconds >= self.seconds:
            self.seconds, self.slowest = seconds, case
        self.bytes = max(self.bytes, bytes)


def run(name: str, seed: int, first: int, cases: int, output, show=print) -> Tally:
    """Runs cases `first` to `cases` - 1 of a target.

    Args:
        name: of the target.
        seed: of the damages; with a case's number it makes the same input again.
        first, cases: see above.
        output: folder for the inputs that failed, each with what happened.
        show: called with a line for the first failure of each kind.
    """
    tally, kinds, folder = Tally(name), set(), pathlib.Path(output) / name
    while first < cases:
        arguments = map(str, (name, seed, first, cases, output))
        for line in _lines([sys.executable, "-m", "fuzzing.child", *arguments]):
            first = line["case"] + 1
            kind = line.pop("kind", line["fault"])
            tally.add(**line)
            if "bytes" not in line and (folder / child.NOW).exists():
                child.keep(folder, line["case"], line["fault"])
            if line["fault"] and kind not in kinds:
                kinds.add(kind)
                show(f"{folder / str(line['case'])}: {line['fault']:.250}")
    return tally


def _lines(command):
    """Yields what a child says of each case; of its last one what ended it."""
    read, write = os.pipe()
    process = subprocess.Popen(command, stdout=write, stdin=subprocess.DEVNULL)
    os.close(write)
    begun, hangs = None, False
    with open(read) as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        wait = _START_SECONDS
        while not (hangs := not selector.select(wait)):
            text = pipe.readline()
            if not text:
                break
            line = json.loads(text)
            begun = line.get("begin")
            if begun is None:
                yield line
            wait = child.MOST_SECONDS + _GRACE_SECONDS
    if hangs:
        process.kill()
    code = process.wait()
    if hangs and begun is not None:
        yield {"case": begun, "fault": "hangs", "seconds": wait}
    elif begun is not None:
        yield {"case": begun, "fault": f"ended its process with {code}"}
    elif code:
        fault = f"ended with {code} outside of any case; see {child.LOG}"
        yield {"case": _LAST, "fault": fault}
