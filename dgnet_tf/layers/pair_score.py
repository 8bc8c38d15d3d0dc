"""Importance scores of joint pairs."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.graph_conv import check_choice

keras = tf.keras

WEIGHTINGS = ("none", "fc", "embedded_gaussian")
ACTIVATIONS = {
    "linear": tf.identity,
    "leaky_relu": lambda x: tf.nn.leaky_relu(x, alpha=0.2),
    "tanh": tf.tanh,
    "sigmoid": tf.sigmoid,
}


@keras.utils.register_keras_serializable(package="dgnet_tf")
class PairScore(keras.layers.Layer):
    """Scores each pair of a query joint i and a key joint j (Eq. 5, 12).

    `fc` is gamma([x_i, y_j]), one fully-connected layer to a scalar. It splits into
    a part of i and a part of j, so the N x N x 2C concatenation is never built:
    s_ij = f(x_i . a + y_j . b + c). `embedded_gaussian` is the exponent of
    the embedded Gaussian of non-local networks ([37] in the paper),
    s_ij = theta(x_i) . phi(y_j); its exponential and sum are the softmax that the
    caller takes. `none` is 1 everywhere.

    Args:
        weighting: "none", "fc" or "embedded_gaussian".
        activation: f of `fc`: "linear", as the paper says that a fully-connected
            layer works well, "leaky_relu", "tanh" or "sigmoid".

    Call arguments:
        queries: (..., N, C).
        keys: (..., N, C).

    Returns:
        (..., N, N) scores, rows i, columns j, in float32: inner products outgrow
        float16.
    """

    def __init__(self, weighting="fc", *, activation="linear", **kwargs):
        super().__init__(**kwargs)
        check_choice("weighting", weighting, WEIGHTINGS)
        check_choice("score_activation", activation, ACTIVATIONS)
        self.weighting = weighting
        self.activation = activation

    def build(self, input_shape):
        """Makes the weights for (..., N, C) inputs."""
        channels = input_shape[-1]
        if self.weighting == "fc":
            # Glorot's limits for the 2C inputs of the concatenation.
            scale = keras.initializers.RandomUniform
            limit = (6.0 / (2 * channels + 1)) ** 0.5
            for name in ("query", "key"):
                kernel = self.add_weight(
                    name=name, shape=(channels, 1), initializer=scale(-limit, limit)
                )
                setattr(self, name, kernel)
            self.offset = self.add_weight(name="offset", shape=(), initializer="zeros")
        elif self.weighting == "embedded_gaussian":
            shape = (channels, max(1, channels // 2))
            for name in ("theta", "phi"):
                kernel = self.add_weight(
                    name=name, shape=shape, initializer="glorot_uniform"
                )
                setattr(self, name, kernel)
        self.built = True

    @property
    def kernels(self):
        """What projects queries and keys: two (C, D) weights, none for "none"."""
        names = {
            "none": (),
            "fc": ("query", "key"),
            "embedded_gaussian": ("theta", "phi"),
        }
        return [getattr(self, name) for name in names[self.weighting]]

    def call(self, queries, keys):
        """Scores every pair."""
        if self.weighting == "none":
            pairs = queries[..., :1] + tf.linalg.matrix_transpose(keys[..., :1])
            return tf.ones_like(pairs, dtype=tf.float32)
        # Not matmul: (B, 1, N, C) by (C, D) overwrites memory in TensorFlow 2.20 and
        # 2.21 on CPU (tensorflow issue 117700).
        return self.pair(
            *(
                tf.tensordot(x, tf.cast(kernel, x.dtype), 1)
                for x, kernel in zip((queries, keys), self.kernels, strict=True)
            )
        )

    def pair(self, of_i=None, of_j=None):
        """Scores every pair from what `kernels` made of queries and keys.

        The graph convolutions project features together with their own product,
        for one large product is faster than several small ones.

        Args:
            of_i: (..., N, D) projected queries; left out for "none".
            of_j: (..., N, D) projected keys.

        Returns:
            (..., N, N) float32; for "none" ones that broadcast to it.
        """
        if self.weighting == "none":
            return tf.ones((1, 1, 1, 1))
        of_i, of_j = tf.cast(of_i, tf.float32), tf.cast(of_j, tf.float32)
        if self.weighting == "embedded_gaussian":
            return tf.matmul(of_i, of_j, transpose_b=True)
        offset = tf.cast(self.offset, tf.float32)
        scores = of_i + tf.linalg.matrix_transpose(of_j) + offset
        return ACTIVATIONS[self.activation](scores)

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "weighting": self.weighting,
            "activation": self.activation,
        }
