"""10 minutes at 50 frames a second, lifted by engines that have started."""

from __future__ import annotations

import functools
import pathlib
import tempfile

import numpy as np

from benchmarks import networks, result, walker
from dgnet_tf.exporting import model_card, onnx_export, tflite_export
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.lifting.lifter import Lifter
from tuning.comparing import contest, machine

_FRAMES = 10 * 60 * 50
_MOST_ROUNDS = 3
LONG_WINDOWS = {"frames": 16, "overlap": "interior"}


def run(preset: str, rounds: int) -> result.Result:
    """Lifts with the shipped weights, and with windows of 16 frames, same size.

    The network of longer windows is untrained, which its speed does not show.
    """
    keypoints, size = walker.keypoints(_FRAMES), np.array(walker.IMAGE_SIZE)
    with tempfile.TemporaryDirectory() as folder:
        lifters = {
            "LiteRT": Lifter.load(engine="litert"),
            "TensorFlow": Lifter.load(engine="tensorflow"),
            "LiteRT, T = 16, interior": Lifter.load(
                long_windows(pathlib.Path(folder) / "long_windows.tflite")
            ),
        }
        if onnx := _onnx(folder):
            lifters["ONNX Runtime"] = Lifter.load(onnx)
        contestants = [
            contest.Contestant(
                name, functools.partial(lifter.engine.lift, keypoints, size)
            )
            for name, lifter in lifters.items()
        ]
        for lifter in lifters.values():
            lifter.engine.lift(keypoints[:300], size)
        times = contest.hold(contestants, min(rounds, _MOST_ROUNDS), calls=1)
    rates = {name: _FRAMES / seen.median for name, seen in times.items()}
    return result.Result(
        [
            result.figure(f"{name}: times TensorFlow", times["TensorFlow"], seen)
            for name, seen in times.items()
            if name != "TensorFlow"
        ],
        times,
        {"frames_per_second": rates},
        [
            f"{_FRAMES:,} frames, mirrored estimate included, {machine.cores()} cores. "
            "Frames a second: "
            + ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items())
            + "."
        ],
    )


def long_windows(path: pathlib.Path) -> pathlib.Path:
    """Writes a .tflite of the shipped weights' size with windows of 16 frames."""
    shipped = Lifter.load(engine="tensorflow").run.config
    config = networks.config(
        "small", channels=shipped.channels, blocks=shipped.blocks, **LONG_WINDOWS
    )
    options = InferenceOptions.of(config)
    card = model_card.of_export(config, options)
    return tflite_export.save(networks.build(config), options, path, card)


def _onnx(folder) -> pathlib.Path | None:
    """Writes the shipped weights as .onnx; None where the packages are missing."""
    run = Lifter.load(engine="tensorflow").run
    options = InferenceOptions.of(run.config)
    path = pathlib.Path(folder) / "shipped.onnx"
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import tf2onnx  # noqa: F401
    except ImportError:
        return None
    card = model_card.of_export(run.config, options)
    return onnx_export.save(run.model, options, path, card)
