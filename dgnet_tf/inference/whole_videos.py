"""Lifts whole videos: windows, model, stitching and flip in one TensorFlow function.

Evaluation, export and lifting all call `lift_keypoints`. It is pure TensorFlow: any
number of views and frames, no compiled parts, so that a SavedModel can hold it.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from dgnet_tf import cameras, skeletons
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.data.augmentation import augmentation
from dgnet_tf.inference.keypoint_smoothing import smooth_keypoints
from dgnet_tf.models import folding

OVERLAPS = ("once", "center", "mean")
# At the paper's sizes 128 to 2048 frames cost the same processor time; memory grows.
CHUNK_FRAMES = 512
# Of a video, lifted at a time.
SEGMENT_FRAMES = 16_384


def window_table(length, frames: int, frame_stride: int, overlap: str):
    """Returns which frames each window holds and where each frame is read.

    A window holds T = `frames` frames, `frame_stride` (s) apart. The rules are

    - "once": each frame is in one window. Every block of T s frames is cut into s
      interleaved windows.
    - "center": a window for each frame, which stands in its slot (T - 1) // 2.
    - "mean": the mean over all T windows that cover the frame.

    Args:
        length: F, number of frames; an int32 scalar tensor.
        frames, frame_stride, overlap: see above.

    Returns:
        (W, T) frame index of each window's slots, which may lie outside of
        0..F-1; (F, R) indices into the W T slots, to be averaged for each frame.
    """
    if overlap not in OVERLAPS:
        raise ValueError(f"`overlap` must be one of {OVERLAPS}, got {overlap!r}.")
    span = frames * frame_stride
    frame = tf.range(length)[:, None]  # (F, 1)
    if overlap == "once":
        windows = tf.range((length + span - 1) // span * frame_stride)
        starts = windows // frame_stride * span + windows % frame_stride
        window = frame // span * frame_stride + frame % frame_stride
        slot = frame % span // frame_stride
    elif overlap == "center":
        slot = (frames - 1) // 2
        window = frame
        starts = tf.range(length) - slot * frame_stride
    else:
        slot = tf.range(frames)[None]  # (1, T)
        reach = (frames - 1) * frame_stride
        window = frame + reach - slot * frame_stride
        starts = tf.range(length + reach) - reach
    slots = starts[:, None] + tf.range(frames) * frame_stride  # (W, T)
    return slots, window * frames + slot


def lift_keypoints(
    model,
    config,
    keypoints,
    image_size,
    *,
    flip: bool,
    chunk_frames: int = CHUNK_FRAMES,
):
    """Estimates the 3-D poses of B whole videos.

    Before the first and after the last frame, that frame is repeated. Memory
    beyond input and output is bounded by `chunk_frames`; results do not depend
    on it.

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}. Under
            the rule "center" one that has `lift_frames` and `reach`, as `tcn.TCN`,
            lifts frames of unbroken time without windows.
        config: has `skeleton`, `frames`, `frame_stride`, `overlap` and
            `keypoint_smoothing`.
        keypoints: (B, F, N, 2) float32 tensor, pixels; F >= 1.
        image_size: (B, 2) float32 tensor, width and height in pixels.
        flip: average with the mirrored estimate of the mirrored keypoints.
        chunk_frames: about how many frames, over all videos, the model sees at a
            time.

    Returns:
        (B, F, N, 3) float32, metres, camera axes, the root at 0.
    """
    skeleton = skeletons.get(config.skeleton)
    joints = len(skeleton.joints)
    x = _estimates(config, keypoints, image_size, skeleton, flip)  # (B, F, N, 2)
    views, length = tf.shape(x)[0], tf.shape(x)[1]

    # Chunks of equal length, of whole blocks so that "once" cuts the same windows.
    span = config.frames * config.frame_stride
    blocks = (length + span - 1) // span
    chunks = tf.maximum((blocks * span * views + chunk_frames - 1) // chunk_frames, 1)
    chunk_blocks = (blocks + chunks - 1) // chunks
    chunk_length = tf.minimum(chunk_blocks * span, length)
    chunks = (length + chunk_length - 1) // chunk_length
    slots, reads = window_table(
        chunk_length, config.frames, config.frame_stride, config.overlap
    )

    def lift_unbroken(first):
        indices = first + tf.range(-model.reach, chunk_length + model.reach)
        indices = tf.clip_by_value(indices, 0, length - 1)
        return model.lift_frames(tf.gather(x, indices, axis=1))

    def lift_chunk(first):
        indices = tf.clip_by_value(first + slots, 0, length - 1)
        windows = tf.gather(x, indices, axis=1)  # (B, W, T, N, 2)
        windows = tf.reshape(windows, [-1, config.frames, joints, 2])
        pose = tf.cast(model(windows, training=False)["pose"], tf.float32)
        pose = tf.reshape(pose, [views, -1, joints, 3])  # (B, W T, N, 3)
        return tf.reduce_mean(tf.gather(pose, reads, axis=1), axis=2)

    unbroken = config.overlap == "center" and config.frame_stride == 1
    positions = tf.map_fn(
        lift_unbroken if unbroken and hasattr(model, "lift_frames") else lift_chunk,
        tf.range(chunks) * chunk_length,
        fn_output_signature=tf.TensorSpec([None, None, joints, 3], tf.float32),
        parallel_iterations=1,
    )  # (chunks, B, chunk length, N, 3)
    positions = tf.transpose(positions, [1, 0, 2, 3, 4])
    positions = tf.reshape(positions, [views, -1, joints, 3])[:, :length]
    return _joined(positions, skeleton, flip)


def lift_newest(model, config, keypoints, image_size, *, flip: bool):
    """Estimates the last of F frames of B people, as `lift_keypoints` does.

    Only the windows that hold that frame pass through the model: T of them under
    the rule "mean", where `lift_keypoints` needs F + T - 1.

    Args:
        model, config, image_size, flip: see `lift_keypoints`.
        keypoints: (B, F, N, 2) float32 tensor, pixels, oldest frame first; F must be
            known when the function is traced.

    Returns:
        (B, N, 3) float32, metres, camera axes, the root at 0.
    """
    skeleton = skeletons.get(config.skeleton)
    joints, frames = len(skeleton.joints), config.frames
    x = _estimates(config, keypoints, image_size, skeleton, flip)  # (B, F, N, 2)
    length = keypoints.shape[1]
    slots, reads = window_table(length, frames, config.frame_stride, config.overlap)
    reads = reads[-1]  # (R,)
    indices = tf.clip_by_value(tf.gather(slots, reads // frames), 0, length - 1)
    windows = tf.gather(x, indices, axis=1)  # (B, R, T, N, 2)
    windows = tf.reshape(windows, [-1, frames, joints, 2])
    pose = tf.cast(model(windows, training=False)["pose"], tf.float32)
    pose = tf.reshape(pose, [tf.shape(x)[0], -1, joints, 3])  # (B, R T, N, 3)
    here = tf.range(tf.size(reads)) * frames + reads % frames
    newest = tf.reduce_mean(tf.gather(pose, here, axis=1), axis=1)
    return _joined(newest, skeleton, flip)


def _estimates(config, keypoints, image_size, skeleton, flip):
    """Smooths and normalises pixels (B, F, N, 2); mirror images follow in the batch."""
    keypoints = smooth_keypoints(keypoints, config.keypoint_smoothing)
    x = cameras.normalize_screen(keypoints, image_size[:, None])
    if flip:
        x = tf.concat([x, augmentation.flip_keypoints(x, skeleton.mirror)], axis=0)
    return x


def _joined(positions, skeleton, flip):
    """Averages both estimates (..., N, 3) and moves the root to 0."""
    if flip:
        straight, mirrored = tf.split(positions, 2, axis=0)
        mirrored = augmentation.flip_positions(mirrored, skeleton.mirror)
        positions = (straight + mirrored) / 2.0
    return positions - positions[..., skeleton.root : skeleton.root + 1, :]


def serving_function(
    model, config, *, flip: bool, precision: str | None = None
) -> tf.function:
    """Returns `lift_keypoints` as a function traced once for all sizes.

    The model is folded first, to `precision`; see `folding.fold`. The function takes
    `keypoints` (B, F, N, 2) and `image_size` (B, 2), float32, and gives
    {"positions": (B, F, N, 3)}: the signature of an exported model.
    """
    model = folding.fold(model, precision)
    return _traced(lift_keypoints, model, config, frames=None, flip=flip)


def newest_function(
    model, config, *, flip: bool, precision: str | None = None
) -> tf.function:
    """Returns `lift_newest` as a function traced once for any number of people.

    It takes `keypoints` (B, `newest_frames`, N, 2) and `image_size` (B, 2), float32,
    and gives {"positions": (B, N, 3)}: the signature `stream` of an exported model.
    """
    model = folding.fold(model, precision)
    frames = newest_frames(config)
    return _traced(lift_newest, model, config, frames=frames, flip=flip)


def newest_frames(config) -> int:
    """Returns how many frames the newest one is lifted from: a window's, stride 1."""
    return (config.frames - 1) * config.frame_stride + 1


def _traced(lift, model, config, *, frames: int | None, flip: bool) -> tf.function:
    """Returns a lifting function that is traced once for all batches.

    Args:
        lift: `lift_keypoints` or `lift_newest`.
        model, config, flip: see there.
        frames: F; None for any number.
    """
    joints = len(skeletons.get(config.skeleton).joints)

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, frames, joints, 2], tf.float32, name="keypoints"),
            tf.TensorSpec([None, 2], tf.float32, name="image_size"),
        ]
    )
    def serve(keypoints, image_size):
        return {"positions": lift(model, config, keypoints, image_size, flip=flip)}

    return serve


def lift_view(
    serve, keypoints: np.ndarray, image_size: np.ndarray, span: int
) -> np.ndarray:
    """Lifts one video with a serving function, in NumPy.

    Long videos are lifted in segments, so that memory beyond input and output does
    not grow with them. Each segment brings the frames before and after it that its
    windows and the smoothing reach, and results do not depend on the segments.

    Args:
        serve: from `serving_function`, or the signature of an exported model.
        keypoints: (F, N, 2) pixels.
        image_size: (2,) width and height, pixels.
        span: T times the frame stride of the model.

    Returns:
        (F, N, 3) metres, camera axes, the root at 0.
    """
    image_size = tf.constant(np.asarray(image_size)[None], tf.float32)
    # Whole spans, for "once" cuts its windows by them.
    segment = max(SEGMENT_FRAMES // span, 1) * span
    # Twice the reach, as far as the parabola of a video's end looks back.
    margin = (1 + -(-2 * FIELDS["keypoint_smoothing"].most // span)) * span
    positions = np.empty((*keypoints.shape[:2], 3), np.float32)
    for start in range(0, len(keypoints), segment):
        first = max(start - margin, 0)
        seen = keypoints[first : start + segment + margin]
        result = serve(
            keypoints=tf.constant(seen[None], tf.float32), image_size=image_size
        )
        lifted = result["positions"][0, start - first :][:segment]
        positions[start : start + segment] = lifted.numpy()
    return positions
