"""A detector's keypoints made into a skeleton's, in TensorFlow.

The graph's form of `interpolation.fill_gaps` and `layouts.convert`: any number of
people and frames, no loop over either, so that a SavedModel can hold it.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.detections import MAX_PIXEL

MIN_CONFIDENCE = 0.0


def to_skeleton(
    keypoints,
    confidence,
    layout: str,
    skeleton: str,
    min_confidence=MIN_CONFIDENCE,
    optional=(),
):
    """Fills the gaps of B people's keypoints and makes a skeleton's joints of them.

    A keypoint is missing where its confidence is `min_confidence` or less, or not
    finite, and where a coordinate is NaN, infinite or beyond `detections.MAX_PIXEL`.

    Takes (B, F, J, 2) pixels and their confidence (B, F, J), both float32 tensors, and
    the names of layout and skeleton. `optional` joints, by number, may be missing
    throughout: they stand where the next joint towards the root does.

    Returns:
        (B, F, N, 2) finite float32 pixels; (B, F, N) their confidence, that of the
        least sure keypoint, 0 where one is missing; (B,) whether each other joint of
        the skeleton is made from keypoints that are there in one of the F frames or
        more. Of a person without, those keypoints lie at pixel (0, 0).

    Raises:
        UserError: if there is no such layout or it does not give that skeleton.
    """
    possible = tf.reduce_all(tf.abs(keypoints) <= MAX_PIXEL, axis=-1)
    scored = (confidence > min_confidence) & tf.math.is_finite(confidence)
    seen = scored & possible
    indices, weights = _means(layouts.sources(layout, skeleton))
    # No matrix product: GPUs would round its pixels to ten bits.
    filled = tf.gather(fill_gaps(keypoints, seen), indices, axis=2)  # (B, F, N, K, 2)
    joints = tf.reduce_sum(filled * weights[..., None], axis=3)
    scores = tf.where(seen, tf.minimum(confidence, 1.0), 0.0)
    scores = tf.reduce_min(tf.gather(scores, indices, axis=2), axis=3)  # (B, F, N)
    ever = tf.reduce_any(seen, axis=1)  # (B, J)
    needed = [i for joint, i in enumerate(indices) if joint not in optional]
    valid = tf.reduce_all(tf.gather(ever, np.unique(needed), axis=1), axis=1)
    if optional:
        made = tf.reduce_all(tf.gather(ever, indices, axis=1), axis=2)  # (B, N)
        joints = _at_parents(joints, made, skeletons.get(skeleton).parents, optional)
    return joints, scores, valid


def _at_parents(joints, made, parents, optional):
    """Puts optional joints that are not made, (B, N), where their parents are."""
    placed = tf.unstack(joints, axis=2)
    for joint in optional:  # Parents come first.
        here = made[:, joint, None, None]
        placed[joint] = tf.where(here, placed[joint], placed[parents[joint]])
    return tf.stack(placed, axis=2)


def _means(sources):
    """Returns which keypoints each joint is the mean of, (N, K), and their weights."""
    longest = max(len(one) for one in sources)
    indices = [one + one[:1] * (longest - len(one)) for one in sources]
    weights = [
        [1 / len(one)] * len(one) + [0.0] * (longest - len(one)) for one in sources
    ]
    return np.array(indices, np.int32), np.array(weights, np.float32)


# Traced once for all layouts.
@tf.function(
    input_signature=[
        tf.TensorSpec([None, None, None, 2], tf.float32),
        tf.TensorSpec([None, None, None], tf.bool),
    ],
    autograph=False,
)
def fill_gaps(keypoints, seen):
    """Replaces missing keypoints by the line between the frames that show them.

    Before its first and after its last sight a keypoint is held where it was. Takes
    (B, F, J, 2) pixels, anything where one is missing, and (B, F, J), false there;
    gives (B, F, J, 2), zero where no frame shows the keypoint.
    """
    batch, frames, joints = tf.unstack(tf.shape(seen))
    tracks = batch * joints

    def by_track(values):  # (B, F, J, ...) to (B J, F, ...)
        rest = range(3, len(values.shape))
        values = tf.transpose(values, [0, 2, 1, *rest])
        return tf.reshape(values, [tracks, frames, *values.shape[3:]])

    seen = by_track(seen)
    points = tf.where(seen[..., None], by_track(keypoints), 0.0)  # (B J, F, 2)
    # Sights of a track are numbered from 1 on; `frame_of` tells where each one is.
    shown = tf.cast(seen, tf.int32)
    number = tf.cumsum(shown, axis=1)  # of the last sight up to a frame
    frame = tf.range(frames)[None] + tf.zeros_like(number)  # (B J, F)
    row = tf.range(tracks)[:, None] * (frames + 2)
    frame_of = tf.math.unsorted_segment_max(
        tf.reshape(tf.where(seen, frame, -1), [-1]),
        tf.reshape(row + tf.where(seen, number, 0), [-1]),
        tracks * (frames + 2),
    )  # negative where there is no sight of that number
    before = tf.gather(frame_of, row + number)
    after = tf.gather(frame_of, row + number - shown + 1)
    before, after = (
        tf.maximum(tf.where(one < 0, other, one), 0)
        for one, other in ((before, after), (after, before))
    )
    weight = (frame - before) / tf.maximum(after - before, 1)
    start = tf.gather(points, before, batch_dims=1)  # (B J, F, 2)
    end = tf.gather(points, after, batch_dims=1)
    filled = start + tf.cast(weight, points.dtype)[..., None] * (end - start)
    filled = tf.reshape(filled, [batch, joints, frames, 2])
    return tf.transpose(filled, [0, 2, 1, 3])
