"""The signatures of an exported model.

`serving_default` and `stream` take the joints of the model's skeleton. Of a network
that takes the confidence they have it as 1; `scored` and `stream_scored` take it
besides. Each detector layout that the skeleton can be made from has a signature of its
own name, and one named `stream_` and its name, which fill gaps and convert. All call
one function that holds the network, so that many signatures are hardly larger than one.
"""

from __future__ import annotations

import functools

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.exporting import constant_weights
from dgnet_tf.exporting.layout_inputs import MIN_CONFIDENCE, to_skeleton
from dgnet_tf.exporting.signature import Signature, Tensor
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints import layouts
from dgnet_tf.models import folding

DEFAULT, STREAM = "serving_default", "stream"
SCORED, STREAM_SCORED = "scored", "stream_scored"
LAYOUTS = tuple(one.name for one in layouts.LAYOUTS.values() if one.exported)
_NAN = (
    "NaN in the frames whose windows, or their smoothing, reach a keypoint that is NaN "
    "or beyond 10^6, of that person alone; in all frames where the image size is none"
)
_VALID = (
    "whether each keypoint that a joint{} is made from is there in one frame or more, "
    "the image size is one, and all positions are finite"
)


def build(
    model, options: InferenceOptions, *, min_confidence: float = MIN_CONFIDENCE
) -> dict[str, tf.types.experimental.ConcreteFunction]:
    """Returns the functions of all signatures by name.

    The model takes normalised keypoints (B, T, N, 2), or (B, T, N, 3) if the options'
    inputs are "xyc", and gives {"pose": (B, T, N, 3)}; keypoints of detectors at or
    below `min_confidence` are missing.
    """
    folded = folding.fold(model, options.precision)
    network = _shared(folded, options)
    whole = whole_videos.serving_function(network, options)
    newest = whole_videos.newest_function(network, options)
    found = listed(options, min_confidence, whole, newest)
    functions = {signature.name: signature.function() for signature in found}
    for function in functions.values():
        # A graph holds its variables weakly, and nobody else has the folded network's.
        function.graph.network = folded
    return functions


def descriptions(options: InferenceOptions, min_confidence=MIN_CONFIDENCE) -> dict:
    """Returns what each signature takes and gives, ready for JSON."""
    return {one.name: one.describe() for one in listed(options, min_confidence)}


def listed(
    options: InferenceOptions, min_confidence=MIN_CONFIDENCE, whole=None, newest=None
) -> list[Signature]:
    """Returns all signatures.

    `whole` and `newest` are from `whole_videos.serving_function` and
    `newest_function`; signatures without them have no function.
    """
    fitting = [n for n in LAYOUTS if options.skeleton in layouts.get(n).skeletons]
    found = []
    for stream, lift in ((False, whole), (True, newest)):
        own = _of_joints(options, stream, lift)
        found.append(own)
        if options.inputs == "xyc":
            own = _of_joints(options, stream, lift, scored=True)
            found.append(own)

        # Not `lift` itself: without the checks between, the conversion of keypoints and
        # their normalisation become one product, which rounds otherwise.
        def lift_checked(keypoints, confidence, image_size, own=own):
            given = {"keypoints": keypoints, "confidence": confidence}
            given["image_size"] = image_size
            return own.checked(*(given[name] for name in own.inputs))

        for layout in fitting:
            made = _of_layout(options, layout, stream, lift_checked, min_confidence)
            found.append(made)
    return found


def _of_joints(options, stream: bool, lift, scored: bool = False) -> Signature:
    """Returns the signature of the skeleton's joints, with their confidence or not."""

    def with_confidence(keypoints, image_size):
        ones = tf.ones_like(keypoints[..., 0])
        return lift(keypoints, ones, image_size)

    def in_order(keypoints, confidence, image_size):
        known = tf.math.is_finite(confidence)
        confidence = tf.where(known, tf.clip_by_value(confidence, 0.0, 1.0), 0.0)
        return lift(keypoints, confidence, image_size)

    keypoints, size = _keypoints(options, stream), _image_size()
    inputs = {"keypoints": keypoints, "image_size": size}
    name = STREAM if stream else DEFAULT
    if options.inputs == "xyc":
        lift_as_given = in_order if scored else with_confidence
    else:
        lift_as_given = lift
    if scored:
        about = "from 0 to 1; 0 of a keypoint that is filled in"
        confidence = _confidence(keypoints, about)
        inputs = {"keypoints": keypoints, "confidence": confidence, "image_size": size}
        name = STREAM_SCORED if stream else SCORED
    outputs = {"positions": _positions(options, stream, _NAN)}
    return Signature(name=name, inputs=inputs, outputs=outputs, lift=lift_as_given)


def _of_layout(options, layout, stream: bool, lift, min_confidence) -> Signature:
    """Returns the signature of a detector's layout."""
    keypoints = _keypoints(options, stream, layout)
    about = f"a keypoint is missing where it is {min_confidence:g} or less"
    optional = options.optional

    def convert_and_lift(keypoints, confidence, image_size):
        converted, scores, valid = to_skeleton(
            *(keypoints, confidence, layout, options.skeleton),
            min_confidence,
            optional,
        )
        positions = lift(converted, scores, image_size)["positions"]
        # An image size that is none makes them NaN; half precision may overflow.
        axes = range(1, len(positions.shape))
        valid &= tf.reduce_all(tf.math.is_finite(positions), axis=list(axes))
        shape = [-1, *[1] * len(axes)]
        positions = tf.where(tf.reshape(valid, shape), positions, 0.0)
        return {"positions": positions, "valid": valid}

    return Signature(
        name=f"{STREAM}_{layout}" if stream else layout,
        inputs={
            "keypoints": keypoints,
            "confidence": _confidence(keypoints, about),
            "image_size": _image_size(),
        },
        outputs={
            "positions": _positions(options, stream, "0 where `valid` is false"),
            "valid": Tensor(dtype="bool", shape=["B"], about=_valid(options)),
        },
        lift=convert_and_lift,
        joints=layouts.get(layout).joints,
    )


def _keypoints(options, stream, layout=None) -> Tensor:
    skeleton = skeletons.get(options.skeleton)
    joints = layouts.get(layout).joints if layout else skeleton.joints
    order = "oldest frame first" if stream else "at the model's frame rate"
    return Tensor(
        shape=["B", options.reach if stream else "frames", len(joints), 2],
        unit="pixels",
        about=f"origin at the top left, {order}, joints of {layout or skeleton.name}"
        + ("; anything where one is missing" if layout else ""),
        example=_crossing,
    )


def _confidence(keypoints: Tensor, about: str) -> Tensor:
    return Tensor(
        shape=keypoints.shape[:3],
        unit="1",
        about=about,
        example=lambda lengths: np.ones(lengths, np.float32),
    )


def _image_size() -> Tensor:
    return Tensor(
        shape=["B", 2],
        unit="pixels",
        about="width and height of each video, each from 1 to 10^6",
        example=lambda _: np.array([[1920, 1080]], np.float32),
    )


def _positions(options, stream, missing: str) -> Tensor:
    joints = skeletons.get(options.skeleton).joints
    return Tensor(
        shape=[*(["B"] if stream else ["B", "frames"]), len(joints), 3],
        unit="metres",
        about=("of the newest frame, " if stream else "")
        + "the root at 0; camera axes: x right, y down, z forward",
        missing=missing,
    )


def _valid(options) -> str:
    joints = skeletons.get(options.skeleton).joints
    names = ", ".join(joints[joint] for joint in options.optional)
    return _VALID.format(f" but {names}" if names else "")


def _crossing(lengths) -> np.ndarray:
    """Returns keypoints (1, F, J, 2) of one person, who crosses the image."""
    frame, joint = np.arange(lengths[1])[:, None], np.arange(lengths[2])
    keypoints = [600 + 4 * frame + 13 * joint, 300 + 23 * joint + 0 * frame]
    return np.stack(keypoints, axis=-1)[None].astype(np.float32)


def _shared(model, options):
    """Returns the model as one function that all callers of one graph share.

    Its weights are constants, but for a model with `lift_frames`: that is a second
    function of the same weights, and a file would hold them twice.
    """
    # A letter of "xyc" for each number of a keypoint.
    joint = (len(skeletons.get(options.skeleton).joints), len(options.inputs))
    windows = tf.TensorSpec([None, options.frames, *joint], tf.float32, "windows")
    traced_once = functools.partial(tf.function, autograph=False)

    @traced_once(input_signature=[windows])
    def network_of_variables(windows):
        return {"pose": tf.cast(model(windows, training=False)["pose"], tf.float32)}

    if hasattr(model, "lift_frames"):
        network = network_of_variables
    else:
        compute = constant_weights.without_variables(network_of_variables)

        @traced_once(input_signature=[windows])
        def network(windows):
            return compute(windows)

    def shared(windows, training):
        return network(windows)

    if hasattr(model, "lift_frames"):
        unbroken = tf.TensorSpec([None, None, *joint], tf.float32, "frames")
        shared.reach = model.reach
        shared.lift_frames = traced_once(model.lift_frames, input_signature=[unbroken])
    return shared
