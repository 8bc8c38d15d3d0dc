"""Errors of positions, velocities and accelerations after smoothing.

    python -m benchmarks.smoothing --model=DIR|RUN --data=DIR [--split=test]
        [--noise_px=0,5] [--seconds=0.14,0.22] [--min_cutoff=1] [--beta=10]
        [--output=FILE.json]

Each view is lifted once with each noise and smoothed by every filter: Savitzky-Golay
of order 2 with each of --seconds, One-Euro with each pair of --min_cutoff and --beta.
Lists are separated by commas; by default the filters' own values.
"""

from __future__ import annotations

import os

from absl import flags

from benchmarks.motion import motion_errors
from dgnet_tf import command_line
from dgnet_tf.data import flags as data_flags
from dgnet_tf.errors import UserError
from dgnet_tf.lifting import smoothing

_SAVGOL, _ONE_EURO = smoothing.Savgol(), smoothing.OneEuro()

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "model", None, "Exported model, or folder of a run.", FLAGS, required=True
)
data_flags.define_data(FLAGS)
data_flags.define_split(FLAGS)
flags.DEFINE_list(
    "noise_px",
    "0,5",
    "Standard deviations of Gaussian noise on the keypoints, pixels.",
    FLAGS,
)
flags.DEFINE_list(
    "seconds", f"{_SAVGOL.seconds}", "Lengths of savgol's window, seconds.", FLAGS
)
flags.DEFINE_list(
    "min_cutoff",
    f"{_ONE_EURO.min_cutoff}",
    "Cutoff frequencies of one_euro at rest, Hz.",
    FLAGS,
)
flags.DEFINE_list(
    "beta",
    f"{_ONE_EURO.beta}",
    "Rises of one_euro's cutoff frequency with speed, Hz per m/s.",
    FLAGS,
)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)


def main(flag_values):
    """Measures, prints the table, writes JSON."""
    # Before TensorFlow is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from dgnet_tf.files import json_documents
    from dgnet_tf.files.tables import Table

    numbers = {
        name: _numbers(name, flag_values[name].value)
        for name in ("noise_px", "seconds", "min_cutoff", "beta")
    }
    filters = {"none": None}
    for seconds in numbers["seconds"]:
        filters[f"savgol {seconds:g} s"] = smoothing.Savgol(seconds)
    for cutoff in numbers["min_cutoff"]:
        for beta in numbers["beta"]:
            name = f"one_euro {cutoff:g} Hz, {beta:g} Hz s/m"
            filters[name] = smoothing.OneEuro(cutoff, beta)
    rows = measure(
        flag_values.model,
        flag_values.data,
        flag_values.split,
        numbers["noise_px"],
        filters,
    )
    print(Table(list(rows[0]), [list(row.values()) for row in rows]).markdown())
    if flag_values.output:
        json_documents.write(flag_values.output, rows)


def _numbers(name, texts) -> list[float]:
    try:
        return [float(text) for text in texts]
    except ValueError as error:
        raise UserError(f"--{name} must be numbers, got {texts}.") from error


def measure(model, data_dir, split, noises, filters) -> list[dict]:
    """Lifts and smooths a split.

    Args:
        model: folder of an exported model or of a run.
        data_dir, split: the data set.
        noises: standard deviations of noise on the keypoints, pixels.
        filters: name to `smoothing.Savgol`, `smoothing.OneEuro` or None.

    Returns:
        A row for each noise and filter: {"noise_px", "smooth", column: error}, with
        the columns of `motion_errors`.
    """
    import numpy as np

    from dgnet_tf.data import views
    from dgnet_tf.lifting import lifter as lifting

    lifter = lifting.Lifter.load(model)
    sums = {(noise, name): np.zeros((4, 2)) for noise in noises for name in filters}
    for index, view in enumerate(views.load_views(data_dir, split)):
        rng = np.random.default_rng([index, 7])
        noise_of_view = rng.normal(0.0, 1.0, view.keypoints.shape)
        for noise in noises:
            keypoints = view.keypoints + noise * noise_of_view
            poses = lifter.engine.lift(keypoints, view.image_size)
            for name, smooth in filters.items():
                found = smooth.smooth(poses, view.fps) if smooth else poses
                sums[noise, name] += motion_errors.sums_of(
                    found, view.positions, view.valid, view.fps, lifter.skeleton.root
                )
    return [
        {"noise_px": noise, "smooth": name, **motion_errors.means(found)}
        for (noise, name), found in sums.items()
    ]


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
