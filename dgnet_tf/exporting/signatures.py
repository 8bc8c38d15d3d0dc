"""The signatures of an exported model: what they take, give and refuse.

`serving_default` and `stream` take the joints of the model's skeleton. Each detector
layout that the skeleton can be made from has a signature of its own name, and one
named `stream_` and its name, which fill gaps and convert. All call one function that
holds the network, so that many signatures are hardly larger than one.

Refused, with an error that says why: other numbers of joints, coordinates or frames
than a signature has, no frame, batches of different sizes, and image sizes that are not
positive and finite. A keypoint that is NaN is no error, for in a batch of people it
would be everybody's: see `describe`.
"""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.exporting import layout_inputs
from dgnet_tf.inference import whole_videos
from dgnet_tf.keypoints import layouts
from dgnet_tf.models import folding

DEFAULT, STREAM = "serving_default", "stream"
LAYOUTS = tuple(one.name for one in layouts.LAYOUTS.values() if one.exported)


def build(
    model,
    config,
    *,
    flip: bool,
    precision: str | None = None,
    min_confidence: float = layout_inputs.MIN_CONFIDENCE,
) -> dict[str, tf.types.experimental.ConcreteFunction]:
    """Returns the signatures by name.

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}.
        config: the run's configuration.
        flip: average with the mirrored estimate.
        precision: see `folding.fold`.
        min_confidence: keypoints of detectors at or below it are missing.
    """
    joints = len(skeletons.get(config.skeleton).joints)
    network = _share(folding.fold(model, precision), config, joints)
    lifts = {
        DEFAULT: _function(
            lambda keypoints, image_size: whole_videos.lift_keypoints(
                network, config, keypoints, image_size, flip=flip
            ),
            None,
            joints,
        ),
        STREAM: _function(
            lambda keypoints, image_size: whole_videos.lift_newest(
                network, config, keypoints, image_size, flip=flip
            ),
            whole_videos.newest_frames(config),
            joints,
        ),
    }
    functions = dict(lifts)
    for layout in fitting_layouts(config.skeleton):
        for name, of_layout in ((DEFAULT, layout), (STREAM, f"{STREAM}_{layout}")):
            frames = whole_videos.newest_frames(config) if name == STREAM else None
            functions[of_layout] = _layout_function(
                lifts[name], frames, layout, config.skeleton, min_confidence
            )
    return {
        name: function.get_concrete_function() for name, function in functions.items()
    }


def fitting_layouts(skeleton: str) -> list[str]:
    """Returns those of `LAYOUTS` that give the skeleton."""
    return [name for name in LAYOUTS if skeleton in layouts.get(name).skeletons]


def describe(config, min_confidence: float = layout_inputs.MIN_CONFIDENCE) -> dict:
    """Returns what each signature takes and gives, ready for JSON."""
    skeleton = skeletons.get(config.skeleton)
    size = _tensor(["B", 2], "pixels", "width and height of each video")
    unseen = (
        "NaN in the frames whose windows, or their smoothing, reach a NaN, of that "
        "person alone"
    )
    described = {}
    for stream in (False, True):
        frames = whole_videos.newest_frames(config) if stream else "frames"
        order = "oldest frame first" if stream else "at the model's frame rate"
        given = ["B"] if stream else ["B", "frames"]
        of_what = "of the newest frame, " if stream else ""
        positions = _tensor(
            [*given, len(skeleton.joints), 3],
            "metres",
            f"{of_what}the root at 0; camera axes: x right, y down, z forward",
        )
        described[STREAM if stream else DEFAULT] = {
            "inputs": {
                "keypoints": _tensor(
                    ["B", frames, len(skeleton.joints), 2],
                    "pixels",
                    f"origin at the top left, {order}, joints of {skeleton.name}",
                ),
                "image_size": size,
            },
            "outputs": {"positions": {**positions, "missing": unseen}},
        }
        for layout in fitting_layouts(config.skeleton):
            names = layouts.get(layout).joints
            described[f"{STREAM}_{layout}" if stream else layout] = {
                "inputs": {
                    "keypoints": _tensor(
                        ["B", frames, len(names), 2],
                        "pixels",
                        f"origin at the top left, {order}, joints of {layout}; "
                        "anything where one is missing",
                    ),
                    "confidence": _tensor(
                        ["B", frames, len(names)],
                        "1",
                        f"a keypoint is missing where it is {min_confidence:g} or less",
                    ),
                    "image_size": size,
                },
                "outputs": {
                    "positions": {**positions, "missing": "0 where `valid` is false"},
                    "valid": {
                        "dtype": "bool",
                        "shape": ["B"],
                        "about": "whether each keypoint that a joint is made from is "
                        "there in one frame or more",
                    },
                },
                "joints": names,
            }
    return described


def _tensor(shape, unit, about):
    return {"dtype": "float32", "shape": shape, "unit": unit, "about": about}


def _share(model, config, joints):
    """Returns the model as one function that all callers of one graph share."""
    windows = tf.TensorSpec([None, config.frames, joints, 2], tf.float32, "windows")

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
    return shared


def _function(lift, frames, joints):
    """Returns a checked tf.function of keypoints in the skeleton's order."""
    keypoints, image_size = _specs(frames, joints)

    @tf.function(input_signature=[keypoints, image_size], autograph=False)
    def serve(keypoints, image_size):
        keypoints, image_size, _ = _checked(keypoints, image_size, frames, joints)
        return {"positions": lift(keypoints, image_size)}

    return serve


def _layout_function(lift, frames, layout, skeleton, min_confidence):
    """Returns a checked tf.function of keypoints in a detector's order."""
    joints = len(layouts.get(layout).joints)
    keypoints, image_size = _specs(frames, joints)
    confidence = tf.TensorSpec([None, frames, joints], tf.float32, "confidence")

    @tf.function(input_signature=[keypoints, confidence, image_size], autograph=False)
    def serve(keypoints, confidence, image_size):
        keypoints, image_size, confidence = _checked(
            keypoints, image_size, frames, joints, confidence
        )
        converted, valid = layout_inputs.to_skeleton(
            keypoints, confidence, layout, skeleton, min_confidence
        )
        positions = lift(converted, image_size)["positions"]
        shape = [-1, *[1] * (len(positions.shape) - 1)]
        positions = tf.where(tf.reshape(valid, shape), positions, 0.0)
        return {"positions": positions, "valid": valid}

    return serve


def _specs(frames, joints):
    return (
        tf.TensorSpec([None, frames, joints, 2], tf.float32, "keypoints"),
        tf.TensorSpec([None, 2], tf.float32, "image_size"),
    )


def _checked(keypoints, image_size, frames, joints, confidence=None):
    """Checks in the graph, for TensorFlow Serving does not look at shapes."""
    keypoints = tf.ensure_shape(keypoints, [None, frames, joints, 2])
    image_size = tf.ensure_shape(image_size, [None, 2])
    shape, sizes = tf.shape(keypoints), tf.shape(image_size)
    claims = [
        (shape[1] > 0, "keypoints must have a frame, got shape", shape),
        (
            tf.equal(sizes[0], shape[0]),
            "image_size must have one row for each video of keypoints, got shape",
            sizes,
        ),
        (
            tf.reduce_all((image_size > 0) & (image_size < float("inf"))),
            "image_size must be width and height in pixels, positive and finite, got",
            image_size,
        ),
    ]
    if confidence is not None:
        confidence = tf.ensure_shape(confidence, [None, frames, joints])
        same = tf.reduce_all(tf.equal(tf.shape(confidence), shape[:3]))
        message = "confidence must have one value for each of keypoints, got shape"
        claims.append((same, message, tf.shape(confidence)))
    # Before anything else, which would fail with another, unclear error.
    with tf.control_dependencies(
        [tf.debugging.Assert(claim, [message, got]) for claim, message, got in claims]
    ):
        return (
            tf.identity(keypoints),
            tf.identity(image_size),
            None if confidence is None else tf.identity(confidence),
        )
