"""Smoothing of keypoints in time, before they are lifted."""

from __future__ import annotations

import tensorflow as tf


def smooth_keypoints(keypoints, reach: int):
    """Smooths keypoints in time: Savitzky and Golay's filter of order 2.

    A. Savitzky, M. J. E. Golay: "Smoothing and differentiation of data by simplified
    least squares procedures", Analytical Chemistry 36(8), 1964. A frame's value is that
    of the parabola which fits the 2 h + 1 frames around it best; at either end that of
    the first or last such parabola. A video of fewer frames has the largest odd number
    that it holds.

    Args:
        keypoints: (B, F, N, 2) tensor.
        reach: h; 0 for none.

    Returns:
        (B, F, N, 2) tensor.
    """
    if not reach:
        return keypoints
    length = tf.shape(keypoints)[1]
    frame = tf.range(length)
    half = tf.minimum(reach, (length - 1) // 2)
    first = tf.clip_by_value(frame - half, 0, length - 1 - 2 * half)  # (F,)
    # Of the orthogonal polynomials 1, t and t^2 - m over t = -h..h, that is the fit.
    h = tf.cast(half, tf.float32)
    at = tf.cast(frame - first, tf.float32) - h
    mean = h * (h + 1) / 3
    smooth = tf.zeros_like(keypoints)
    every = tf.range(-h, h + 1)
    squares = tf.reduce_sum(every**2)
    fourths = tf.reduce_sum((every**2 - mean) ** 2)
    for i in range(2 * reach + 1):  # A frame at a time, for memory's sake.
        t = float(i) - h
        weight = 1 / (2 * h + 1)
        weight += tf.math.divide_no_nan(t, squares) * at
        weight += tf.math.divide_no_nan(t**2 - mean, fourths) * (at**2 - mean)
        weight = tf.where(i <= 2 * half, weight, 0.0)[:, None, None]
        smooth += weight * tf.gather(keypoints, first + tf.minimum(i, 2 * half), axis=1)
    return smooth
