"""The flags of commands that lift a keypoint file: the model and what it lifts."""

from __future__ import annotations

from absl import flags

from dgnet_tf.keypoints import keypoint_files, layouts
from dgnet_tf.lifting import loading
from dgnet_tf.models import weight_folders


def define_keypoint_file(flag_values: flags.FlagValues):
    """Defines `--model`, `--keypoints`, `--layout` and `--image_size`."""
    flags.DEFINE_string(
        "model",
        None,
        "Exported model, one of its versions, a .tflite or .onnx file, a run, or "
        "trained weights: a name that the package ships or a folder made by "
        f"save_preset; by default {weight_folders.DEFAULT}.",
        flag_values,
    )
    flags.DEFINE_enum(
        "engine",
        "auto",
        loading.ENGINES,
        "What computes: auto takes LiteRT for the weights that the package ships, "
        "where it is installed, and TensorFlow for others, runs and SavedModels; "
        "litert runs the lifter.tflite of any folder of weights.",
        flag_values,
    )
    of_file = {
        "keypoints": "File or folder of 2-D keypoints, in one of these formats:\n"
        f"{keypoint_files.formats()}.",
        "layout": f"Keypoint layout of the file: {', '.join(layouts.LAYOUTS)}.",
        "image_size": "Width and height of the video in pixels, as in 1920x1080.",
    }
    for name, text in of_file.items():
        flags.DEFINE_string(name, None, text, flag_values, required=True)
