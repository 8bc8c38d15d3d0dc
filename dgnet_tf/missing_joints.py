"""Joints that a detector misses, filled as lifting fills them."""

from __future__ import annotations

import tensorflow as tf

LONGEST = 0.5  # seconds


def fill(keypoints, indices, seen, shown):
    """Fills the gaps of windows, from frames that may lie outside of them.

    Args:
        keypoints: (W, T, N, 2) pixels.
        indices: (W, T) their frames in the record.
        seen: (L, N) bool, of all of the record's frames.
        shown: function of a frame for each joint, (W, T, N), that gives the joints'
            pixels (W, T, N, 2) in these frames, as the windows' cameras see them.

    Returns:
        (W, T, N, 2).
    """
    before, after, weight = (tf.gather(found, indices) for found in sources(seen))
    weight = weight[..., None]
    line = (1.0 - weight) * shown(before) + weight * shown(after)
    return tf.where(tf.gather(seen, indices)[..., None], keypoints, line)


def sources(seen):
    """Returns the frames whose keypoints fill the gaps.

    A missing joint stands on the line between the frames that show it before and
    after, or where it was in the nearest one, as `interpolation.fill_gaps` does. A
    joint that is never seen is left in each frame as it is.

    Args:
        seen: (L, N) bool.

    Returns:
        Indices of the frames before and after, each (L, N), and the weight (L, N) of
        the latter; both are the frame itself where the joint is seen.
    """
    length = tf.shape(seen)[0]
    frame = tf.range(length)
    earlier = (frame[:, None] >= frame)[..., None] & seen  # (L, L, N)
    later = (frame[:, None] <= frame)[..., None] & seen
    candidates = frame[None, :, None]
    before = tf.reduce_max(tf.where(earlier, candidates, -1), axis=1)
    after = tf.reduce_min(tf.where(later, candidates, length), axis=1)
    here = frame[:, None]
    lacks_before, lacks_after = before < 0, after >= length
    both = lacks_before & lacks_after
    before, after = (
        tf.where(both, here, tf.where(lacks_before, after, before)),
        tf.where(both, here, tf.where(lacks_after, before, after)),
    )
    weight = (here - before) / tf.maximum(after - before, 1)
    weight = tf.where(after > before, tf.cast(weight, tf.float32), 0.0)
    return before, after, weight


def take(values, frames):
    """Takes each joint's value from a frame of its own.

    Args:
        values: (L, N, D).
        frames: (W, T, N) indices of frames.

    Returns:
        (W, T, N, D).
    """
    joints = values.shape[1]
    flat = tf.reshape(values, [-1, values.shape[2]])
    return tf.gather(flat, frames * joints + tf.range(joints))
