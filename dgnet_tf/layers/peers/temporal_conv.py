"""Convolution over time with gaps between its taps."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.graph_conv import check_positive
from dgnet_tf.layers.peers.fully_connected import flat_product

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class TemporalConv(keras.layers.Layer):
    """y_t = sum over k of x_{t + k d} W_k, at the frames that have all taps.

    All taps are one product of two matrices.

    Args:
        channels: output channels.
        kernel_size: K, number of taps.
        dilation: d, frames from tap to tap.
        **kwargs: `name`, `dtype`.

    Call arguments:
        x: (B, T, C); T may be unknown.

    Returns:
        (B, T - (K - 1) d, channels).
    """

    def __init__(self, channels, *, kernel_size=3, dilation=1, **kwargs):
        super().__init__(**kwargs)
        for name, value in (
            ("channels", channels),
            ("kernel_size", kernel_size),
            ("dilation", dilation),
        ):
            check_positive(name, value)
        self.channels = channels
        self.kernel_size = kernel_size
        self.dilation = dilation

    @property
    def reach(self) -> int:
        """Frames from the first tap to the last."""
        return (self.kernel_size - 1) * self.dilation

    def build(self, input_shape):
        """Makes the weights for (B, T, C) inputs."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.kernel_size, input_shape[-1], self.channels),
            initializer="he_uniform",
        )
        self.built = True

    def call(self, x):
        """Gathers the taps of each frame, and multiplies."""
        starts = [self.dilation * k for k in range(self.kernel_size)]
        taps = [x[:, start : (start - self.reach) or None] for start in starts]
        kernel = tf.reshape(self.kernel, (-1, self.channels))  # (K C, channels)
        return flat_product(tf.concat(taps, axis=-1), tf.cast(kernel, x.dtype))

    def compute_output_shape(self, input_shape):
        """(B, T, C) -> (B, T - (K - 1) d, channels)."""
        batch, frames, _ = input_shape
        return (batch, frames and frames - self.reach, self.channels)

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "channels": self.channels,
            "kernel_size": self.kernel_size,
            "dilation": self.dilation,
        }
