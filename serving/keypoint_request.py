"""Flags, inputs and results shared by the two clients."""

from __future__ import annotations

import numpy as np
from absl import flags

from dgnet_tf import command_line, skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.files import npz_files
from dgnet_tf.files.atomic import write_bytes
from dgnet_tf.keypoints import keypoint_files


def define_flags(flag_values: flags.FlagValues, server: str):
    """Defines the clients' flags.

    Args:
        flag_values: where they live.
        server: default of `--server`.
    """
    options = {"flag_values": flag_values}
    flags.DEFINE_string("server", server, "Address of TensorFlow Serving.", **options)
    flags.DEFINE_string("model", "dgnet", "Name of the model on the server.", **options)
    flags.DEFINE_string(
        "label", None, "Version to ask, by a label of models.config.", **options
    )
    flags.DEFINE_integer(
        "version", None, "Version to ask, by its number.", 0, **options
    )
    flags.DEFINE_float("timeout", 60.0, "Seconds to wait for an answer.", 0, **options)
    for name, meaning in (
        ("keypoints", "File of 2-D keypoints, of any kind that dgnet_tf.lift reads."),
        ("layout", "Keypoint layout of the file, which is the name of the signature."),
        ("image_size", "Width and height of the video in pixels, as in 1920x1080."),
        ("output", "The .npz file to write."),
    ):
        flags.DEFINE_string(name, None, meaning, required=True, **options)


def read(path, layout: str, image_size: str):
    """Reads the people of a keypoint file.

    Args:
        path: the file.
        layout: name of its layout.
        image_size: as in "1920x1080".

    Returns:
        The signature's name, and for each person the track and the inputs, batches
        of one. Frames count as the model's: this example does not resample.

    Raises:
        UserError: if the file does not fit the layout, or lacks joints where the
            signature fills no gaps.
    """
    size = command_line.parse_image_size(image_size)
    people = keypoint_files.read(path, layout, size).people
    own = layout in skeletons.SKELETONS
    requests = []
    for track in people:
        missing = track.confidence <= 0
        if own and missing.any():
            raise UserError(
                f"{path}: person {track.person} lacks joints in some frames, and only "
                "the signatures of detectors' layouts fill gaps. Lift it with "
                "dgnet_tf.lift, or give every joint."
            )
        keypoints = np.where(missing[..., None], 0, track.keypoints)
        inputs = {
            "keypoints": keypoints[None].astype(np.float32),
            "image_size": np.array([size], np.float32),
        }
        if not own:
            inputs["confidence"] = track.confidence[None].astype(np.float32)
        requests.append((track, inputs))
    return "serving_default" if own else layout, requests


def lift_people(flag_values, predict):
    """Does what the flags say.

    Args:
        flag_values: parsed flags.
        predict: takes a signature's name and its inputs, gives its outputs.
    """
    if flag_values.label is not None and flag_values.version is not None:
        raise UserError("Give --label or --version, not both.")
    signature, requests = read(
        flag_values.keypoints, flag_values.layout, flag_values.image_size
    )
    arrays = {}
    for track, inputs in requests:
        outputs = predict(signature, inputs)
        if not outputs.get("valid", np.array([True]))[0]:
            print(
                f"left out: person {track.person}: no frame shows what some joint is "
                "made from."
            )
            continue
        arrays[f"positions/{track.person}"] = outputs["positions"][0]
        arrays[f"first_frame/{track.person}"] = np.int64(track.first_frame)
    if not arrays:
        raise UserError(
            f"{flag_values.keypoints}: nobody is shown whole in any frame. Give "
            "keypoints of the whole body."
        )
    write_bytes(flag_values.output, npz_files.packed(arrays))
    print(f"{len(arrays) // 2} people: {flag_values.output}")
