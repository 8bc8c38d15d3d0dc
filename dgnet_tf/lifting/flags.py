"""The flags of commands that lift: the model and what it lifts."""

from __future__ import annotations

import dataclasses
import pathlib

from absl import flags

from dgnet_tf import command_line
from dgnet_tf.detection import detectors, networks
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files, layouts
from dgnet_tf.lifting import calibration, loading
from dgnet_tf.models import weight_folders


def define_keypoint_file(flag_values: flags.FlagValues, required: bool = True):
    """Defines `--model`, `--engine`, `--keypoints`, `--layout` and `--image_size`.

    The last three must be given unless they are not `required`.
    """
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
        "litert runs the lifter.tflite of any folder of weights, and openvino that, "
        ".tflite and .onnx files and SavedModels.",
        flag_values,
    )
    of_file = {
        "keypoints": "File or folder of 2-D keypoints, in one of these formats:\n"
        f"{keypoint_files.formats()}.",
        "layout": f"Keypoint layout of the file: {', '.join(layouts.LAYOUTS)}.",
        "image_size": "Width and height of the video in pixels, as in 1920x1080.",
    }
    for name, text in of_file.items():
        flags.DEFINE_string(name, None, text, flag_values, required=required)


# Flags that only a video takes, and those that a video answers itself.
OF_VIDEO = (
    *("start", "end", "detector", "detector_weights", "detector_size"),
    "save_keypoints",
)
READ_FROM_VIDEO = ("layout", "image_size", "fps")


def define_video(flag_values: flags.FlagValues):
    """Defines `--video` and what goes with it."""
    texts = {
        "video": "Video file to lift, in place of --keypoints, --layout, --image_size "
        "and --fps; with keypoints saved of it, the video to show under them.",
        "detector_weights": "BlazePose's networks: the .tgz or folder of the npm "
        "package @mediapipe/pose 0.5.1675469404, a .task bundle, or the wheel of "
        "mediapipe 0.10.21; by default those kept from last time, or fetched by npm.",
        "save_keypoints": "Also write the video's keypoints to this .npz file, which "
        "--keypoints reads.",
    }
    for name, text in texts.items():
        flags.DEFINE_string(name, None, text, flag_values)
    for name, text in (("start", "First"), ("end", "Last")):
        text = f"{text} moment of the video to lift, seconds as a player shows them."
        flags.DEFINE_float(name, None, text, 0.0, flag_values=flag_values)
    flags.DEFINE_enum(
        "detector",
        None,
        detectors.NAMES,
        "What finds keypoints in a video: by default blazepose, which follows one "
        "person; rtmlib sees several, where it is installed.",
        flag_values,
    )
    flags.DEFINE_enum(
        "detector_size",
        None,
        networks.SIZES,
        "Size of BlazePose's landmark network; by default heavy, the most accurate.",
        flag_values,
    )
    flags.DEFINE_boolean(
        "show_video",
        True,
        "Put a small copy of the video into the page of --view, and under the "
        "keypoints of a .gif or .mp4 of --picture.",
        flag_values,
    )


OF_ROOT = ("focal_px", "camera_height", "camera_pitch")


def define_root(flag_values: flags.FlagValues):
    """Defines `--root` and what is known of the camera."""
    flags.DEFINE_enum(
        "root",
        "none",
        ("none", "fit"),
        "Where the root is: in one place, or fitted to the 2-D keypoints, with feet "
        "that stay where they stand on the floor.",
        flag_values,
    )
    floats = {
        "focal_px": (
            "Focal length for --root=fit, pixels; by default that of a field of view "
            "of 50 degrees.",
            (1.0, None),
        ),
        "camera_height": (
            "Height of the camera above the floor for --root=fit, metres; poses are "
            "scaled to the size that follows. By default it follows from theirs.",
            (0.2, 100.0),
        ),
        "camera_pitch": (
            "How far the camera looks down for --root=fit, degrees; by default "
            "estimated from the feet.",
            (-75.0, 75.0),
        ),
    }
    texts = {
        "calibration": "Calibration file for --root=fit, in place of these three: "
        "Pose2Sim's Calib.toml, or a .json of OpenCV.",
        "camera": "Name of the camera in a --calibration of several.",
    }
    for name, text in texts.items():
        flags.DEFINE_string(name, None, text, flag_values)
    for name, (text, limits) in floats.items():
        flags.DEFINE_float(name, None, text, *limits, flag_values=flag_values)


def root_options(values) -> dict:
    """Returns `lift_track`'s options on the root.

    Raises:
        UserError: if the camera is described and no root asked for.
    """
    given = [name for name in OF_ROOT if values[name].value is not None]
    for name in (*given, *(["calibration"] if values.calibration else [])):
        if values.root != "fit":
            raise UserError(f"--{name} is for --root=fit; give both or neither.")
    found = {name: values[name].value for name in ("root", *OF_ROOT)}
    if values.calibration is None:
        if values.camera is not None:
            raise UserError("--camera is for --calibration; give both or neither.")
        return found
    known = calibration.read(values.calibration, values.camera)
    fields = {"camera_height": "height", "camera_pitch": "pitch"}
    for name in given:
        if name == "focal_px" or getattr(known, fields[name]) is not None:
            raise UserError(f"--{name} is in --calibration; give one of them.")
        known = dataclasses.replace(known, **{fields[name]: found[name]})
    if values.image_size:
        known.check(command_line.parse_image_size(values.image_size))
    return {**found, "calibration": known}


def check_video(values):
    """Raises a UserError where flags do not go together with `--video` or without."""
    if not values.video and not values.keypoints:
        raise UserError("Give --keypoints or --video; see --help.")
    if values.video and not values.keypoints:
        for name in READ_FROM_VIDEO:
            if values[name].value is not None:
                raise UserError(f"--{name} is read from the video; leave it out.")
    else:
        for name in OF_VIDEO:
            if values[name].value is not None:
                raise UserError(f"--{name} is for --video without --keypoints.")
    start, end = values.start, values.end
    if start is not None and end is not None and start >= end:
        raise UserError(f"--end={end:g} must be after --start={start:g}.")
    save = values.save_keypoints
    if save and pathlib.Path(save).suffix != ".npz":
        raise UserError(f"--save_keypoints must end in .npz, got {save!r}.")
