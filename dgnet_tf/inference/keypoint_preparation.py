"""Preparation of keypoints before they are lifted, in TensorFlow and in NumPy.

`prepare` takes either, so that what runs an exported file needs no TensorFlow.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.config.fields import FIELDS
from dgnet_tf.inference.options import InferenceOptions

# Frames to either side that a frame's result depends on, at most: twice the smoothing's
# own, as far as the parabola of a video's end looks back.
MOST_REACH = 2 * FIELDS["keypoint_smoothing"].most


def reach(options: InferenceOptions) -> int:
    """Returns how many of them an option's smoothing needs."""
    return 2 * options.keypoint_smoothing


def prepare(keypoints, options: InferenceOptions):
    """Makes keypoints, a (B, F, N, 2) tensor or (F, N, 2) array, ready to be lifted.

    They may have their confidence as a third number. The result has it if the network
    takes it, 1 where none was given; it is not smoothed.
    """
    pixels = keypoints if keypoints.shape[-1] == 2 else keypoints[..., :2]
    pixels = smooth_keypoints(pixels, options.keypoint_smoothing)
    if options.inputs == "xy":
        return pixels
    confidence = complete(keypoints, options)[..., 2:]
    if isinstance(keypoints, np.ndarray):
        return np.concatenate([pixels, confidence], axis=-1)
    import tensorflow as tf  # Not above: arrays are prepared without it.

    return tf.concat([pixels, confidence], axis=-1)


def by_name(windows: np.ndarray) -> dict[str, np.ndarray]:
    """Returns what an exported file takes of windows (W, T, N, 2 or 3), by name."""
    if windows.shape[-1] == 2:
        return {"keypoints": windows}
    return {"keypoints": windows[..., :2], "confidence": windows[..., 2]}


def complete(keypoints, options: InferenceOptions):
    """Returns keypoints (..., N, 2 or 3) with the numbers that the network takes.

    Their confidence is left out, or 1 if none was given.
    """
    numbers = len(options.inputs)  # A letter of "xyc" for each.
    if keypoints.shape[-1] == numbers:
        return keypoints
    if numbers == 2:
        return keypoints[..., :2]
    if isinstance(keypoints, np.ndarray):
        return np.concatenate([keypoints, np.ones_like(keypoints[..., :1])], axis=-1)
    import tensorflow as tf

    return tf.concat([keypoints, tf.ones_like(keypoints[..., :1])], axis=-1)


def smooth_keypoints(keypoints, reach: int):
    """Smooths keypoints in time: Savitzky and Golay's filter of order 2.

    A. Savitzky, M. J. E. Golay: "Smoothing and differentiation of data by simplified
    least squares procedures", Analytical Chemistry 36(8), 1964. A frame's value is that
    of the parabola which fits the 2 h + 1 frames around it best; at either end that of
    the first or last such parabola. A video of fewer frames has the largest odd number
    that it holds.

    Takes and gives a (B, F, N, 2) tensor or an (F, N, 2) array; `reach` is h, 0 for
    none.
    """
    if not reach:
        return keypoints
    form = _smooth_array if isinstance(keypoints, np.ndarray) else _smooth_tensor
    return form(keypoints, reach)


def _smooth_tensor(keypoints, reach):
    import tensorflow as tf  # Not above: arrays are smoothed without it.

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


def _smooth_array(keypoints, reach):
    length = len(keypoints)
    half = min(reach, (length - 1) // 2)
    first = np.clip(np.arange(length) - half, 0, length - 1 - 2 * half)
    # The parabola's value at each of its frames, as weights of all.
    powers = np.arange(-half, half + 1)[:, None] ** np.arange(min(3, 2 * half + 1))
    fit = powers @ np.linalg.pinv(powers)  # (2 h + 1, 2 h + 1)
    weights = fit[np.arange(length) - first]  # (F, 2 h + 1)
    smooth = np.zeros(keypoints.shape)
    for i in range(2 * half + 1):  # A frame at a time, for memory's sake.
        smooth += weights[:, i, None, None] * keypoints[first + i]
    return smooth.astype(keypoints.dtype)
