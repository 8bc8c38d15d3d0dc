"""SemGCN's non-local layer."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.dense_product import dense
from dgnet_tf.layers.peers.group_pooling import as_lists, group_max

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class GroupedNonLocal(keras.layers.Layer):
    """SemGCN's non-local layer: each joint hears the groups of its frame's joints.

        y_i = 1/G sum over groups g of ReLU(a . theta(x_i) + b . phi(x)_g) g(x)_g
        z_i = x_i + BN(y_i W)

    The "concatenation" form of non-local networks: phi and g are maxima over groups of
    joints, and the number of groups G divides, in place of a softmax. theta, phi, g
    and W have biases. Inner width is half of the channels. The batch norm's scale
    starts at zero, so the layer starts as the identity.

    Args:
        groups: for each group the indices of its joints, below N.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C).
        training: whether the batch norm takes the batch's statistics.

    Returns:
        (B, T, N, C).

    Example:
        >>> layer = GroupedNonLocal([[0, 2], [1, 3, 4]])
        >>> layer(tf.zeros((8, 4, 5, 128))).shape
        TensorShape([8, 4, 5, 128])

    Reference:
        Zhao et al. 2019, SemGCN, reference [4] of DG-Net's paper.
    """

    def __init__(self, groups: Sequence[Sequence[int]], **kwargs: Any):
        super().__init__(**kwargs)
        self.groups = as_lists(groups)
        self.norm = make_batch_norm("norm", dtype=self.dtype_policy, gamma=0.0)

    def build(self, input_shape):
        channels = input_shape[-1]
        inner = max(1, channels // 2)

        def add(name, shape, initializer="glorot_uniform"):
            weight = self.add_weight(name=name, shape=shape, initializer=initializer)
            setattr(self, name, weight)

        for name in ("theta", "phi", "g"):
            add(name, (channels, inner))
            add(f"{name}_bias", (inner,), "zeros")
        add("a", (inner, 1))
        add("b", (inner, 1))
        add("w", (inner, channels))
        add("w_bias", (channels,), "zeros")
        self.norm.build(input_shape)
        self.built = True

    def call(self, x, training=None):
        theta, phi, g = dense(x, self.theta, self.phi, self.g)
        theta = theta + tf.cast(self.theta_bias, x.dtype)
        phi = group_max(phi + tf.cast(self.phi_bias, x.dtype), self.groups)
        g = group_max(g + tf.cast(self.g_bias, x.dtype), self.groups)
        (of_i,), (of_g,) = dense(theta, self.a), dense(phi, self.b)
        scores = tf.nn.relu(of_i + tf.linalg.matrix_transpose(of_g))  # (B, T, N, G)
        (y,) = dense(tf.matmul(scores / len(self.groups), g), self.w)
        return x + self.norm(y + tf.cast(self.w_bias, y.dtype), training=training)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "groups": as_lists(self.groups)}
