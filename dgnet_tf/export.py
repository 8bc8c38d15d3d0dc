"""Exports a trained run as a SavedModel that needs no dgnet_tf.

    python -m dgnet_tf.export --workdir=RUN|--weights=NAME --output=DIR [--version=1]
        [--flip=true] [--keypoint_smoothing=H] [--position_smoothing=H]
        [--min_confidence=0]

DIR/1/ then holds the signature `serving_default`:
    keypoints   float32 [B, frames, N, 2]   pixels, origin at the top left
    image_size  float32 [B, 2]              width and height, pixels
    -> positions float32 [B, frames, N, 3]  metres, root at 0, camera axes
for any B and any number of frames from 1. `stream` takes the last T frames of B people
and gives their newest poses [B, N, 3]. Signatures that are named
after a detector's layout, such as `coco_17`, take its keypoints with confidence, and
`stream_coco_17` and so on the last T frames of them. `assets.extra/model_card.json`
explains each. TensorFlow Serving's warm-up requests lie beside it, where
tensorflow-serving-api is installed.

    python -m dgnet_tf.export --workdir=RUN|--weights=NAME --output=FILE [--flip=true]
        [--keypoint_smoothing=H] [--position_smoothing=H]
        --format=tflite|tflite_int8|onnx

FILE, which ends in .tflite or .onnx, then holds one window of T frames in the place of
any number; see docs/edge.md.
"""

from __future__ import annotations

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError, require
from dgnet_tf.exporting import version_folders
from dgnet_tf.inference import option_flags
from dgnet_tf.models import flags as network_flags
from dgnet_tf.models import pretrained

FLAGS = flags.FlagValues()
network_flags.define_network(FLAGS, "export")
flags.DEFINE_string(
    "output", None, "Folder of the model's versions, or the .tflite or .onnx file.",
    FLAGS, required=True,
)  # fmt: skip
flags.DEFINE_integer("version", 1, "Name of the new version.", 0, flag_values=FLAGS)
flags.DEFINE_enum(
    "format", "saved_model", ["saved_model", "tflite", "tflite_int8", "onnx"],
    "Format of the exported model.", FLAGS,
)  # fmt: skip
option_flags.define(FLAGS, "export")
flags.DEFINE_float(
    "min_confidence", 0.0, "Confidence up to which a detector's keypoint counts as "
    "missing.", 0.0, 1.0, flag_values=FLAGS,
)  # fmt: skip


def main(values):
    """Exports the run that the flags name."""
    if values.format == "saved_model":
        version_folders.new(values.output, values.version)  # Before TensorFlow starts.
        save = _save_model
    else:
        save = _save_file
        for name in ("version", "precision", "min_confidence"):
            if values[name].present:
                raise UserError(f"--{name} is for --format=saved_model only.")
    if values.format == "onnx":
        require(
            "--format=onnx (not on TensorFlow 2.15's stack, whose protobuf is too old)",
            *("export", "tensorflow", "onnx", "tf2onnx"),
        )
    with progress.Bar("export", total=None):
        progress.doing("load the network")
        run, origin = pretrained.of_flags(values.workdir, values.weights)
        lines = save(run, origin, values)
    print("\n".join(lines))


def _save_model(run, origin, values):
    from dgnet_tf.exporting import saved_model, warmup

    path = saved_model.save(
        run.model,
        run.config,
        values.output,
        version=values.version,
        min_confidence=values.min_confidence,
        workdir=origin,
        **option_flags.asked(values),
    )
    absent = [] if (path / warmup.PATH).exists() else [warmup.ABSENT]
    return [*absent, f"SavedModel: {path}"]


def _save_file(run, origin, values):
    from dgnet_tf.exporting import model_card, onnx_export, tflite_export
    from dgnet_tf.inference.options import InferenceOptions

    asked = {**option_flags.asked(values), "precision": "float32"}
    options = InferenceOptions.of(run.config, **asked)
    card = model_card.of_file(run.config, options, values.format, origin)
    arguments = (run.model, options, values.output, card)
    if values.format == "onnx":
        path = onnx_export.save(*arguments)
    else:
        int8 = values.format == "tflite_int8"
        path = tflite_export.save(*arguments, int8=int8)
    return [f"Model: {path}"]


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
