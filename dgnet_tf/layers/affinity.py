"""Neighbour masks and their weighting, shared by DSG and DTG."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons

CONNECTIONS = ("dynamic", "fixed", "full", "symmetry", "random", "precomputed")
NORMALIZATIONS = ("none", "mean", "softmax")
# Squared distances: less than any that matters, and more than any.
_SMALLEST, _FARTHEST = np.float32(1e-30), np.float32(1e38)


def nearest_mask(x, neighbors):
    """Marks the K nearest joints of each joint (Eq. 3-4, 10-11).

    The nearest joint is the joint itself, whatever else stands at distance zero;
    other ties go to the lower index. Distances are Euclidean, in float32, and pass
    no gradient. Squares of them that agree to four parts in a million count as tied.

    Args:
        x: (..., N, C) features, or their differences in time.
        neighbors: K.

    Returns:
        (..., N, N) float32; row i has K ones.
    """
    x = tf.stop_gradient(tf.cast(x, tf.float32))
    # A common offset changes no distance but costs digits in the Gram matrix. The
    # first joint, not the mean: whole numbers stay whole, and equal distances equal.
    x = x - x[..., :1, :]
    gram = tf.matmul(x, x, transpose_b=True)  # (..., N, N)
    squares = tf.linalg.diag_part(gram)
    distances = squares[..., :, None] + squares[..., None, :] - 2.0 * gram
    joints = x.shape[-2]
    # Two float32 digits more for each column make equal distances different, so
    # that each round finds one joint.
    order = 1.0 + np.arange(joints, dtype=np.float32) * np.float32(2.0**-22)
    distances = (tf.maximum(distances, 0.0) + _SMALLEST) * order
    itself = np.eye(joints, dtype=np.float32)
    left = distances + itself * _FARTHEST
    # K - 1 times the smallest distance left: under XLA faster than top_k, which
    # sorts.
    nearest = tf.reduce_min(left, axis=-1, keepdims=True)
    for _ in range(neighbors - 2):
        # What is not farther becomes infinite.
        left_over = left / _is_farther(left, nearest)
        nearest = tf.reduce_min(left_over, axis=-1, keepdims=True)
    found = 1.0 - _is_farther(left, nearest) if neighbors > 1 else tf.zeros_like(left)
    return found + itself


def _is_farther(distances, nearest):
    """Returns 1 where a distance is greater, else 0; faster than a comparison."""
    return tf.maximum(tf.sign(distances - nearest), 0.0)


def constant_mask(connection, skeleton, neighbors, seed, temporal):
    """Returns the (N, N) neighbour mask of a connection that ignores the features.

    Every set includes the joint itself, as the K nearest do.

    Args:
        connection: "fixed" (spatially the skeleton's bones, temporally the same
            joint, Eq. 8), "full" (all joints), "symmetry" (the mirrored joint) or
            "random" (K - 1 others, drawn once from `seed`).
        skeleton: name of the skeleton.
        neighbors: K.
        seed: of the random connection.
        temporal: whether the mask connects frames.
    """
    skeleton = skeletons.get(skeleton)
    joints = len(skeleton.joints)
    mask = np.eye(joints, dtype=np.float32)
    if connection == "full":
        mask[:] = 1.0
    elif connection == "symmetry":
        mask[np.arange(joints), list(skeleton.mirror)] = 1.0
    elif connection == "random":
        generator = np.random.default_rng(seed)
        for i in range(joints):
            others = np.delete(np.arange(joints), i)
            mask[i, generator.choice(others, neighbors - 1, replace=False)] = 1.0
    elif connection == "fixed" and not temporal:
        mask += skeleton_adjacency(skeleton.name)
    return mask


def skeleton_adjacency(skeleton):
    """Returns A of Eq. 1: (N, N), 1 where a bone connects two joints."""
    skeleton = skeletons.get(skeleton)
    adjacency = np.zeros((len(skeleton.joints),) * 2, np.float32)
    for joint, parent in skeleton.edges:
        adjacency[joint, parent] = adjacency[parent, joint] = 1.0
    return adjacency


def weight(mask, scores, normalization):
    """Weighs neighbours by their scores (Eq. 6, 13).

    Args:
        mask: (..., N, N) or (N, N), ones at the neighbours.
        scores: (..., N, N), float32.
        normalization: "none", the product as printed; "mean", the product divided by
            the number of neighbours; "softmax" over each row's neighbours.

    Returns:
        (..., N, N) float32 affinities, zero outside the neighbours.
    """
    if normalization == "softmax":
        # Finite, and for others than neighbours below every real score.
        return tf.nn.softmax(scores + (mask - 1.0) * 1e9, axis=-1) * mask
    if normalization == "mean":
        return mask * scores / tf.reduce_sum(mask, axis=-1, keepdims=True)
    return mask * scores
