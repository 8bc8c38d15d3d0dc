"""A fully-connected layer over the last axis."""

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_positive
from dgnet_tf.layers.dense_product import flat_product

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class FullyConnected(keras.layers.Layer):
    """A fully-connected layer: y = x W + b over the last axis.

    Keras' `Dense` leaves (B, 1, C) by (C, D) to a batched product, whose gradient is
    slow, and which overwrites memory in TensorFlow 2.20 and 2.21 on CPU (tensorflow
    issue 117700); here it is one of two matrices. One leading axis besides B may be
    unknown.

    Args:
        channels: output channels.
        use_bias: whether to add b. Default True.
        kernel_initializer: of W. Default "glorot_uniform".
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, ..., C).

    Returns:
        (B, ..., channels).

    Example:
        >>> layer = FullyConnected(128)
        >>> layer(tf.zeros((8, 4, 34))).shape
        TensorShape([8, 4, 128])

    Reference:
        Martinez et al. 2017, reference [11] of DG-Net's paper, is built of it.
    """

    def __init__(
        self,
        channels: int,
        *,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        check_positive("channels", channels)
        self.channels = channels
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias = None

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.channels),
            initializer=self.kernel_initializer,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.channels,), initializer="zeros"
            )
        self.built = True

    def call(self, x):
        y = flat_product(x, tf.cast(self.kernel, x.dtype))
        return y if self.bias is None else y + tf.cast(self.bias, y.dtype)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.channels)

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def scaled_glorot(scale):
    """Returns Glorot's initialiser, its values times a scale."""
    return keras.initializers.VarianceScaling(
        scale=scale**2, mode="fan_avg", distribution="uniform"
    )
