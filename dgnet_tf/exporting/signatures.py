"""The signatures of an exported model.

`serving_default` and `stream` take the joints of the model's skeleton. Each detector
layout that the skeleton can be made from has a signature of its own name, and one
named `stream_` and its name, which fill gaps and convert. All call one function that
holds the network, so that many signatures are hardly larger than one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.exporting import layout_inputs
from dgnet_tf.exporting.signature import Signature, Tensor
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints import layouts
from dgnet_tf.models import folding

DEFAULT, STREAM = "serving_default", "stream"
LAYOUTS = ("coco_17", "openpose_25", "openpose_25b", "halpe_26", "mediapipe_33")
_IMAGE_SIZE = Tensor(
    shape=["B", 2],
    unit="pixels",
    about="width and height of each video",
    example=lambda lengths: np.array([[1920, 1080]], np.float32),
)


@dataclasses.dataclass(frozen=True)
class Network:
    """What all signatures share, each traced once; (B, F, N, 2) pixels, (B, 2) sizes.

    Attributes:
        whole: `whole_videos.lift_keypoints`, for any number of frames.
        newest: `whole_videos.lift_newest`, for the frames that it needs.
    """

    whole: Callable
    newest: Callable


def build(
    model,
    options: InferenceOptions,
    *,
    min_confidence: float = layout_inputs.MIN_CONFIDENCE,
) -> dict[str, tf.types.experimental.ConcreteFunction]:
    """Returns the signatures by name.

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}.
        options: how it is used.
        min_confidence: keypoints of detectors at or below it are missing.
    """
    network = _network(folding.fold(model, options.precision), options)
    return {
        signature.name: signature.function(network)
        for signature in listed(options, min_confidence)
    }


def describe(
    options: InferenceOptions, min_confidence: float = layout_inputs.MIN_CONFIDENCE
) -> dict:
    """Returns what each signature takes and gives, ready for JSON."""
    return {
        signature.name: signature.describe()
        for signature in listed(options, min_confidence)
    }


def listed(
    options: InferenceOptions, min_confidence: float = layout_inputs.MIN_CONFIDENCE
) -> list[Signature]:
    """Returns all signatures of a network that is used so."""
    fitting = [
        name for name in LAYOUTS if options.skeleton in layouts.get(name).skeletons
    ]
    found = []
    for stream in (False, True):
        found.append(_of_skeleton(options, stream))
        for layout in fitting:
            found.append(_of_layout(options, stream, layout, min_confidence))
    return found


def _of_skeleton(options, stream: bool) -> Signature:
    skeleton = skeletons.get(options.skeleton)

    def lift(network, keypoints, image_size):
        lifted = (network.newest if stream else network.whole)(keypoints, image_size)
        return {"positions": lifted}

    missing = (
        "NaN in the frames whose windows, or their smoothing, reach a NaN, of that "
        "person alone"
    )
    return Signature(
        name=STREAM if stream else DEFAULT,
        inputs={
            "keypoints": _keypoints(
                options, stream, len(skeleton.joints), f"joints of {skeleton.name}"
            ),
            "image_size": _IMAGE_SIZE,
        },
        outputs={"positions": _positions(options, stream, missing)},
        lift=lift,
    )


def _of_layout(options, stream: bool, layout: str, min_confidence: float) -> Signature:
    names = layouts.get(layout).joints
    whole = _of_skeleton(options, stream)

    def lift(network, keypoints, confidence, image_size):
        converted, valid = layout_inputs.to_skeleton(
            keypoints, confidence, layout, options.skeleton, min_confidence
        )
        positions = whole.lift(network, converted, image_size)["positions"]
        shape = [-1, *[1] * (len(positions.shape) - 1)]
        positions = tf.where(tf.reshape(valid, shape), positions, 0.0)
        return {"positions": positions, "valid": valid}

    keypoints = _keypoints(
        options,
        stream,
        len(names),
        f"joints of {layout}; anything where one is missing",
    )
    confidence = Tensor(
        shape=keypoints.shape[:3],
        unit="1",
        about=f"a keypoint is missing where it is {min_confidence:g} or less",
        example=lambda lengths: np.ones(lengths, np.float32),
    )
    return Signature(
        name=f"{STREAM}_{layout}" if stream else layout,
        inputs={
            "keypoints": keypoints,
            "confidence": confidence,
            "image_size": _IMAGE_SIZE,
        },
        outputs={
            "positions": _positions(options, stream, "0 where `valid` is false"),
            "valid": Tensor(
                shape=["B"],
                dtype="bool",
                about="whether each keypoint that a joint is made from is there in one "
                "frame or more",
            ),
        },
        lift=lift,
        joints=names,
    )


def _keypoints(options, stream, joints: int, what: str) -> Tensor:
    order = "oldest frame first" if stream else "at the model's frame rate"
    return Tensor(
        shape=["B", options.reach if stream else "frames", joints, 2],
        unit="pixels",
        about=f"origin at the top left, {order}, {what}",
        example=_crossing,
    )


def _crossing(lengths) -> np.ndarray:
    """Returns keypoints (1, F, J, 2) of one person, who crosses the image."""
    frame, joint = np.arange(lengths[1])[:, None], np.arange(lengths[2])
    keypoints = [600 + 4 * frame + 13 * joint, 300 + 23 * joint + 0 * frame]
    return np.stack(keypoints, axis=-1)[None].astype(np.float32)


def _positions(options, stream, missing: str) -> Tensor:
    of_what = "of the newest frame, " if stream else ""
    joints = len(skeletons.get(options.skeleton).joints)
    return Tensor(
        shape=["B", joints, 3] if stream else ["B", "frames", joints, 3],
        unit="metres",
        about=f"{of_what}the root at 0; camera axes: x right, y down, z forward",
        missing=missing,
    )


def _network(model, options) -> Network:
    """Returns the model as functions that all signatures of one graph share."""
    joints = len(skeletons.get(options.skeleton).joints)
    windows = tf.TensorSpec([None, options.frames, joints, 2], tf.float32, "windows")

    @tf.function(input_signature=[windows], autograph=False)
    def network(windows):
        return {"pose": tf.cast(model(windows, training=False)["pose"], tf.float32)}

    def shared(windows, training):
        return network(windows)

    if hasattr(model, "lift_frames"):
        unbroken = tf.TensorSpec([None, None, joints, 2], tf.float32, "frames")
        shared.reach = model.reach
        shared.lift_frames = tf.function(
            model.lift_frames, input_signature=[unbroken], autograph=False
        )

    def traced(lift, frames):
        specs = [
            tf.TensorSpec([None, frames, joints, 2], tf.float32, "keypoints"),
            tf.TensorSpec([None, 2], tf.float32, "image_size"),
        ]

        @tf.function(input_signature=specs, autograph=False)
        def lifted(keypoints, image_size):
            return lift(shared, options, keypoints, image_size)

        return lifted

    return Network(
        whole=traced(whole_videos.lift_keypoints, None),
        newest=traced(whole_videos.lift_newest, options.reach),
    )
