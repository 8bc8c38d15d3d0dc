"""Convolution over time with gaps between its taps."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_positive
from dgnet_tf.layers.dense_product import flat_product

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class TemporalConv(keras.layers.Layer):
    """Dilated convolution over time, at the frames that have all taps.

        y_t = sum over k from 0 to K - 1 of x_{t + k d} W_k

    All taps are one product of two matrices. T is above (K - 1) d, or unknown.

    Args:
        channels: output channels.
        kernel_size: K, number of taps. Default 3.
        dilation: d, frames from tap to tap. Default 1.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, C).

    Returns:
        (B, T - (K - 1) d, channels).

    Example:
        >>> layer = TemporalConv(128, kernel_size=3, dilation=3)
        >>> layer(tf.zeros((8, 27, 34))).shape
        TensorShape([8, 21, 128])

    Reference:
        Pavllo et al. 2019, reference [3] of DG-Net's paper.
    """

    def __init__(
        self, channels: int, *, kernel_size: int = 3, dilation: int = 1, **kwargs: Any
    ):
        super().__init__(**kwargs)
        check_positive("channels", channels)
        check_positive("kernel_size", kernel_size)
        check_positive("dilation", dilation)
        self.channels = channels
        self.kernel_size = kernel_size
        self.dilation = dilation

    @property
    def reach(self) -> int:
        """Frames from the first tap to the last."""
        return (self.kernel_size - 1) * self.dilation

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.kernel_size, input_shape[-1], self.channels),
            initializer="he_uniform",
        )
        self.built = True

    def call(self, x):
        starts = [self.dilation * k for k in range(self.kernel_size)]
        taps = [x[:, start : (start - self.reach) or None] for start in starts]
        kernel = tf.reshape(self.kernel, (-1, self.channels))  # (K C, channels)
        return flat_product(tf.concat(taps, axis=-1), tf.cast(kernel, x.dtype))

    def compute_output_shape(self, input_shape):
        batch, frames, _ = input_shape
        return (batch, frames and frames - self.reach, self.channels)

    def get_config(self):
        config = {"kernel_size": self.kernel_size, "dilation": self.dilation}
        return {**super().get_config(), "channels": self.channels, **config}
