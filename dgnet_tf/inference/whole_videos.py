"""Lifts whole videos: windows, model, stitching and flip in one TensorFlow function.

Evaluation, export and lifting all call `lift_keypoints`. It is pure TensorFlow: any
number of views and frames, no compiled parts, so that a SavedModel can hold it.
"""

from __future__ import annotations

import functools

import numpy as np
import tensorflow as tf

from dgnet_tf import cameras, skeletons
from dgnet_tf.data.augmentation import augmentation
from dgnet_tf.inference import frame_smoothing, keypoint_preparation, segments
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.window_table import window_table
from dgnet_tf.models import folding

# At the paper's sizes 128 to 2048 frames cost the same processor time; memory grows.
CHUNK_FRAMES = 512


def lift_keypoints(
    model,
    options: InferenceOptions,
    keypoints,
    image_size,
    *,
    chunk_frames: int = CHUNK_FRAMES,
    disagreement: bool = False,
):
    """Estimates the 3-D poses of B whole videos.

    Before the first and after the last frame, that frame is repeated. Memory beyond
    input and output is bounded by `chunk_frames`; results do not depend on it.

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}. Under
            the rule "center" one that has `lift_frames` and `reach`, as `tcn.TCN`,
            lifts frames of unbroken time without windows.
        options: how the model is used; its precision is the model's own affair.
        keypoints: (B, F, N, 2) float32 tensor, pixels; F >= 1. For a network that takes
            it, (B, F, N, 3) with the confidence as the third; 1 where there is none.
        image_size: (B, 2) float32 tensor, width and height in pixels.
        chunk_frames: about how many frames, over all videos, the model sees at once.
        disagreement: also give that of the estimates, see `spread`.

    Returns:
        (B, F, N, 3) float32, metres, camera axes, the root at 0; with `disagreement`
        (B, F, N, 4), the fourth number being it, metres.
    """
    numbers = 4 if disagreement else 3
    joints = len(skeletons.get(options.skeleton).joints)
    prepared = keypoint_preparation.prepare(keypoints, options)
    x = network_input(prepared, image_size, options)  # (B, F, N, 2 or 3)
    views, length = tf.shape(x)[0], tf.shape(x)[1]

    # Chunks of equal length, of whole blocks so that the same windows are cut.
    block = options.block
    blocks = (length + block - 1) // block
    chunks = tf.maximum((blocks * block * views + chunk_frames - 1) // chunk_frames, 1)
    chunk_blocks = (blocks + chunks - 1) // chunks
    chunk_length = tf.minimum(chunk_blocks * block, length)
    chunks = (length + chunk_length - 1) // chunk_length
    slots, reads = window_table(chunk_length, options, tf.range)

    def lift_unbroken(first):
        indices = first + tf.range(-model.reach, chunk_length + model.reach)
        indices = tf.clip_by_value(indices, 0, length - 1)
        pose = model.lift_frames(tf.gather(x, indices, axis=1))
        return spread(pose[:, :, None], options) if disagreement else pose

    def lift_chunk(first):
        indices = tf.clip_by_value(first + slots, 0, length - 1)
        windows = tf.gather(x, indices, axis=1)  # (B, W, T, N, 2 or 3)
        windows = tf.reshape(windows, [-1, options.frames, *x.shape[2:]])
        pose = tf.cast(model(windows, training=False)["pose"], tf.float32)
        pose = tf.reshape(pose, [views, -1, joints, 3])  # (B, W T, N, 3)
        found = tf.gather(pose, reads, axis=1)  # (B, F, R, N, 3)
        return spread(found, options) if disagreement else tf.reduce_mean(found, axis=2)

    unbroken = options.overlap == "center" and options.frame_stride == 1
    positions = tf.map_fn(
        lift_unbroken if unbroken and hasattr(model, "lift_frames") else lift_chunk,
        tf.range(chunks) * chunk_length,
        fn_output_signature=tf.TensorSpec([None, None, joints, numbers], tf.float32),
        parallel_iterations=1,
    )  # (chunks, B, chunk length, N, 3 or 4)
    positions = tf.transpose(positions, [1, 0, 2, 3, 4])
    positions = tf.reshape(positions, [views, -1, joints, numbers])[:, :length]
    pose = averaged(positions[..., :3], options)
    pose = frame_smoothing.smooth(pose, options.position_smoothing)
    if not disagreement:
        return pose
    spreads = total_spread(positions[..., :3], positions[..., 3], options)
    return tf.concat([pose, spreads[..., None]], axis=-1)


def lift_newest(model, options: InferenceOptions, keypoints, image_size):
    """Estimates the last of F frames of B people, as `lift_keypoints` does: (B, N, 3).

    Only the windows that hold that frame pass through the model: T of them under the
    rule "mean", where `lift_keypoints` needs F + T - 1. Poses are not smoothed, which
    looks ahead. F must be known when the function is traced.
    """
    joints = len(skeletons.get(options.skeleton).joints)
    frames = options.frames
    prepared = keypoint_preparation.prepare(keypoints, options)
    x = network_input(prepared, image_size, options)  # (B, F, N, 2 or 3)
    length = keypoints.shape[1]
    slots, reads = window_table(length, options, tf.range)
    reads = reads[-1]  # (R,)
    indices = tf.clip_by_value(tf.gather(slots, reads // frames), 0, length - 1)
    windows = tf.gather(x, indices, axis=1)  # (B, R, T, N, 2 or 3)
    windows = tf.reshape(windows, [-1, frames, *x.shape[2:]])
    pose = tf.cast(model(windows, training=False)["pose"], tf.float32)
    pose = tf.reshape(pose, [tf.shape(x)[0], -1, joints, 3])  # (B, R T, N, 3)
    here = tf.range(tf.size(reads)) * frames + reads % frames
    newest = tf.reduce_mean(tf.gather(pose, here, axis=1), axis=1)
    return averaged(newest, options)


def network_input(keypoints, image_size, options: InferenceOptions):
    """Normalises (B, F, N, 2) pixels; with flip their mirror images follow, (2 B, ...).

    The pixels are prepared already, and may have their confidence as a third number;
    `image_size` is (B, 2), width and height.
    """
    scored = keypoints.shape[-1] == 3
    pixels = keypoints[..., :2] if scored else keypoints
    x = cameras.normalize_screen(pixels, image_size[:, None])
    if scored:
        x = tf.concat([x, keypoints[..., 2:]], axis=-1)
    if options.flip:
        mirror = skeletons.get(options.skeleton).mirror
        x = tf.concat([x, augmentation.flip_keypoints(x, mirror)], axis=0)
    return x


def averaged(positions, options: InferenceOptions):
    """Averages the estimates of `network_input` (..., N, 3); the root moves to 0."""
    skeleton = skeletons.get(options.skeleton)
    if options.flip:
        straight, mirrored = tf.split(positions, 2, axis=0)
        mirrored = augmentation.flip_positions(mirrored, skeleton.mirror)
        positions = (straight + mirrored) / 2.0
    return positions - positions[..., skeleton.root : skeleton.root + 1, :]


def spread(estimates, options: InferenceOptions):
    """Returns the mean of R estimates (B, F, R, N, 3), and how far they are from it.

    The disagreement of estimates is their root mean square distance from their mean,
    of a joint relative to the root, metres: (B, F, N, 4), its fourth number.
    """
    mean = tf.reduce_mean(estimates, axis=2)
    off = estimates - mean[:, :, None]  # Not squares' difference: it rounds too much.
    root = skeletons.get(options.skeleton).root
    off -= off[..., root : root + 1, :]
    squares = tf.reduce_mean(tf.reduce_sum(off**2, axis=-1), axis=2)
    return tf.concat([mean, tf.sqrt(squares)[..., None]], axis=-1)


def total_spread(positions, spreads, options: InferenceOptions):
    """Returns the disagreement of all estimates of `network_input`, (..., N) metres.

    Takes the means (..., N, 3) of the straight and the mirrored ones, and what either
    disagree by, (..., N).
    """
    if not options.flip:
        return spreads
    skeleton = skeletons.get(options.skeleton)
    straight, mirrored = tf.split(positions, 2, axis=0)
    off = (straight - augmentation.flip_positions(mirrored, skeleton.mirror)) / 2.0
    off -= off[..., skeleton.root : skeleton.root + 1, :]
    own, others = tf.split(spreads, 2, axis=0)
    others = tf.gather(others, skeleton.mirror, axis=-1)
    return tf.sqrt((own**2 + others**2) / 2.0 + tf.reduce_sum(off**2, axis=-1))


def serving_function(
    model, options: InferenceOptions, *, disagreement: bool = False
) -> tf.function:
    """Returns `lift_keypoints` as a function traced once for all sizes.

    The model is folded first, to the options' precision; see `folding.fold`. The
    function takes `keypoints` (B, F, N, 2), `confidence` (B, F, N) if the network does,
    and `image_size` (B, 2), float32, and gives {"positions": (B, F, N, 3)}; with
    `disagreement` (B, F, N, 4), where there is more than one estimate.
    """
    lift = lift_keypoints
    if disagreement and options.estimates > 1:
        lift = functools.partial(lift_keypoints, disagreement=True)
    return _traced(lift, model, options, None)


def newest_function(model, options: InferenceOptions) -> tf.function:
    """Returns `lift_newest` as a function traced once for any number of people.

    It takes `keypoints` (B, `options.reach`, N, 2) and `image_size` (B, 2), float32,
    and gives {"positions": (B, N, 3)}; `confidence` as in `serving_function`.
    """
    return _traced(lift_newest, model, options, options.reach)


def _traced(lift, model, options, frames: int | None) -> tf.function:
    """Returns a lifting function of F frames, traced once; None for any number."""
    model = folding.fold(model, options.precision)
    joints = len(skeletons.get(options.skeleton).joints)
    pixels = tf.TensorSpec([None, frames, joints, 2], name="keypoints")
    scores = tf.TensorSpec([None, frames, joints], name="confidence")
    size = tf.TensorSpec([None, 2], name="image_size")

    @tf.function(input_signature=[pixels, size], autograph=False)
    def serve(keypoints, image_size):
        return {"positions": lift(model, options, keypoints, image_size)}

    @tf.function(input_signature=[pixels, scores, size])
    def serve_scored(keypoints, confidence, image_size):
        keypoints = tf.concat([keypoints, confidence[..., None]], axis=-1)
        return {"positions": lift(model, options, keypoints, image_size)}

    return serve if options.inputs == "xy" else serve_scored


def tensors(keypoints, image_size) -> dict[str, tf.Tensor]:
    """Returns what a function of `serving_function` or `newest_function` takes.

    Keypoints are (B, F, N, 2), or (B, F, N, 3) with the confidence that it takes.
    """
    found = {
        **keypoint_preparation.by_name(keypoints),
        "image_size": image_size,
    }
    return {name: tf.constant(value, tf.float32) for name, value in found.items()}


def lift_view(
    serve,
    keypoints: np.ndarray,
    image_size,
    block: int,
    reach: int = frame_smoothing.MOST_REACH,
) -> np.ndarray:
    """Lifts one video with a serving function, in NumPy.

    Long videos are lifted in segments, so that memory beyond input and output does
    not grow with them. Each segment brings the frames before and after it that its
    windows and their smoothing reach, and results do not depend on the segments.

    Args:
        serve: from `serving_function`, or such a signature of an exported model.
        keypoints: (F, N, 2) pixels, or (F, N, 3) with their confidence, as it takes.
        image_size: (2,) width and height, pixels.
        block: of the model, `InferenceOptions.block`.
        reach: of its smoothing, where it is known, `frame_smoothing.reach`.

    Returns:
        (F, N, 3) metres, camera axes, the root at 0, or what else `serve` gives of
        each joint.
    """
    size = np.asarray(image_size)[None]

    def lift_segment(seen):
        return serve(**tensors(seen[None], size))["positions"][0].numpy()

    return segments.lift(lift_segment, keypoints, block, reach)
