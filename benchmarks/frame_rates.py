"""Errors at frame rates other than the model's, with and without resampling.

    python -m benchmarks.frame_rates --model=DIR|RUN --data=DIR [--split=test]
        [--rates=10,24,25,...] [--output=FILE.json]

Motion of a converted data set is brought to each rate by a spline through its 3-D
positions, filmed by the records' own cameras, and lifted twice: `told`, resampled to
the model's rate and back, and `not told`, its frames taken for the model's. Errors are
of every valid frame at that rate; velocities and accelerations are per second, so that
rates can be compared. The first row is the data as it is.
"""

from __future__ import annotations

import os

from absl import flags

from benchmarks.motion import motion_errors
from dgnet_tf import command_line
from dgnet_tf.data import flags as data_flags
from dgnet_tf.errors import UserError

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "model", None, "Exported model, or folder of a run.", FLAGS, required=True
)
data_flags.define_data(FLAGS)
data_flags.define_split(FLAGS)
flags.DEFINE_list(
    "rates",
    "10,24,25,29.97,30,60,100,120",
    "Frame rates to compare, frames a second.",
    FLAGS,
)
flags.DEFINE_float(
    "noise_px",
    0.0,
    "Standard deviation of Gaussian noise on the keypoints, pixels.",
    0.0,
    flag_values=FLAGS,
)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)


def main(flag_values):
    """Measures, prints the table, writes JSON."""
    # Before TensorFlow is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from dgnet_tf.files import json_documents

    rates = _rates(flag_values.rates)
    rows = measure(
        flag_values.model,
        flag_values.data,
        flag_values.split,
        rates,
        flag_values.noise_px,
    )
    print(markdown(rows))
    if flag_values.output:
        json_documents.write(flag_values.output, rows)


def _rates(texts) -> list[float]:
    try:
        rates = [float(text) for text in texts]
    except ValueError:
        rates = [0.0]
    if not all(1 <= rate <= 1000 for rate in rates):
        raise UserError(f"--rates must be numbers from 1 to 1000, got {texts}.")
    return rates


def measure(model, data_dir, split, rates, noise_px: float = 0.0) -> list[dict]:
    """Lifts a split at each rate.

    Args:
        model: folder of an exported model or of a run.
        data_dir, split: the data set.
        rates: frames a second.
        noise_px: standard deviation of noise on the keypoints, pixels.

    Returns:
        For each rate {"fps", "frames", "told": {column: error}, "not_told": {...}}.
    """
    import numpy as np

    from dgnet_tf.data import views
    from dgnet_tf.keypoints import interpolation
    from dgnet_tf.lifting import lifter as lifting
    from preprocessing.datasets.resample import resample

    lifter = lifting.Lifter.load(model)
    sums: dict = {}
    for index, view in enumerate(views.load_views(data_dir, split)):
        if not view.intrinsics[:2].all():
            raise UserError(
                f"{data_dir}: its cameras are not known, so that nothing can be filmed "
                "at another rate. Name a data set with intrinsics."
            )
        rng = np.random.default_rng([index, 7])
        for rate in dict.fromkeys([view.fps, *rates]):  # Each once.
            positions = view.positions.astype(np.float64)
            valid = view.valid
            if rate != view.fps:
                positions = resample(positions, view.fps, rate)
                # A frame between an invalid one and another has no ground truth.
                times = np.arange(len(positions)) * view.fps / rate
                valid = interpolation.sample(valid.astype(float), times) > 1 - 1e-9
            key = (rate, rate == view.fps)
            lifted = _lift(lifter, view, positions, rate, noise_px, rng)
            for name, poses in lifted.items():
                errors = motion_errors.sums_of(
                    poses, positions, valid, rate, lifter.skeleton.root
                )
                row = sums.setdefault(key, {}).setdefault(name, np.zeros((4, 2)))
                row += errors
    return [_row(rate, found) for (rate, _), found in sums.items()]


def _lift(lifter, view, positions, rate, noise_px, rng):
    """Returns {"told", "not_told"}: (F, N, 3) poses of the view filmed at a rate."""
    from dgnet_tf import cameras
    from dgnet_tf.lifting import track_lifting

    keypoints = cameras.project(positions, view.intrinsics)
    if noise_px:
        keypoints = keypoints + rng.normal(0.0, noise_px, keypoints.shape)
    size = view.image_size
    return {
        "told": track_lifting.lift_at(lifter, keypoints, size, rate),
        "not_told": lifter.engine.lift(keypoints, size),
    }


def _row(rate, found):
    frames = int(found["told"][3, 0])
    errors = {name: motion_errors.means(sums) for name, sums in found.items()}
    return {"fps": rate, "frames": frames, **errors}


def markdown(rows) -> str:
    """Returns the rows as a table."""
    from dgnet_tf.files.tables import Table

    head = ["frames/s", "frames"]
    head += [f"{c} {n}" for n in ("told", "not told") for c in motion_errors.COLUMNS]
    cells = [
        [f"{row['fps']:g}", row["frames"]]
        + [
            row[name][column]
            for name in ("told", "not_told")
            for column in motion_errors.COLUMNS
        ]
        for row in rows
    ]
    return Table(head, cells, aligned="r" * len(head)).markdown()


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
