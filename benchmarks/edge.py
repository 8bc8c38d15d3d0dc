"""Error, file size and latency of the exported forms of a run.

python -m benchmarks.edge --workdir=RUN --data=DIR [--split=test] [--views=N]
    [--rounds=9] [--threads=N] [--output=FILE.json]

Exports the run as a SavedModel, for TensorFlow Lite in float32 and int8, and, where
tf2onnx is installed, for ONNX, lifts the same views with each, and scores them. The
distance between poses of a form and of the SavedModel is the mean over the joints; its
largest value is that of the worst frame. Times are of one window with its mirrored
estimate, in turns in one process; leave the machine alone meanwhile.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
import tempfile

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.data import flags as data_flags

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "workdir", None, "Folder of the run to export.", FLAGS, required=True
)
data_flags.define_data(FLAGS)
data_flags.define_split(FLAGS)
flags.DEFINE_integer(
    "views", None, "Number of views to lift, spread over the split; default: all.", 1,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_integer(
    "rounds", 9, "Measured turns of each contestant.", 1, flag_values=FLAGS
)
flags.DEFINE_integer(
    "threads", None, "Threads of each runtime; default: one for each core.", 1,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)

SAVED_MODEL = "SavedModel"
_FORMS = {"tflite": ".tflite", "tflite_int8": ".tflite", "onnx": ".onnx"}
_SHOWN = ("mpjpe_mm", "p_mpjpe_mm", "n_mpjpe_mm", "mpjve_mm")
_MIB = 1 << 20
_MM = 1000.0
_TOLERANCE_MM = 0.1


@dataclasses.dataclass(frozen=True)
class Row:
    """What was found of one form.

    Attributes:
        form: `SAVED_MODEL` or a `--format`.
        mib: size of the file, or of the folder's files.
        metrics: of its poses, as in `report.json`.
        moved_mm: mean distance of its joints from the SavedModel's.
        moved_most_mm: the same of the worst frame.
        moved_share: fraction of the frames in which it is more than 0.1 mm.
        milliseconds: of a window.
        times_saved_model: the SavedModel's time over its own; more is faster.
    """

    form: str
    mib: float
    metrics: dict[str, float | None]
    moved_mm: float
    moved_most_mm: float
    moved_share: float
    milliseconds: float
    times_saved_model: float


def main(flag_values):
    """Measures the run that the flags name, prints a table and writes JSON."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    from benchmarks import result
    from dgnet_tf.models import runs
    from tuning.comparing import machine

    threads = flag_values.threads or machine.cores()
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    run = runs.load(flag_values.workdir)
    with tempfile.TemporaryDirectory() as folder:
        rows, frames = measure(
            run,
            flag_values.data,
            flag_values.split,
            pathlib.Path(folder),
            views=flag_values.views,
            rounds=flag_values.rounds,
            threads=threads,
        )
    print(table(rows, frames))
    result.write_rows(flag_values.output, flag_values.split, frames, rows)


def measure(run, data, split, folder, *, views=None, rounds=9, threads=1):
    """Returns a row for each form, the SavedModel's first, and the frames scored.

    Args:
        run: from `runs.load`.
        data: folder of a converted data set.
        split: its split.
        folder: empty, for the exports.
        views: how many views to lift; all if None.
        rounds: turns of each form in the contest for time.
        threads: that the small runtimes may use.
    """
    import numpy as np

    from dgnet_tf.command_line import progress
    from dgnet_tf.data import manifest
    from dgnet_tf.data import views as camera_views
    from dgnet_tf.evaluation import joint_sets, scoring
    from dgnet_tf.exporting import edge_lifter
    from dgnet_tf.inference import whole_videos
    from dgnet_tf.inference.options import InferenceOptions
    from tuning.comparing import contest

    options = InferenceOptions.of(run.config)
    joints = joint_sets.choose(options.skeleton)
    paths = exports(run, folder)
    lifters = {
        form: edge_lifter.load(path, threads)
        for form, path in paths.items()
        if form != SAVED_MODEL
    }
    serve = _signature(paths[SAVED_MODEL])
    total = manifest.read(data).splits[split].sequences
    chosen = set(range(total))
    if views is not None:
        chosen = set(np.linspace(0, total - 1, min(views, total)).round().astype(int))
    scores = {form: [] for form in paths}
    moved = {form: [] for form in paths}
    found = enumerate(camera_views.load_views(data, split))
    for index, view in progress.each(found, "lift", total, "view"):
        if index not in chosen:
            continue
        size = view.image_size
        lifted = {
            SAVED_MODEL: whole_videos.lift_view(
                serve, view.keypoints, size, options.block
            )
        }
        for form, lifter in lifters.items():
            lifted[form] = edge_lifter.lift(lifter, view.keypoints, size)
        for form, positions in lifted.items():
            scores[form].append(scoring.score_view(view, positions, joints))
            distances = np.linalg.norm(positions - lifted[SAVED_MODEL], axis=-1)
            moved[form].append(distances.mean(axis=-1))

    times = contest.hold(_windows(run, lifters, view), rounds)
    rows = []
    for form, path in paths.items():
        distances = _MM * np.concatenate(moved[form])
        rows.append(
            Row(
                form,
                _bytes(path) / _MIB,
                scoring.pooled(scores[form]),
                float(distances.mean()),
                float(distances.max()),
                float((distances > _TOLERANCE_MM).mean()),
                1e3 * times[form].median,
                contest.quotient(times[SAVED_MODEL], times[form]).median,
            )
        )
    return rows, sum(score.frames for score in scores[SAVED_MODEL])


def exports(run, folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """Writes every form into a folder; ONNX only where tf2onnx is installed."""
    import importlib.util

    from dgnet_tf.exporting import model_card, onnx_export, saved_model, tflite_export
    from dgnet_tf.inference.options import InferenceOptions

    options = InferenceOptions.of(run.config, precision="float32")
    card = model_card.of_export(run.config, options)
    paths = {SAVED_MODEL: saved_model.save(run.model, run.config, folder / "model")}
    for form, suffix in _FORMS.items():
        arguments = (run.model, options, folder / (form + suffix), card)
        if suffix == ".tflite":
            int8 = form == "tflite_int8"
            paths[form] = tflite_export.save(*arguments, int8=int8)
        elif importlib.util.find_spec("tf2onnx"):
            paths[form] = onnx_export.save(*arguments)
    return paths


def table(rows: list[Row], frames: int) -> str:
    """Renders the rows for people."""
    import tabulate

    return f"{frames} frames\n" + tabulate.tabulate(
        [
            (
                row.form,
                row.mib,
                *(row.metrics[name] for name in _SHOWN),
                row.moved_mm,
                row.moved_most_mm,
                f"{row.moved_share:.2%}",
                row.milliseconds,
                row.times_saved_model,
            )
            for row in rows
        ],
        [
            "form",
            "MiB",
            *_SHOWN,
            "moved mm",
            "worst frame",
            "beyond 0.1 mm",
            "ms",
            "times SavedModel",
        ],  # fmt: skip
        floatfmt=".4g",
    )


def _windows(run, lifters, view):
    """Returns what lifts the view's first window, and is called with NumPy arrays."""
    import numpy as np
    import tensorflow as tf

    from dgnet_tf.inference import whole_videos
    from dgnet_tf.inference.options import InferenceOptions
    from tuning.comparing import contest

    # "once" cuts T frames into one window, as the other forms take it.
    options = InferenceOptions.of(run.config, overlap="once", frame_stride=1)
    serve = whole_videos.serving_function(run.model, options)
    window = np.resize(view.keypoints, (1, options.frames, *view.keypoints.shape[1:]))
    window, size = window.astype(np.float32), view.image_size.astype(np.float32)

    def graph():
        found = serve(tf.constant(window), tf.constant(size[None]))
        return found["positions"].numpy()

    small = [
        contest.Contestant(form, functools.partial(lifter.run, window, size))
        for form, lifter in lifters.items()
    ]
    return [contest.Contestant(SAVED_MODEL, graph), *small]


def _signature(path):
    import tensorflow as tf

    return tf.saved_model.load(str(path)).signatures["serving_default"]


def _bytes(path: pathlib.Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
