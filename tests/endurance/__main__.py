"""Kills commands at random moments, gives them again, and prints what became of them.

    PYTHONPATH=tests python -m endurance [--kills=100] [--seed=0] [--command=NAME,...]
        [--signal=KILL|TERM|INT] [--output=endurance]

Each command runs to its end twice; then it is killed again and again, at moments drawn
evenly from its run, and given once more. The second run must end with the same result
and leave nothing beside it. Needs Linux. Exit code 1 if something was wrong; what is
wrong is then under --output, which is removed otherwise.
"""

from __future__ import annotations

import argparse
import collections
import pathlib
import random
import shutil
import signal
import sys
import time

from endurance import kills


def main():
    """Kills as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--command", default=",".join(kills.COMMANDS))
    parser.add_argument("--signal", choices=("KILL", "TERM", "INT"), default="KILL")
    parser.add_argument("--output", default="endurance")
    values = parser.parse_args()
    names = values.command.split(",")
    if unknown := set(names) - set(kills.COMMANDS):
        sys.exit(f"--command: no {unknown}; there are {', '.join(kills.COMMANDS)}.")
    output = pathlib.Path(values.output)
    if output.exists():
        sys.exit(f"--output={output}: exists. Remove it, or name another.")
    number, draw = getattr(signal, f"SIG{values.signal}"), random.Random(values.seed)
    begun, found = time.monotonic(), collections.defaultdict(list)
    inputs = kills.sources(output / "inputs")
    wanted = {name: kills.reference(name, inputs, output / name) for name in names}
    for index in range(values.kills):
        name = names[index % len(names)]
        place = output / name / f"kill{index}"
        outcome = kills.trial(
            name, wanted[name], inputs, place, draw.uniform(0, 1), number
        )
        found[name].append(outcome)
        whole = wanted[name].seconds
        print(f"{index:4} {name:12} {outcome.seconds:6.2f} of {whole:.2f}"
              f" s, there: {' '.join(outcome.left)}", flush=True)  # fmt: skip
        if outcome.fault:
            print(f"FAULT: {outcome.fault}", flush=True)
    faults = sum(bool(one.fault) for outcomes in found.values() for one in outcomes)
    for name, outcomes in found.items():
        wrong = sum(bool(one.fault) for one in outcomes)
        print(f"{name}: {len(outcomes)} kills, {wrong} wrong")
    print(f"{values.kills} kills, {faults} wrong, {time.monotonic() - begun:.0f} s")
    if not faults:
        shutil.rmtree(output)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
