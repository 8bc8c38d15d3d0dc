"""The spatial non-local block."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.graph_conv import check_positive, dense

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class SpatialNonLocal(keras.layers.Layer):
    """x + BN(softmax(theta(x) phi(x)^T) g(x) W) over the joints of each frame.

    The embedded Gaussian of non-local networks ([37] in the paper), embedded "after
    each dynamical unit to enhance holistic pose relations" (paper Sec. III-C). The
    batch norm's scale starts at zero, so the block starts as the identity, as in
    the paper's reference [4].

    Args:
        inner_channels: width of theta, phi and g; the input's channels if None.
        batch_norm: False, in a folded network, puts a bias in its place.

    Call arguments:
        x: (B, T, N, C).

    Returns:
        (B, T, N, C).
    """

    def __init__(self, inner_channels=None, *, batch_norm=True, **kwargs):
        super().__init__(**kwargs)
        if inner_channels is not None:
            check_positive("inner_channels", inner_channels)
        self.inner_channels = inner_channels
        self.norm = None
        if batch_norm:
            self.norm = make_batch_norm("norm", dtype=self.dtype_policy, gamma=0.0)

    def build(self, input_shape):
        """Makes the weights for (B, T, N, C) inputs."""
        channels = input_shape[-1]
        inner = self.inner_channels or channels
        for name, shape in (
            ("theta", (channels, inner)),
            ("phi", (channels, inner)),
            ("g", (channels, inner)),
            ("w", (inner, channels)),
        ):
            kernel = self.add_weight(
                name=name, shape=shape, initializer="glorot_uniform"
            )
            setattr(self, name, kernel)
        if self.norm is None:
            self.bias = self.add_weight(
                name="bias", shape=(channels,), initializer="zeros"
            )
        else:
            self.norm.build(input_shape)
        self.built = True

    def affinity(self, x):
        """Returns the (B, T, N, N) attention of each joint to each other."""
        theta, phi, _ = self._embed(tf.cast(x, self.compute_dtype))
        return self._attention(theta, phi)

    def _embed(self, x):
        return dense(x, self.theta, self.phi, self.g)

    def _attention(self, theta, phi):
        # Inner products outgrow float16.
        theta, phi = tf.cast(theta, tf.float32), tf.cast(phi, tf.float32)
        scores = tf.matmul(theta, phi, transpose_b=True)  # (B, T, N, N)
        return tf.cast(tf.nn.softmax(scores, axis=-1), self.compute_dtype)

    def call(self, x, training=None):
        """Adds what each joint gathers from all joints of its frame."""
        theta, phi, g = self._embed(x)
        (y,) = dense(tf.matmul(self._attention(theta, phi), g), self.w)
        if self.norm is None:
            return x + (y + tf.cast(self.bias, y.dtype))
        return x + self.norm(y, training=training)

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "inner_channels": self.inner_channels,
            "batch_norm": self.norm is not None,
        }
