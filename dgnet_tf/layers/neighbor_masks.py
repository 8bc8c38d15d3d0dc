"""Who a joint's neighbours are (D and L of the paper), and what their scores make."""

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons

CONNECTIONS = ("dynamic", "fixed", "full", "symmetry", "random", "precomputed")
_NEAREST = ("dynamic", "precomputed")  # The others are the same for all features.
NORMALIZATIONS = ("none", "mean", "softmax")
_FARTHEST = np.float32(1e37)  # More than any squared distance.
_LEAST = np.float32(1e-30)  # Less than any distance that counts, and any soft mark.


def neighbor_mask(layer, x, keypoints, *, temporal):
    """Marks each joint's neighbours by the layer's `connection`: D_t, or L_{t+1}.

    Args:
        layer: has `connection`, `skeleton`, `neighbors`, `seed` and `softness`; where
            that is above 0 also its present value, the variable `tau`.
        x: (B, T, N, C) features.
        keypoints: (B, T, N, 2), for "precomputed"; else None.
        temporal: whether to compare motions from frame to frame.

    Returns:
        (B, T, N, N) float32, (B, T-1, N, N) where `temporal`.
    """
    if layer.connection not in _NEAREST:
        mask = constant_mask(
            layer.connection, layer.skeleton, layer.neighbors, layer.seed, temporal
        )
        leading = tf.unstack(tf.shape(x[:, 1:] if temporal else x)[:-1])
        return tf.broadcast_to(mask, [*leading, len(mask)])
    if layer.connection == "precomputed":
        if keypoints is None:
            raise ValueError(
                '`connection="precomputed"` needs the 2-D keypoints: call the layer '
                "with `keypoints=`."
            )
        x = keypoints
    x = x[:, 1:] - x[:, :-1] if temporal else x
    if layer.softness:
        return soft_mask(x, layer.neighbors, tf.cast(layer.tau, tf.float32))
    return nearest_mask(x, layer.neighbors)


def nearest_mask(x, neighbors):
    """Marks the K nearest joints of each joint (Eq. 3-4, 10-11).

    The nearest joint is the joint itself, whatever else stands at distance zero;
    other ties go to the lower index. Distances are Euclidean, in float32, and pass
    no gradient. Two that differ by float32's rounding alone are ordered by it, which
    depends on the machine; without motion, or between whole numbers, nothing rounds.

    Takes (..., N, C) features or their differences in time, returns (..., N, N)
    float32, in whose row i stand K ones.
    """
    x = tf.stop_gradient(tf.cast(x, tf.float32))
    mask, *others = _nearest(_squared_distances(x), neighbors)
    for found in others:
        mask = mask + found
    return mask


def soft_mask(x, neighbors, tau):
    """Marks the nearest joints of each joint by degrees, which pass a gradient.

        sigmoid((d_K - d(i, j)) / (tau d))

    d(i, j) is the squared distance of two joints, d its mean over all pairs, d_K the
    middle between joint i's K-th and (K+1)-th smallest, its own 0 among them: as tau
    falls to 0, the K nearest get 1 and all others 0, as in `nearest_mask`. Where all
    joints are alike each gets 1/2. K = N gives 1 everywhere. Takes and returns what
    `nearest_mask` does, and a scalar tau.
    """
    x = tf.cast(x, tf.float32)
    distances = _squared_distances(x)
    if neighbors == x.shape[-2]:
        return tf.ones_like(distances)
    *_, last, next_one = _nearest(tf.stop_gradient(distances), neighbors + 1)
    border = tf.reduce_sum((last + next_one) / 2.0 * distances, axis=-1, keepdims=True)
    scale = tf.reduce_mean(distances, axis=[-2, -1], keepdims=True)
    return tf.sigmoid((border - distances) / (tau * scale + _LEAST))


def _squared_distances(x):
    """Of all pairs of joints, (..., N, C) -> (..., N, N)."""
    # A common offset changes no distance but costs digits in the Gram matrix. The
    # first joint, not the mean: whole numbers stay whole, and equal distances equal.
    x = x - x[..., :1, :]
    gram = tf.matmul(x, x, transpose_b=True)  # (..., N, N)
    itself = np.eye(x.shape[-2], dtype=np.float32)
    # The Gram matrix's own diagonal, bit for bit, so that equal features stand at
    # distance zero. Not by diag_part, which TFLite and ONNX do not have.
    squares = tf.reduce_sum(gram * itself, axis=-1)
    return squares[..., :, None] + squares[..., None, :] - 2.0 * gram


def _nearest(distances, count):
    """Yields `count` matrices (..., N, N), each with a one in each row.

    At the joint itself, which is the nearest, at the second nearest, and so on.
    """
    joints = distances.shape[-1]
    itself = np.eye(joints, dtype=np.float32)
    yield tf.zeros_like(distances) + itself
    left = distances + itself * _FARTHEST
    # K - 1 times the nearest that is left, of equally near ones the first: under XLA
    # faster than top_k, which sorts, and as exact about ties.
    for _ in range(count - 1):
        nearest = tf.argmin(left, axis=-1, output_type=tf.int32)
        found = tf.one_hot(nearest, joints)
        yield found
        left = left + found * _FARTHEST


def constant_mask(connection, skeleton, neighbors, seed, temporal):
    """Returns the (N, N) neighbour mask of a connection that ignores the features.

    Every set includes the joint itself, as the K nearest do: "fixed" besides the ends
    of its bones, if not `temporal` (Eq. 8), "full" all joints, "symmetry" the mirrored
    joint, "random" K - 1 others, drawn once from `seed`.
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
    """Returns A of Eq. 1: (N, N) float32, 1 where a bone connects two joints."""
    skeleton = skeletons.get(skeleton)
    adjacency = np.zeros((len(skeleton.joints),) * 2, np.float32)
    for joint, parent in skeleton.edges:
        adjacency[joint, parent] = adjacency[parent, joint] = 1.0
    return adjacency


def weigh(mask, scores, normalization, soft=False):
    """Weighs neighbours by their scores (Eq. 6, 13): (..., N, N) float32 affinities.

    By the product as printed ("none"), divided by the number of neighbours ("mean"), or
    a "softmax" over each row's neighbours; zero outside of them. Scores are (..., N, N)
    float32, or ones that broadcast to it. Of a `soft` mask the number is the sum of a
    row, and a neighbour's share of the softmax is its exponential times its mark.
    """
    if normalization == "softmax" and soft:
        return tf.nn.softmax(scores + tf.math.log(tf.maximum(mask, _LEAST)), axis=-1)
    if normalization == "softmax":
        # Finite, and for others than neighbours so far below that they become zero.
        return tf.nn.softmax(scores + (mask - 1.0) * 1e9, axis=-1)
    if normalization == "mean":
        return mask * scores / tf.reduce_sum(mask, axis=-1, keepdims=True)
    return mask * scores


def check_joints(skeleton, input_shape):
    """Raises ValueError unless a (B, T, N, C) input has the skeleton's joints."""
    joints = len(skeletons.get(skeleton).joints)
    if input_shape[-2] != joints:
        raise ValueError(
            f"`skeleton` {skeleton!r} has {joints} joints, the input of shape "
            f"{tuple(input_shape)} has {input_shape[-2]}."
        )


def check_softness(softness, connection):
    """Raises ValueError where softness is negative, or neighbours are no nearest."""
    if not 0 <= softness < float("inf"):
        raise ValueError(f"`softness` must be at least 0, got {softness!r}.")
    if softness and connection not in _NEAREST:
        raise ValueError(
            f"`softness` has no effect with `connection={connection!r}`, whose "
            "neighbours are not the nearest. Leave it out."
        )


def add_tau(layer):
    """Adds the weight tau to a layer whose `softness` is above 0, and returns it."""
    if not layer.softness:
        return None
    initializer = tf.keras.initializers.Constant(layer.softness)
    return layer.add_weight(
        name="tau", shape=(), initializer=initializer, trainable=False
    )


def check_neighbors(neighbors, connection, skeleton, input_shape):
    """Raises ValueError where K or the skeleton does not fit the input's joints."""
    if neighbors > input_shape[-2]:
        raise ValueError(
            f"`neighbors` must be at most the number of joints, "
            f"{input_shape[-2]}, got {neighbors}."
        )
    if connection not in _NEAREST:
        check_joints(skeleton, input_shape)
