"""Edge padding in time."""

from typing import Any

import numpy as np
import tensorflow as tf

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class RepeatEnds(keras.layers.Layer):
    """Edge padding in time: repeats a window's first and last frame.

        y_t = x_clip(t, 0, T - 1), t from -P to T - 1 + P

    as `inference` does at a video's ends. T must be known.

    Args:
        frames: P, how many times each, at least 0.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, ...).

    Returns:
        (B, T + 2 P, ...).

    Example:
        >>> layer = RepeatEnds(2)
        >>> layer(tf.zeros((8, 4, 34))).shape
        TensorShape([8, 8, 34])

    Reference:
        Pavllo et al. 2019, reference [3] of DG-Net's paper.
    """

    def __init__(self, frames: int, **kwargs: Any):
        super().__init__(**kwargs)
        if frames < 0:
            raise ValueError(f"`frames` must be at least 0, got {frames!r}.")
        self.frames = frames

    def call(self, x):
        length = x.shape[1]
        longer = np.arange(-self.frames, length + self.frames)
        return tf.gather(x, np.clip(longer, 0, length - 1), axis=1)

    def compute_output_shape(self, input_shape):
        batch, length, *rest = input_shape
        return (batch, length + 2 * self.frames, *rest)

    def get_config(self):
        return {**super().get_config(), "frames": self.frames}
