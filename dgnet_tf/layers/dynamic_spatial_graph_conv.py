"""Dynamical Spatial Graph (DSG) convolution."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.dynamic_graph_conv import DynamicGraphConv
from dgnet_tf.layers.graph_conv import dense

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class DynamicSpatialGraphConv(DynamicGraphConv):
    """Y_t = sigma(B_t X_t Phi) (paper Eq. 3-7).

    B_t = D_t * R_t: D_t marks the K joints nearest to each joint in feature space,
    the joint itself among them; R_t(i, j) = gamma([x_i, x_j]) weighs them.

    Args:
        channels: output channels.
        neighbors: K.
        **kwargs: see `DynamicGraphConv`.

    Call arguments:
        x: (B, T, N, C).
        keypoints: (B, T, N, 2), only for `connection="precomputed"`.

    Returns:
        (B, T, N, channels).
    """

    temporal = False

    def __init__(self, channels, *, neighbors=3, **kwargs):
        super().__init__(channels, neighbors=neighbors, **kwargs)
        self.gamma = self.make_score("gamma")

    def build(self, input_shape):
        """Makes the weights for (B, T, N, C) inputs."""
        self.check_input(input_shape)
        self.phi = self.add_kernel("phi", input_shape[-1])
        self.gamma.build(input_shape)
        self.add_bias()
        self.built = True

    def affinity(self, x, keypoints=None):
        """Returns B_t, (B, T, N, N): rows joint i, columns its neighbours j."""
        return self._affinity_and_product(tf.cast(x, self.compute_dtype), keypoints)[0]

    def _affinity_and_product(self, x, keypoints):
        """Returns B_t and X_t Phi."""
        product, *projected = dense(x, self.phi, *self.gamma.kernels)
        mask = self.neighbor_mask(x, keypoints)
        return self.weigh(mask, self.gamma.pair(*projected)), product

    def call(self, x, keypoints=None):
        """Applies Eq. 7."""
        affinity, product = self._affinity_and_product(x, keypoints)
        return self.finish(tf.matmul(affinity, product))
