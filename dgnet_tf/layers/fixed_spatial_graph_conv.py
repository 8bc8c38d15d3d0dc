"""Fixed Spatial Graph (FSG) convolution."""

from typing import Any

import numpy as np
import tensorflow as tf

from dgnet_tf.layers.dense_product import dense
from dgnet_tf.layers.graph_conv import GraphConv
from dgnet_tf.layers.neighbor_masks import check_joints, skeleton_adjacency

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class FixedSpatialGraphConv(GraphConv):
    """FSG: graph convolution over the bones of the skeleton.

        Y_t = sigma(A X_t Theta)    (Eq. 2)

    A(i, j) is 1 where a bone connects joints i and j, else 0 (Eq. 1): as printed,
    without a self-loop and without normalisation. N must be the skeleton's.

    Departure from the paper, with `semantic=True`: the semantic graph convolution of
    its reference [4], whose "good practices" it applies,

        Y_t = sigma((M * I) X_t Theta_self + (M * (1 - I)) X_t Theta)

    with one learned weight for each bone and self-loop, normalised to M by a softmax
    over each row of A + I, and a parameter matrix of its own for the joint itself.

    Args:
        channels: output channels.
        skeleton: name of the skeleton that A comes from. Default "human36m_17".
        semantic: learn the weights of the bones. Default False.
        activation: sigma; None for none. Default "relu".
        use_bias: add a bias before sigma; the paper has none. Default False.
        kernel_initializer: of Theta and Theta_self. Default "glorot_uniform".
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C) features.

    Returns:
        (B, T, N, channels).

    Example:
        >>> layer = FixedSpatialGraphConv(128, semantic=True)
        >>> layer(tf.zeros((8, 4, 17, 2))).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        The paper of DG-Net, Sec. III-A; its reference [4], Zhao et al. 2019, SemGCN.
    """

    def __init__(
        self,
        channels: int,
        *,
        skeleton: str = "human36m_17",
        semantic: bool = False,
        **kwargs: Any,
    ):
        super().__init__(channels, **kwargs)
        self.skeleton = skeleton
        self.semantic = semantic
        self.adjacency = skeleton_adjacency(skeleton)

    def build(self, input_shape):
        check_joints(self.skeleton, input_shape)
        self.theta = self.add_kernel("theta", input_shape[-1])
        if self.semantic:
            self.theta_self = self.add_kernel("theta_self", input_shape[-1])
            # Of bones, both ways, and of joints with themselves; by row and column.
            count = int(self.adjacency.sum()) + len(self.adjacency)
            self.edges = self.add_weight(
                name="edges", shape=(count,), initializer="ones"
            )
        self.add_bias()
        self.built = True

    def affinity(self) -> tf.Tensor:
        """Returns A, or M where `semantic`: (N, N) float32."""
        if not self.semantic:
            return tf.constant(self.adjacency)
        joints = len(self.adjacency)
        linked = self.adjacency + np.eye(joints) > 0
        # Placed by a constant one-hot product: no scatter in the graph.
        place = np.eye(joints * joints, dtype=np.float32)[np.flatnonzero(linked)]
        edges = tf.cast(self.edges, tf.float32)
        logits = tf.linalg.matvec(place, edges, transpose_a=True)
        outside = np.where(linked, 0.0, -1e9).astype(np.float32)
        return tf.nn.softmax(tf.reshape(logits, linked.shape) + outside, axis=-1)

    def call(self, x):
        affinity = tf.cast(self.affinity(), x.dtype)
        if self.semantic:
            itself, others = dense(x, self.theta_self, self.theta)
            # Not by diag_part and diag, which other engines than TensorFlow refuse.
            same = tf.constant(np.eye(len(self.adjacency)), x.dtype)
            loops = tf.reduce_sum(affinity * same, axis=-1, keepdims=True)
            y = loops * itself + tf.matmul(affinity * (1 - same), others)
        else:
            (others,) = dense(x, self.theta)
            y = tf.matmul(affinity, others)
        return self.finish(y)

    def get_config(self):
        config = {"skeleton": self.skeleton, "semantic": self.semantic}
        return {**super().get_config(), **config}
