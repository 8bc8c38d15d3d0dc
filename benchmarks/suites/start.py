"""From the shell to the first poses, and whole videos, by each engine."""

from __future__ import annotations

import functools
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import numpy as np

from benchmarks import result
from dgnet_tf.command_line import children
from dgnet_tf.lifting.lifter import Lifter
from preprocessing.cameras import camera_rig
from preprocessing.datasets import synthetic
from tuning.comparing import contest

_ENGINES = {"LiteRT": "litert", "TensorFlow": "tensorflow"}
_SECONDS, _FPS, _SIZE = 10, 30, (1000, 1000)
_LONG = 3000  # Frames of a video that is lifted by an engine that has started.


def run(preset: str, rounds: int) -> result.Result:
    """Times the command `lift` as a process, and engines on a longer video.

    Both with the shipped weights, whatever the preset.
    """
    walk = _walk()
    with tempfile.TemporaryDirectory() as folder:
        keypoints = pathlib.Path(folder) / "keypoints.npz"
        np.savez(keypoints, keypoints=walk[: _SECONDS * _FPS])
        used: dict[str, list[float]] = {name: [] for name in _ENGINES}
        commands = [
            contest.Contestant(
                f"lift, {name}",
                functools.partial(_lift, keypoints, engine, used[name]),
            )
            for name, engine in _ENGINES.items()
        ]
        times = contest.hold(commands, rounds, calls=1, warm_ups=1)
    size = np.array(_SIZE)
    longer = [
        contest.Contestant(
            f"{_LONG} frames, {name}",
            functools.partial(Lifter.load(engine=engine).engine.lift, walk, size),
        )
        for name, engine in _ENGINES.items()
    ]
    times |= contest.hold(longer, rounds, calls=1, warm_ups=1)
    figures = [
        result.figure(
            f"{what}, LiteRT: times TensorFlow",
            times[f"{what}, TensorFlow"],
            times[f"{what}, LiteRT"],
        )
        for what in ("lift", f"{_LONG} frames")
    ]
    rates = {n: _LONG / times[f"{_LONG} frames, {n}"].median for n in _ENGINES}
    details = {
        "processor_seconds": {name: float(np.median(s)) for name, s in used.items()},
        "frames_per_second": rates,
    }
    listed = ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items())
    spent = details["processor_seconds"]
    return result.Result(
        figures,
        times,
        details,
        [
            f"The command lifts {_SECONDS} s at {_FPS} frames a second with the "
            "shipped weights and writes poses.npz. Processor seconds, median: "
            + ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items())
            + ".",
            f"Frames a second of an engine that has started: {listed}.",
        ],
    )


def _walk() -> np.ndarray:
    """Returns the keypoints (F, 17, 2) of one walker in one camera."""
    recording = synthetic.read(3, _LONG, rig=camera_rig.Rig(1)).recordings[0]
    (view,) = recording.load()
    return view.keypoints


def _lift(keypoints, engine: str, used: list[float]):
    """Runs the command; adds the processor seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = children.completed(
        [
            *(sys.executable, "-m", "dgnet_tf.lift", f"--keypoints={keypoints}"),
            *("--layout=human36m_17", "--image_size=1000x1000", f"--fps={_FPS}"),
            *(f"--engine={engine}", f"--output={keypoints.with_name('poses.npz')}"),
        ],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"lift ended with code {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    used.append(spent)
