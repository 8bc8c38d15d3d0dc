"""Time and memory of an evaluation against the number of frames."""

from __future__ import annotations

import functools
import pathlib
import tempfile
import time

import numpy as np

from benchmarks import memory, networks, result
from dgnet_tf import cameras
from dgnet_tf.data.views import View
from dgnet_tf.evaluation import evaluation as evaluations
from dgnet_tf.evaluation import report
from preprocessing.conversion import pipeline
from preprocessing.conversion.sequences import Dataset, Recording
from tuning.comparing import contest

# Human3.6M's test split has 543,344 frames in 236 views of four cameras.
_FRAMES = {"paper": (54_000, 540_000), "small": (400, 1_600)}
_VIEW_FRAMES = {"paper": 2_250, "small": 50}
_CAMERAS, _ACTIONS, _JOINTS = 4, 15, 17
# Small, so that what is not the network, and might grow otherwise, weighs the more.
_SIZES = {"channels": 8, "blocks": 1}
_INTRINSICS = np.array([1145, 1145, 500, 500, 0, 0, 0, 0, 0], np.float32)


def run(preset: str, rounds: int) -> result.Result:
    """Writes random records and scores them, each size once in a process of its own.

    `rounds` is not looked at: an evaluation lasts minutes.
    """
    times, peaks = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for frames in _FRAMES[preset]:
            data = pathlib.Path(folder) / f"{frames}"
            write(data, frames, _VIEW_FRAMES[preset])
            seconds, peaks[frames] = memory.in_own_process(score, str(data), preset)
            times[_name(frames)] = contest.Times(((seconds,),))
    few, many = _FRAMES[preset]
    growth = (peaks[many] - peaks[few]) / (many - few)
    # An evaluation's start, its model and its graph weigh alike in both.
    added = times[_name(many)].median - times[_name(few)].median
    rate = (many - few) / max(added, 1e-9)
    return result.Result(
        [
            result.exact(
                f"evaluation: peak memory, {few:,} over {many:,} frames",
                peaks[few] / peaks[many],
                0.9,
            )
        ],
        times,
        {
            "peak_bytes": {str(frames): peak for frames, peak in peaks.items()},
            "growth_bytes_a_frame": growth,
            "frames_a_second": rate,
        },
        [
            f"Whole evaluations of a network of {_SIZES['channels']} channels and "
            f"{_SIZES['blocks']} block, mirrored estimate, mean pose and intervals "
            "included; loading the libraries is not.",
            f"{rate:,.0f} frames a second. Peak memory (whole process): "
            + ", ".join(
                f"{frames:,} frames {peak / 2**20:,.0f} MiB"
                for frames, peak in peaks.items()
            )
            + f"; {growth:,.0f} bytes a frame.",
        ],
    )


def write(folder, frames: int, view_frames: int):
    """Converts random recordings: a test split of so many frames, and one to train on.

    Args:
        folder: of the data set.
        frames: of the test split, over all views.
        view_frames: of each view.
    """
    takes = max(frames // (view_frames * _CAMERAS), 1)
    names = [("scored", index) for index in range(takes)] + [("trained", takes)]
    recordings = tuple(
        Recording(
            subject,
            f"action_{index % _ACTIONS:02d}",
            f"take_{index:04d}",
            functools.partial(load, subject, index, view_frames),
        )
        for subject, index in names
    )
    dataset = Dataset(
        "random", "human36m_17", 50.0, recordings, {}, {}, ("scored",), ()
    )
    pipeline.convert(dataset, folder, validation_subjects=(), show=lambda line: None)


def load(subject: str, index: int, frames: int) -> list[View]:
    """Makes one take's views: each joint on a random walk of its own."""
    rng = np.random.default_rng(index)
    views = []
    for camera in range(_CAMERAS):
        steps = rng.normal(0, 0.005, (frames, _JOINTS, 3))
        rest = rng.normal(0, 0.3, (_JOINTS, 3)) + [0, 0, 8]
        positions = np.clip(rest + np.cumsum(steps, axis=0), [-3, -3, 4], [3, 3, 12])
        keypoints = cameras.project_linear(positions, _INTRINSICS)
        views.append(
            View(
                keypoints=keypoints.astype(np.float32),
                confidence=np.ones((frames, _JOINTS), np.float32),
                positions=positions.astype(np.float32),
                valid=np.ones(frames, bool),
                intrinsics=_INTRINSICS,
                image_size=np.array([1000, 1000], np.float32),
                fps=50.0,
                subject=subject,
                action=f"action_{index % _ACTIONS:02d}",
                take=f"take_{index:04d}",
                camera=f"c{camera}",
            )
        )
    return views


def score(data_dir: str, preset: str, **options) -> tuple[float, int]:
    """Returns the seconds that a report takes, and the process' peak memory."""
    config = networks.config(preset, **_SIZES)
    model = networks.build(config)
    start = time.perf_counter()
    found = evaluations.evaluate(model, config, data_dir, **options)
    with tempfile.TemporaryDirectory() as folder:
        report.write(found, folder)
    return time.perf_counter() - start, memory.peak()


def _name(frames):
    return f"{frames:,} frames"
