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
    """
    before, after, weight = (tf.gather(found, indices) for found in sources(seen))
    weight = weight[..., None]
    line = (1.0 - weight) * shown(before) + weight * shown(after)
    return tf.where(tf.gather(seen, indices)[..., None], keypoints, line)


def drop_legs(keypoints, skeleton, share: float, seed):
    """Takes knees and ankles from a share of the windows (W, T, N, 2).

    They stand at their hip, as lifting puts joints that a video never shows. Returns
    the keypoints, and which joints of a window are missing, (W, 1, N) bool.
    """
    legs = skeleton.below_hips
    coins = tf.random.stateless_uniform(tf.shape(keypoints)[:1], seed) < share
    missing = coins[:, None, None] & [j in legs for j in range(keypoints.shape[2])]
    dropped = tf.gather(keypoints, skeleton.without(legs), axis=2)
    return tf.where(missing[..., None], dropped, keypoints), missing


def sources(seen):
    """Returns the frames whose keypoints fill the gaps.

    A missing joint stands on the line between the frames that show it before and
    after, or where it was in the nearest one, as `interpolation.fill_gaps` does. A
    joint that is never seen is left in each frame as it is.

    Takes (L, N) bool, L known when the graph is traced. Returns the indices of the
    frames before and after, each (L, N), and the weight (L, N) of the latter; both are
    the frame itself where the joint is seen.
    """
    last = seen.shape[0] - 1
    here = tf.range(last + 1)[:, None]
    before = _running_max(tf.where(seen, here, -1))
    later = _running_max(tf.reverse(tf.where(seen, last - here, -1), [0]))
    after = last - tf.reverse(later, [0])
    lacks_before, lacks_after = before < 0, after > last
    both = lacks_before & lacks_after
    before, after = (
        tf.where(both, here, tf.where(lacks_before, after, before)),
        tf.where(both, here, tf.where(lacks_after, before, after)),
    )
    weight = (here - before) / tf.maximum(after - before, 1)
    weight = tf.where(after > before, tf.cast(weight, tf.float32), 0.0)
    return before, after, weight


def _running_max(values):
    """The greatest of (L, N) whole numbers from -1 up, in a frame or before."""
    step = 1
    while step < values.shape[0]:
        earlier = tf.pad(values[:-step], [[step, 0], [0, 0]], constant_values=-1)
        values = tf.maximum(values, earlier)
        step *= 2
    return values


def take(values, frames):
    """Takes each joint's (L, N, D) from a frame of its own (W, T, N): (W, T, N, D)."""
    joints = values.shape[1]
    flat = tf.reshape(values, [-1, values.shape[2]])
    return tf.gather(flat, frames * joints + tf.range(joints))
