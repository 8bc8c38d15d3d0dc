"""The frames before a window's first and after its last."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class RepeatEnds(keras.layers.Layer):
    """Repeats the first and the last frame, as `inference` does at a video's ends.

    Args:
        frames: how many times each.
        **kwargs: `name`, `dtype`.

    Call arguments:
        x: (B, T, ...).

    Returns:
        (B, T + 2 frames, ...).
    """

    def __init__(self, frames, **kwargs):
        super().__init__(**kwargs)
        if frames < 0:
            raise ValueError(f"`frames` must be at least 0, got {frames!r}.")
        self.frames = frames

    def build(self, input_shape):
        """Makes nothing."""
        del input_shape
        self.built = True

    def call(self, x):
        """Takes the frames of the longer window."""
        length = x.shape[1]
        longer = np.arange(-self.frames, length + self.frames)
        return tf.gather(x, np.clip(longer, 0, length - 1), axis=1)

    def compute_output_shape(self, input_shape):
        """(B, T, ...) -> (B, T + 2 frames, ...)."""
        batch, length, *rest = input_shape
        return (batch, length + 2 * self.frames, *rest)

    def get_config(self):
        """Returns the constructor's arguments."""
        return {**super().get_config(), "frames": self.frames}
