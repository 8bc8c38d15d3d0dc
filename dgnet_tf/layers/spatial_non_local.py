"""The spatial non-local block."""

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_positive
from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.dense_product import dense

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class SpatialNonLocal(keras.layers.Layer):
    """Non-local block: attention of each joint to all joints of its frame.

        Y_t = X_t + BN(softmax(theta(X_t) phi(X_t)^T) g(X_t) W)

    The embedded Gaussian of the paper's reference [37], put "after each dynamical unit
    to enhance holistic pose relations". theta, phi and g are matrices (C, inner), W is
    (inner, C). Any number of frames and joints. The batch norm's scale starts at zero,
    so that the block starts as the identity, as in reference [4]. Departure from [4],
    which pools pairs of joints: all attend, as the paper's 17 do not fall into pairs.

    Args:
        inner_channels: of theta, phi and g; None for the input's. Default None.
        batch_norm: False in a folded network: a bias takes its place. Default True.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C) features.
        training: whether the batch norm takes the batch's statistics.

    Returns:
        (B, T, N, C).

    Example:
        >>> layer = SpatialNonLocal()
        >>> layer(tf.zeros((8, 4, 17, 128))).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        The paper of DG-Net, Sec. III-C.
    """

    def __init__(
        self,
        inner_channels: int | None = None,
        *,
        batch_norm: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if inner_channels is not None:
            check_positive("inner_channels", inner_channels)
        self.inner_channels = inner_channels
        self.norm = None
        if batch_norm:
            self.norm = make_batch_norm("norm", dtype=self.dtype_policy, gamma=0.0)

    def build(self, input_shape):
        channels = input_shape[-1]
        inner = self.inner_channels or channels
        self.theta, self.phi, self.g, self.w = (
            self.add_weight(name=name, shape=shape, initializer="glorot_uniform")
            for name, shape in (
                ("theta", (channels, inner)),
                ("phi", (channels, inner)),
                ("g", (channels, inner)),
                ("w", (inner, channels)),
            )
        )
        if self.norm is None:
            self.bias = self.add_weight(
                name="bias", shape=(channels,), initializer="zeros"
            )
        else:
            self.norm.build(input_shape)
        self.built = True

    def affinity(self, x: tf.Tensor) -> tf.Tensor:
        """Returns the (B, T, N, N) attention of each joint i to each joint j."""
        return self._affinity_and_values(tf.cast(x, self.compute_dtype))[0]

    def _affinity_and_values(self, x):
        """Returns the softmax, and g(X_t)."""
        theta, phi, g = dense(x, self.theta, self.phi, self.g)
        # Inner products outgrow float16.
        theta, phi = tf.cast(theta, tf.float32), tf.cast(phi, tf.float32)
        scores = tf.matmul(theta, phi, transpose_b=True)  # (B, T, N, N)
        return tf.cast(tf.nn.softmax(scores, axis=-1), self.compute_dtype), g

    def call(self, x, training=None):
        affinity, g = self._affinity_and_values(x)
        (y,) = dense(tf.matmul(affinity, g), self.w)
        if self.norm is None:
            return x + (y + tf.cast(self.bias, y.dtype))
        return x + self.norm(y, training=training)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        has_norm = self.norm is not None
        config = {"inner_channels": self.inner_channels, "batch_norm": has_norm}
        return {**super().get_config(), **config}
