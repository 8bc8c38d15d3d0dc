"""Tries many damages of each target, and prints what became of them.

    PYTHONPATH=tests python -m fuzzing --cases=10000 [--target=NAME] [--seed=0]
        [--jobs=2] [--case=NUMBER] [--output=fuzzing-failures]

Each target runs in a process of its own; a case must end within 5 s and take less than
1 GB. A case is made of seed, target and number, so that `--target=NAME --case=NUMBER`
runs it again. Exit code 1 if any failed; their inputs are then under --output.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import fnmatch
import os
import pathlib
import sys
import time

# Before NumPy and TensorFlow are imported, by this process and its children.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
for _pool in ("TF_NUM_INTRAOP", "TF_NUM_INTEROP", "OMP_NUM", "OPENBLAS_NUM"):
    os.environ.setdefault(f"{_pool}_THREADS", "1")

from fuzzing import campaign  # noqa: E402
from fuzzing.targets import TARGETS  # noqa: E402

_ROW = "{:41} {:>7} {:>7} {:>7} {:>6} {:>10} {:>7} {:>8}"


def main():
    """Runs what the arguments name."""
    values = _arguments()
    names = [n for n in TARGETS if fnmatch.fnmatchcase(n, values.target)]
    if not names:
        sys.exit(f"--target={values.target}: there are {', '.join(TARGETS)}.")
    if pathlib.Path(values.output).exists():
        sys.exit(f"--output={values.output}: exists. Remove it, or name another.")
    start = time.monotonic()
    print(_ROW.format("target", "cases", "read", "refused", "failed", "slowest, s",
                      "of case", "peak, MB"))  # fmt: skip
    tallies = []
    with concurrent.futures.ThreadPoolExecutor(values.jobs) as pool:
        for tally in pool.map(lambda name: _run(name, values), names):
            tallies.append(tally)
            print(_ROW.format(
                tally.name, tally.cases, tally.accepted, tally.refused, tally.faults,
                f"{tally.seconds:.2f}", tally.slowest, f"{tally.bytes / 1e6:.0f}",
            ), flush=True)  # fmt: skip
    cases, faults = (sum(getattr(t, n) for t in tallies) for n in ("cases", "faults"))
    print(f"{cases} inputs of {len(tallies)} targets, {faults} failed, "
          f"{time.monotonic() - start:.0f} s")  # fmt: skip
    if not faults:  # The next campaign would take it for inputs that failed.
        pathlib.Path(values.output).rmdir()
    sys.exit(1 if faults else 0)


def _run(name, values):
    first, last = 0, max(1, values.cases // TARGETS[name].cost)
    if values.case is not None:
        first, last = values.case, values.case + 1
    return campaign.run(name, values.seed, first, last, values.output)


def _arguments():
    parser = argparse.ArgumentParser(
        prog="python -m fuzzing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--cases", type=int, default=10_000, help="of each target; of slow ones fewer")
    add("--target", default="*", help="name or pattern, by default all")
    add("--seed", type=int, default=0)
    add("--case", type=int, help="run this one alone")
    add("--jobs", type=int, default=1, help="targets at once")
    add("--output", default="fuzzing-failures", help="folder for inputs that failed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
