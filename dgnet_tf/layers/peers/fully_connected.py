"""A fully-connected layer over the last axis."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.graph_conv import check_positive

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class FullyConnected(keras.layers.Layer):
    """x W + b for each place of any leading axes, as one two-dimensional product.

    Keras' `Dense` leaves (B, 1, C) by (C, D) to a batched product, whose gradient is
    slow, and which overwrites memory in TensorFlow 2.20 and 2.21 on CPU (tensorflow
    issue 117700).

    Args:
        channels: output channels.
        use_bias: add b.
        kernel_initializer: of W.
        **kwargs: `name`, `dtype`.

    Call arguments:
        x: (..., C).

    Returns:
        (..., channels).
    """

    def __init__(
        self,
        channels,
        *,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("channels", channels)
        self.channels = channels
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias = None

    def build(self, input_shape):
        """Makes the weights for (..., C) inputs."""
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
        """Multiplies, and adds the bias."""
        y = flat_product(x, tf.cast(self.kernel, x.dtype))
        return y if self.bias is None else y + tf.cast(self.bias, y.dtype)

    def compute_output_shape(self, input_shape):
        """(..., C) -> (..., channels)."""
        return (*input_shape[:-1], self.channels)

    def get_config(self):
        """Returns the constructor's arguments."""
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


def flat_product(x, kernel):
    """(B, ..., C) times (C, D); at most one of the axes in between may be unknown."""
    y = tf.matmul(tf.reshape(x, (-1, x.shape[-1])), kernel)
    between = x.shape[1:-1].as_list()
    if None in between:
        between = [
            tf.shape(x)[i + 1] if n is None else n for i, n in enumerate(between)
        ]
    return tf.reshape(y, (-1, *between, kernel.shape[-1]))
