"""Smoothing over frames, of keypoints before they are lifted and of poses after.

In TensorFlow and in NumPy, so that what runs an exported file needs no TensorFlow.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.config.fields import FIELDS
from dgnet_tf.inference.options import InferenceOptions


def reach(options: InferenceOptions) -> int:
    """Returns the frames to either side that a frame's result depends on by smoothing.

    Twice the parabolas' own, as far as those of a video's ends look.
    """
    return 2 * (options.keypoint_smoothing + options.position_smoothing)


# The most that any options have.
MOST_REACH = 2 * (FIELDS["keypoint_smoothing"].most + FIELDS["position_smoothing"].most)


def smooth(values, half: int):
    """Smooths values in time: Savitzky and Golay's filter of order 2.

    A. Savitzky, M. J. E. Golay: "Smoothing and differentiation of data by simplified
    least squares procedures", Analytical Chemistry 36(8), 1964. A frame's value is that
    of the parabola which fits the 2 h + 1 frames around it best; at either end that of
    the first or last such parabola. A video of fewer frames has the largest odd number
    that it holds.

    Takes and gives a (B, F, N, D) tensor or an (F, N, D) array; `half` is h, 0 for
    none.
    """
    if not half:
        return values
    form = _smooth_array if isinstance(values, np.ndarray) else _smooth_tensor
    return form(values, half)


def _smooth_tensor(values, most):
    import tensorflow as tf  # Not above: arrays are smoothed without it.

    length = tf.shape(values)[1]
    frame = tf.range(length)
    half = tf.minimum(most, (length - 1) // 2)
    first = tf.clip_by_value(frame - half, 0, length - 1 - 2 * half)  # (F,)
    # Of the orthogonal polynomials 1, t and t^2 - m over t = -h..h, that is the fit.
    h = tf.cast(half, tf.float32)
    at = tf.cast(frame - first, tf.float32) - h
    mean = h * (h + 1) / 3
    smooth = tf.zeros_like(values)
    every = tf.range(-h, h + 1)
    squares = tf.reduce_sum(every**2)
    fourths = tf.reduce_sum((every**2 - mean) ** 2)
    for i in range(2 * most + 1):  # A frame at a time, for memory's sake.
        t = float(i) - h
        weight = 1 / (2 * h + 1)
        weight += tf.math.divide_no_nan(t, squares) * at
        weight += tf.math.divide_no_nan(t**2 - mean, fourths) * (at**2 - mean)
        weight = tf.where(i <= 2 * half, weight, 0.0)[:, None, None]
        smooth += weight * tf.gather(values, first + tf.minimum(i, 2 * half), axis=1)
    return smooth


def _smooth_array(values, most):
    length = len(values)
    half = min(most, (length - 1) // 2)
    first = np.clip(np.arange(length) - half, 0, length - 1 - 2 * half)
    # The parabola's value at each of its frames, as weights of all.
    powers = np.arange(-half, half + 1)[:, None] ** np.arange(min(3, 2 * half + 1))
    fit = powers @ np.linalg.pinv(powers)  # (2 h + 1, 2 h + 1)
    weights = fit[np.arange(length) - first]  # (F, 2 h + 1)
    smooth = np.zeros(values.shape)
    for i in range(2 * half + 1):  # A frame at a time, for memory's sake.
        smooth += weights[:, i, None, None] * values[first + i]
    return smooth.astype(values.dtype)
