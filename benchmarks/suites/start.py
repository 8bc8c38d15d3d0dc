"""From the shell to the first poses, by each engine."""

from __future__ import annotations

import functools
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import numpy as np

from benchmarks import result, walker
from dgnet_tf.command_line import children
from tuning.comparing import contest

_ENGINES = {"LiteRT": "litert", "TensorFlow": "tensorflow"}
_SECONDS, _FPS = 10, 30


def run(preset: str, rounds: int) -> result.Result:
    """Times the command `lift` as a process, whatever the preset."""
    with tempfile.TemporaryDirectory() as folder:
        keypoints = pathlib.Path(folder) / "keypoints.npz"
        np.savez(keypoints, keypoints=walker.keypoints(_SECONDS * _FPS))
        used: dict[str, list[float]] = {name: [] for name in _ENGINES}
        commands = [
            contest.Contestant(
                f"lift, {name}",
                functools.partial(_lift, keypoints, engine, used[name]),
            )
            for name, engine in _ENGINES.items()
        ]
        times = contest.hold(commands, rounds, calls=1, warm_ups=1)
    spent = {name: float(np.median(seconds)) for name, seconds in used.items()}
    return result.Result(
        [
            result.figure(
                "lift, LiteRT: times TensorFlow",
                times["lift, TensorFlow"],
                times["lift, LiteRT"],
            )
        ],
        times,
        {"processor_seconds": spent},
        [
            f"The command lifts {_SECONDS} s at {_FPS} frames a second with the "
            "shipped weights and writes poses.npz. Processor seconds, median: "
            + ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items())
            + "."
        ],
    )


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
