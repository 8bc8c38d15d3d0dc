"""What each engine makes of a network's three exports: agreement, speed, start.

python -m benchmarks.engines --weights=NAME|--workdir=RUN --data=DIR
    [--split=validation] [--views=8] [--frames=1000] [--rounds=9] [--output=FILE.json]

Exports the network as SavedModel, .tflite and .onnx, lifts the same views with
TensorFlow, LiteRT, ONNX Runtime and, from each of the three, OpenVINO, and compares
with TensorFlow. Engines that are not installed are left out. Every engine may use all
cores. "Live" is the newest pose of one person from the last frames, as of a feed.
Leave the machine alone meanwhile.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import os
import pathlib
import tempfile
import time

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.data import flags as data_flags
from dgnet_tf.models import flags as network_flags

FLAGS = flags.FlagValues()
network_flags.define_network(FLAGS, "export")
data_flags.define_data(FLAGS)
flags.DEFINE_string("split", "validation", "People whose views are lifted.", FLAGS)
flags.DEFINE_integer(
    "views", 8, "Number of views to lift, spread over the split.", 1, flag_values=FLAGS
)
flags.DEFINE_integer(
    "frames", 1000, "Most frames to lift of each view.", 1, flag_values=FLAGS
)
flags.DEFINE_integer(
    "rounds", 9, "Measured turns of each engine.", 1, flag_values=FLAGS
)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)

# Engine, its name in `Lifter.load`, its module, and what it reads.
_ENGINES = (
    ("TensorFlow", "tensorflow", "tensorflow", "SavedModel"),
    ("LiteRT", "litert", "ai_edge_litert", "tflite"),
    ("ONNX Runtime", "onnx", "onnxruntime", "onnx"),
    ("OpenVINO", "openvino", "openvino", "SavedModel"),
    ("OpenVINO", "openvino", "openvino", "tflite"),
    ("OpenVINO", "openvino", "openvino", "onnx"),
)
_MM = 1000.0
_TOLERANCE_MM = 0.1


@dataclasses.dataclass(frozen=True)
class Row:
    """What was found of one engine with one file.

    Attributes:
        engine, file: their names.
        median_mm, largest_mm: of all joints' distances from TensorFlow's.
        beyond: share of the frames of which a joint is more than 0.1 mm away.
        frames_a_second: of whole videos.
        live_ms: median time of the newest pose of one person.
        load_s, load_cpu_s: seconds, and processor seconds, until the file is ready,
            the first call included and imports left out.
    """

    engine: str
    file: str
    median_mm: float
    largest_mm: float
    beyond: float
    frames_a_second: float
    live_ms: float
    load_s: float
    load_cpu_s: float


def main(flag_values):
    """Measures the network that the flags name, prints a table and writes JSON."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from benchmarks import result
    from dgnet_tf.models import pretrained

    run, _ = pretrained.of_flags(flag_values.workdir, flag_values.weights)
    with tempfile.TemporaryDirectory() as folder:
        paths = export(run, pathlib.Path(folder))
        sizes = (flag_values.views, flag_values.frames)
        found = views(flag_values.data, flag_values.split, *sizes)
        rows = measure(paths, found, flag_values.rounds)
    frames = sum(len(view.keypoints) for view in found)
    print(table(rows, frames))
    result.write_rows(flag_values.output, flag_values.split, frames, rows)


def export(run, folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """Writes the exports; ONNX only where tf2onnx is installed."""
    from dgnet_tf.exporting import model_card, onnx_export, saved_model, tflite_export
    from dgnet_tf.inference.options import InferenceOptions

    options = InferenceOptions.of(run.config, precision="float32")
    card = model_card.of_export(run.config, options)
    paths = {"SavedModel": saved_model.save(run.model, run.config, folder / "model")}
    for form, save in (("tflite", tflite_export.save), ("onnx", onnx_export.save)):
        if form != "onnx" or importlib.util.find_spec("tf2onnx"):
            paths[form] = save(run.model, options, folder / f"lifter.{form}", card)
    return paths


def views(data, split: str, count: int, most_frames: int) -> list:
    """Returns so many of a split's views, spread over it, with their first frames."""
    import numpy as np

    from dgnet_tf.data import manifest
    from dgnet_tf.data import views as camera_views

    total = manifest.read(data).splits[split].sequences
    chosen = np.linspace(0, total - 1, min(count, total)).round().astype(int)
    found = enumerate(camera_views.load_views(data, split))
    return [
        dataclasses.replace(view, keypoints=view.keypoints[:most_frames])
        for index, view in found
        if index in chosen
    ]


def measure(paths, found_views, rounds: int) -> list[Row]:
    """Returns a row for each engine and file, TensorFlow's first.

    `paths` are from `export`, the views have `keypoints` (F, N, 2) and `image_size`.
    """
    import numpy as np

    from tuning.comparing import contest

    first = found_views[0]
    loaded, starts, runners = {}, {}, []
    for engine, name, module, form in _ENGINES:
        if form in paths and importlib.util.find_spec(module):
            key = (engine, form)
            loaded[key], *starts[key] = _started(name, paths[form], first)
            newest = first.keypoints[None, : loaded[key].options.reach]
            work = functools.partial(loaded[key].lift_newest, newest, first.image_size)
            runners.append(contest.Contestant("/".join(key), work))
    times = contest.hold(runners, rounds)
    rows, expected = [], None
    for key, engine in loaded.items():
        begun = time.perf_counter()
        lifted = [engine.lift(view.keypoints, view.image_size) for view in found_views]
        seconds = time.perf_counter() - begun
        positions = np.concatenate(lifted)
        expected = positions if expected is None else expected
        distances = _MM * np.linalg.norm(positions - expected, axis=-1)  # (F, N)
        rows.append(
            Row(
                *key,
                float(np.median(distances)),
                float(distances.max()),
                float((distances.max(axis=-1) > _TOLERANCE_MM).mean()),
                len(positions) / seconds,
                1e3 * times["/".join(key)].median,
                *starts[key],
            )
        )
    return rows


def _started(name, path, view):
    """Returns an engine that has lifted once, its seconds and processor seconds."""
    from dgnet_tf.inference.engines import openvino_runtime
    from dgnet_tf.lifting import loading

    if name == "openvino":
        openvino_runtime.imported()
    begun, processor = time.perf_counter(), time.process_time()
    engine, *_ = loading.load(path, name)
    engine.lift(view.keypoints[:100], view.image_size)
    return engine, time.perf_counter() - begun, time.process_time() - processor


def table(rows: list[Row], frames: int) -> str:
    """Renders the rows for people."""
    import tabulate

    cells = [
        (
            *(row.engine, row.file, row.median_mm, row.largest_mm),
            f"{row.beyond:.2%}",
            *(row.frames_a_second, row.live_ms, row.load_s, row.load_cpu_s),
        )
        for row in rows
    ]
    titles = [
        *("engine", "file", "median mm", "largest mm", "beyond 0.1 mm", "frames/s"),
        *("live ms", "load s", "load processor s"),
    ]
    return f"{frames} frames\n" + tabulate.tabulate(cells, titles, floatfmt=".3g")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
