"""Importance scores of pairs of joints."""

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_choice

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
    """Importance score of each pair of a joint i and a joint j.

        s(i, j) = gamma([x^i, y^j])    (gamma of Eq. 5, alpha and beta of Eq. 12)

    "fc" is one fully-connected layer to a scalar, which splits into a part of i and a
    part of j, so that the N x N x 2C concatenation is never built:
    s(i, j) = f(x^i . a + y^j . b + c), f the activation. Departure from the paper,
    which calls gamma nonlinear and such a layer good: f is "linear" by default.

    "embedded_gaussian" is s(i, j) = theta(x^i) . phi(y^j), C to C / 2 each (Table VI,
    after the paper's reference [37]); its exponential and sum are the softmax that DSG
    and DTG take. "none" is 1 everywhere.

    Args:
        weighting: "none", "fc" or "embedded_gaussian". Default "fc".
        activation: f of "fc": "linear", "leaky_relu", "tanh" or "sigmoid". Default
            "linear".
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        queries: (..., N, C), x^i of each joint i.
        keys: (..., N, C), y^j of each joint j.

    Returns:
        (..., N, N), rows i, columns j; float32, as inner products outgrow float16.

    Example:
        >>> layer = PairScore("fc", activation="leaky_relu")
        >>> layer(tf.zeros((8, 4, 17, 64)), tf.zeros((8, 4, 17, 64))).shape
        TensorShape([8, 4, 17, 17])

    Reference:
        The paper of DG-Net, Sec. III-A and III-B.
    """

    def __init__(
        self, weighting: str = "fc", *, activation: Any = "linear", **kwargs: Any
    ):
        super().__init__(**kwargs)
        check_choice("weighting", weighting, WEIGHTINGS)
        check_choice("score_activation", activation, ACTIVATIONS)
        self.weighting = weighting
        self.activation = activation

    def build(self, input_shape):
        channels = input_shape[-1]
        if self.weighting == "fc":
            # Glorot's limits for the 2C inputs of the concatenation.
            limit = (6.0 / (2 * channels + 1)) ** 0.5
            self.query, self.key = (
                self.add_weight(
                    name=name,
                    shape=(channels, 1),
                    initializer=keras.initializers.RandomUniform(-limit, limit),
                )
                for name in ("query", "key")
            )
            self.offset = self.add_weight(name="offset", shape=(), initializer="zeros")
        elif self.weighting == "embedded_gaussian":
            self.theta, self.phi = (
                self.add_weight(
                    name=name,
                    shape=(channels, max(1, channels // 2)),
                    initializer="glorot_uniform",
                )
                for name in ("theta", "phi")
            )
        self.built = True

    @property
    def kernels(self) -> tuple:
        """The (C, D) weights that project queries and keys; "none" has none."""
        if self.weighting == "fc":
            return self.query, self.key
        return self.theta, self.phi

    def call(self, queries, keys):
        if self.weighting == "none":
            pairs = queries[..., :1] + tf.linalg.matrix_transpose(keys[..., :1])
            return tf.ones_like(pairs, dtype=tf.float32)
        for_queries, for_keys = self.kernels
        # Not matmul: (B, 1, N, C) by (C, D) overwrites memory in TensorFlow 2.20 and
        # 2.21 on CPU (tensorflow issue 117700).
        return self.pair(
            tf.tensordot(queries, tf.cast(for_queries, queries.dtype), 1),
            tf.tensordot(keys, tf.cast(for_keys, keys.dtype), 1),
        )

    def pair(self, of_i: tf.Tensor, of_j: tf.Tensor) -> tf.Tensor:
        """Scores all pairs of what `kernels` make, (..., N, D): (..., N, N) float32.

        DSG and DTG project features together with their own product: one large product
        is faster than several small ones.
        """
        of_i, of_j = tf.cast(of_i, tf.float32), tf.cast(of_j, tf.float32)
        if self.weighting == "embedded_gaussian":
            return tf.matmul(of_i, of_j, transpose_b=True)
        offset = tf.cast(self.offset, tf.float32)
        scores = of_i + tf.linalg.matrix_transpose(of_j) + offset
        return ACTIVATIONS[self.activation](scores)

    def get_config(self):
        config = {"weighting": self.weighting, "activation": self.activation}
        return {**super().get_config(), **config}
