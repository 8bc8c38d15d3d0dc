"""Dropout without a generator's state."""

from typing import Any

import tensorflow as tf

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class StatelessDropout(keras.layers.Layer):
    """Dropout whose mask follows from a seed and the features themselves.

        y = x m / (1 - rate), each element of m 0 with probability `rate`, else 1

    Keras' own layer draws from a generator whose state no checkpoint of this package
    holds, so that a resumed training would not be the unbroken one. Here the bits of
    the features' sum are half of the seed: another batch, another step's weights or
    another device's share gives another mask.

    Args:
        rate: probability of a zero, from 0 up to but not including 1.
        seed: whole number. Default 0.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: any shape.
        training: whether to drop; without it, x is returned.

    Returns:
        The shape of x.

    Example:
        >>> layer = StatelessDropout(0.25, seed=1)
        >>> layer(tf.zeros((8, 4, 128)), training=True).shape
        TensorShape([8, 4, 128])

    Reference:
        "Dropout: A Simple Way to Prevent Neural Networks from Overfitting".
    """

    def __init__(self, rate: float, *, seed: int = 0, **kwargs: Any):
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"`dropout` must be from 0 to below 1, got {rate!r}.")
        self.rate = rate
        self.seed = seed

    def call(self, x, training=None):
        if not training or not self.rate:
            return x
        total = tf.reduce_sum(tf.cast(tf.stop_gradient(x), tf.float32))
        seed = tf.stack([tf.constant(self.seed, tf.int32), tf.bitcast(total, tf.int32)])
        kept = tf.random.stateless_uniform(tf.shape(x), seed) >= self.rate
        return tf.where(kept, x / (1.0 - self.rate), tf.zeros_like(x))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
