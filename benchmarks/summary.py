"""What a user waits for: one column of the table "before and after".

python -m benchmarks.summary [--checkout=DIR] [--suites] [--demo] [--output=FILE.json]

Everything is run as commands in the checkout, so that the same command measures an
earlier version, in the same Python environment. What that version cannot do is "-".
Leave the machine alone meanwhile.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from absl import flags

from benchmarks import memory
from dgnet_tf import command_line
from dgnet_tf.command_line import children

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "checkout", ".", "Folder of the version to measure.", flag_values=FLAGS
)
flags.DEFINE_boolean("suites", True, "Run the suites `train` and `latency`.", FLAGS)
flags.DEFINE_boolean(
    "demo", True, "Time `preprocessing.demo`, the main job end to end.", FLAGS
)
flags.DEFINE_integer(
    "rounds", 5, "Measured turns of each contestant.", 1, flag_values=FLAGS
)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)

# 10 s of a usual camera; 10 minutes at the shipped weights' own rate.
_SHORT, _SHORT_FPS = 300, 30
_LONG, _LONG_FPS = 10 * 60 * 50, 50
_NONE = "-"
LONG_WINDOWS = "long_windows.tflite"


@dataclasses.dataclass(frozen=True)
class Spent:
    """What a command took: seconds, processor seconds, MiB of memory at most."""

    wall: float
    processor: float
    memory: float


def main(values):
    """Measures the checkout that the flags name, prints the table and writes JSON."""
    from dgnet_tf.files import json_documents

    checkout = pathlib.Path(values.checkout).resolve()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(checkout, pathlib.Path(folder), values)
    print(table(rows))
    if values.output:
        json_documents.write(values.output, rows)


def measure(checkout: pathlib.Path, folder: pathlib.Path, values) -> dict[str, str]:
    """Returns the table's rows: what was measured, and what was found."""
    rows = _lifting(checkout, folder, values.rounds)
    if values.suites:
        rows |= _suites(checkout, folder, values.rounds)
    if values.demo:
        demo = _spent(checkout, "preprocessing.demo", f"--output={folder}/demo")
        rows["the demo"] = _seconds(demo)
    return rows


def table(rows: dict[str, str]) -> str:
    """Renders the rows in Markdown."""
    lines = [f"| {what} | {found} |" for what, found in rows.items()]
    return "\n".join(["| what | found |", "|---|---|", *lines])


def _lifting(checkout, folder, rounds):
    # In another process: a child's memory begins with what its parent holds.
    memory.in_own_process(prepare, folder)

    def lift(name, fps, *options):
        return _spent(
            checkout,
            *("dgnet_tf.lift", f"--keypoints={folder}/{name}.npz", f"--fps={fps}"),
            *("--layout=human36m_17", "--image_size=1000x1000"),
            *(f"--output={folder}/poses.npz", *options),
        )

    lift("short", _SHORT_FPS)  # Fills the page cache.
    short = [lift("short", _SHORT_FPS) for _ in range(rounds)]
    rows = {f"shell to `poses.npz`, {_SHORT} frames": _seconds(*short)}
    rows["its peak memory"] = _memory(*short)
    for title, options in (
        ("shipped weights, `mean`", ()),
        ("T = 16, same size, `interior`", (f"--model={folder / LONG_WINDOWS}",)),
    ):
        brief, long = (lift(name, _LONG_FPS, *options) for name in ("short", "long"))
        rows[f"{_LONG:,} frames, {title}"] = _rate(brief, long)
        rows[f"its peak memory, {title}"] = _memory(long)
    return rows


def prepare(folder: pathlib.Path):
    """Writes the keypoints and the model that are lifted."""
    import numpy as np

    from benchmarks import walker
    from benchmarks.suites import video

    walk = walker.keypoints(_LONG)
    for name, count in (("short", _SHORT), ("long", _LONG)):
        np.savez(folder / f"{name}.npz", keypoints=walk[:count])
    video.long_windows(folder / LONG_WINDOWS)


def _rate(brief, long) -> str:
    """Frames a second of the difference, in which the start is not."""
    if brief is None or long is None:
        return _NONE
    frames, wall = _LONG - _SHORT, long.wall - brief.wall
    each = 1e3 * (long.processor - brief.processor) / frames
    rate = f"{frames / wall:,.0f} frames a second"
    return f"{rate}, {each:.2f} ms of processor time a frame"


def _suites(checkout, folder, rounds):
    train = _suite(checkout, folder, "train", rounds)
    latency = _suite(checkout, folder, "latency", rounds)
    xla = "dgnet_tf, XLA"
    rows = {"first step of `small`, traced and compiled": _NONE}
    if train:
        first = train["details"]["first_step_seconds"][xla]
        rows["first step of `small`, traced and compiled"] = f"{first:.1f} s"
        step = 1e3 * train["times"][xla]["median_seconds"]
        rows["training step of `small`, 64 windows"] = f"{step:.0f} ms"
        rows["its share of the floor"] = _ratio(train, f"{xla}: share of the floor")
    for name in ("LiteRT", "SavedModel"):
        ours = f"dgnet_tf, {name}"
        if latency and ours in latency["times"]:
            found = latency["times"][ours]
            p50, p99 = 1e3 * found["median_seconds"], 1e3 * found["p99"]
            rows[f"one window of `small`, {name}"] = f"p50 {p50:.2f} ms, p99 {p99:.2f}"
            rows[f"{name} against eager PyTorch"] = _ratio(
                latency, f"{ours}: p50, times PyTorch, eager"
            )
    return rows


def _ratio(found, name):
    ratios = {figure["name"]: figure["ratio"] for figure in found["figures"]}
    return f"{ratios[name]:.2f}" if name in ratios else _NONE


def _suite(checkout, folder, suite, rounds) -> dict | None:
    from dgnet_tf.files import json_documents

    path = folder / f"{suite}.json"
    options = ("--preset=small", f"--rounds={rounds}", f"--output={path}")
    if _spent(checkout, "benchmarks.run", f"--suite={suite}", *options) is None:
        return None
    return json_documents.loads(path.read_bytes())


def _spent(checkout, module, *arguments) -> Spent | None:
    """Runs a command of the checkout; None where it fails."""
    begun = time.perf_counter()
    process = children.start(
        [sys.executable, "-m", module, *arguments],
        cwd=checkout,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        return None
    return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _seconds(*runs) -> str:
    if None in runs:
        return _NONE
    wall = statistics.median(run.wall for run in runs)
    processor = statistics.median(run.processor for run in runs)
    return f"{wall:.1f} s, {processor:.1f} s of processor time"


def _memory(*runs) -> str:
    if None in runs:
        return _NONE
    return f"{max(run.memory for run in runs):,.0f} MiB"


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
