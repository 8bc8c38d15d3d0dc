"""How high people are in the image, in whatever pose."""

from __future__ import annotations

import numpy as np
import tensorflow as tf


def pixels(keypoints, positions, skeleton):
    """Returns how high people would stand in the image: (W, 1, 1, 1) pixels.

    Their height is the length of the bones from ankles to head; the soles are some
    0.1 m lower and the top of the head as much higher. The scale is that between the
    spread of the keypoints (W, T, N, 2), pixels, and of the positions (W, T, N, 3),
    metres, across the image; no camera need be known.
    """
    scale = tf.math.divide_no_nan(_spread(keypoints), _spread(positions[..., :2]))
    return (_metres(positions, skeleton) * scale)[:, None, None, None]


def _metres(positions, skeleton):
    """(W,) the bones from ankles to head."""
    joints, parents = np.array(skeleton.edges).T
    bones = tf.gather(positions, joints, axis=2) - tf.gather(positions, parents, axis=2)
    lengths = tf.reduce_mean(tf.norm(bones, axis=-1), axis=1)  # (W, N - 1)
    return tf.linalg.matvec(lengths, _shares(skeleton))


def _spread(points):
    """(W,) the joints' root-mean-square distance to their frame's mean."""
    centred = points - tf.reduce_mean(points, axis=2, keepdims=True)
    return tf.sqrt(tf.reduce_mean(centred**2, axis=[1, 2, 3]))


def _shares(skeleton) -> np.ndarray:
    """How much each bone of `edges` counts: 1 up to the head, 1/2 down each leg."""
    top = "head_top" if "head_top" in skeleton.joints else "head"
    shares = np.zeros(len(skeleton.joints), np.float32)
    for name, share in ((top, 1.0), ("left_ankle", 0.5), ("right_ankle", 0.5)):
        joint = skeleton.joints.index(name)
        while joint != skeleton.root:
            shares[joint] += share
            joint = skeleton.parents[joint]
    return shares[[joint for joint, _ in skeleton.edges]]
