"""Random body shapes: the same motion by a taller person, or one with shorter arms."""

from __future__ import annotations

import numpy as np
import tensorflow as tf


def draw(skeleton, scale: float, seed):
    """Draws a body.

    Each bone is scaled by 1 - `scale` to 1 + `scale`, left and right alike, and all of
    them together by another such factor. Returns the (N, N) matrix that takes
    root-relative positions to the new body's.
    """
    joints = len(skeleton.joints)
    numbers = tf.random.stateless_uniform([joints], seed, 1 - scale, 1 + scale)
    # A joint's number scales the bone to its parent. The root has none: its number
    # scales the whole body.
    mirrored = np.minimum(np.arange(joints), skeleton.mirror)
    factors = tf.gather(numbers, mirrored) * numbers[skeleton.root]
    bones, paths = _matrices(skeleton)
    return tf.linalg.matmul(paths, factors[:, None] * bones)


def reshape(positions, body, root: int):
    """Gives people (L, N, 3) a body of `draw`; their roots stay where they are."""
    pivot = positions[:, root : root + 1]
    return pivot + tf.linalg.matmul(body, positions - pivot)


def _matrices(skeleton):
    """(N, N) from positions to bones, and from bones back to positions."""
    bones = np.eye(len(skeleton.joints), dtype=np.float32)
    for joint, parent in skeleton.edges:
        bones[joint, parent] = -1.0
    # The root is a bone from nowhere, so that there is an inverse: ones along each
    # joint's path to the root.
    return bones, np.rint(np.linalg.inv(bones)).astype(np.float32)
