"""Preparation of keypoints before they are lifted, in TensorFlow and in NumPy.

`prepare` takes either, so that what runs an exported file needs no TensorFlow.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.inference import frame_smoothing
from dgnet_tf.inference.options import InferenceOptions


def prepare(keypoints, options: InferenceOptions):
    """Makes keypoints, a (B, F, N, 2) tensor or (F, N, 2) array, ready to be lifted.

    They may have their confidence as a third number. The result has it if the network
    takes it, 1 where none was given; it is not smoothed.
    """
    pixels = keypoints if keypoints.shape[-1] == 2 else keypoints[..., :2]
    pixels = frame_smoothing.smooth(pixels, options.keypoint_smoothing)
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
