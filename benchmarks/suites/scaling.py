"""Time and memory of lifting against a video's length; memory of training."""

from __future__ import annotations

import dataclasses
import pathlib
import tempfile

import numpy as np

from benchmarks import memory, networks, result
from dgnet_tf.exporting import saved_model
from dgnet_tf.inference import whole_videos
from dgnet_tf.training import fit
from preprocessing.conversion import pipeline
from preprocessing.datasets import synthetic
from tuning.comparing import contest

_FRAMES = {"paper": (10_000, 100_000, 1_000_000), "small": (1_000, 10_000)}
_HOUR = {"paper": 180_000, "small": 20_000}  # An hour at 50 frames/s; a taste of it.
# Small, so that what is not the network, and might grow otherwise, weighs the more.
_SIZES = {"channels": 8, "blocks": 1}
_MOST_ROUNDS = 3  # A million frames take a while.
_IMAGE_SIZE = np.array([1000.0, 1000.0], np.float32)


def run(preset: str, rounds: int) -> result.Result:
    """Times videos of several lengths; measures memory in processes of their own."""
    config = networks.config(preset, **_SIZES)
    lengths = _FRAMES[preset]
    shortest, longest = lengths[0], lengths[-1]
    with tempfile.TemporaryDirectory() as folder:
        model = networks.build(config)
        exported = saved_model.save(model, config, folder)
        serve, _ = saved_model.load(exported)
        found = contest.hold(
            [lifting(serve, frames) for frames in lengths],
            min(rounds, _MOST_ROUNDS),
            warm_ups=1,
        )
        grown = {
            frames: memory.in_own_process(lifting_memory, str(exported), frames)
            for frames in sorted({shortest, _HOUR[preset], longest})
        }
    times = {
        _name(frames): found[_name(frames)].scaled(1e3 / frames) for frames in lengths
    }
    per_frame = video(1).nbytes + 3 * video(1).nbytes // 2  # Keypoints, positions.
    growth = (grown[longest] - grown[shortest]) / (longest - shortest)
    trained = memory.in_own_process(training_memory, preset)
    figures = [
        result.figure(
            f"lifting: time a frame, {shortest:,} over {frames:,} frames",
            times[_name(shortest)],
            times[_name(frames)],
            0.9,
        )
        for frames in lengths[1:]
    ]
    figures.append(
        result.exact(
            "lifting: input and output over growth of peak memory",
            per_frame / max(growth, 1.0),
        )
    )
    return result.Result(
        figures,
        times,
        {
            "lifting_peak_bytes": {str(frames): grown[frames] for frames in grown},
            "lifting_growth_bytes_a_frame": growth,
            "input_and_output_bytes_a_frame": per_frame,
            "training_peak_bytes": trained,
        },
        [
            f"Times are of 1000 frames, lifted by the SavedModel of a network of "
            f"{config.channels} channels and {config.blocks} blocks, mirrored estimate "
            "included.",
            "Peak memory of lifting (whole process): "
            + ", ".join(
                f"{frames:,} frames {peak / 2**20:,.0f} MiB"
                for frames, peak in grown.items()
            )
            + f"; {growth:,.0f} bytes a frame, of which {per_frame} are the input and "
            "the output.",
            f"Peak memory of training, preset {preset}: {trained / 2**20:,.0f} MiB.",
        ],
    )


def lifting(serve, frames: int) -> contest.Contestant:
    """Lifts one video of so many frames."""
    keypoints = video(frames)
    return contest.Contestant(
        _name(frames), lambda: whole_videos.lift_view(serve, keypoints, _IMAGE_SIZE, 4)
    )


def video(frames: int) -> np.ndarray:
    """Returns keypoints (F, N, 2) in pixels."""
    rng = np.random.default_rng(0)
    return rng.uniform(200, 800, (frames, 17, 2)).astype(np.float32)


def lifting_memory(exported: str, frames: int) -> int:
    """Returns the peak memory of a process that lifts one video."""
    serve, _ = saved_model.load(exported)
    lifting(serve, frames).run()
    return memory.peak()


def training_memory(preset: str) -> int:
    """Returns the peak memory of a process that trains for some steps."""
    config = dataclasses.replace(networks.config(preset), epochs=1, steps_per_epoch=10)
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "data"
        dataset = synthetic.read(3, 200)
        pipeline.convert(dataset, data, show=lambda line: None)
        run_folder = pathlib.Path(folder) / "run"
        fit.train(config, data, run_folder, progress=False)
    return memory.peak()


def _name(frames):
    return f"{frames:,} frames"
