"""Fixed Spatial Graph (FSG) convolution."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.layers.affinity import skeleton_adjacency
from dgnet_tf.layers.graph_conv import GraphConv, dense

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class FixedSpatialGraphConv(GraphConv):
    """Y_t = sigma(A X_t Theta), A from the skeleton's bones (paper Eq. 1-2).

    As printed, a joint is not connected with itself. With `semantic=True` it is
    the semantic graph convolution of the paper's reference [4], whose good
    practices the paper follows: one learned weight for each bone and self-loop,
    normalised by a softmax over each row of A + I to M, and a parameter matrix of
    its own for the joint itself,
    Y_t = sigma((M * I) X_t Theta_self + (M * (1 - I)) X_t Theta).

    Args:
        channels: output channels.
        skeleton: name of the skeleton that A comes from.
        semantic: learn the weights of the bones.
        **kwargs: `activation`, `use_bias`, `kernel_initializer`, `name`, `dtype`.

    Call arguments:
        x: (B, T, N, C).

    Returns:
        (B, T, N, channels).
    """

    def __init__(self, channels, *, skeleton="human36m_17", semantic=False, **kwargs):
        super().__init__(channels, **kwargs)
        self.adjacency = skeleton_adjacency(skeleton)
        self.skeleton = skeleton
        self.semantic = semantic

    def build(self, input_shape):
        """Makes the weights for (B, T, N, C) inputs."""
        check_joints(self.skeleton, input_shape)
        self.theta = self.add_kernel("theta", input_shape[-1])
        if self.semantic:
            self.theta_self = self.add_kernel("theta_self", input_shape[-1])
            joints = len(self.adjacency)
            self.edge_rows, self.edge_columns = np.nonzero(
                self.adjacency + np.eye(joints)
            )
            self.edges = self.add_weight(
                name="edges", shape=(len(self.edge_rows),), initializer="ones"
            )
        self.add_bias()
        self.built = True

    def affinity(self):
        """Returns A (N, N), or M where `semantic`, in float32."""
        if not self.semantic:
            return tf.constant(self.adjacency)
        joints = len(self.adjacency)
        # Placed by a constant one-hot product: no scatter in the graph.
        place = np.zeros((len(self.edge_rows), joints * joints), np.float32)
        place[
            np.arange(len(self.edge_rows)), self.edge_rows * joints + self.edge_columns
        ] = 1.0
        edges = tf.cast(self.edges, tf.float32)
        logits = tf.reshape(
            tf.linalg.matvec(place, edges, transpose_a=True), [joints] * 2
        )
        outside = np.where(self.adjacency + np.eye(joints) > 0, 0.0, -1e9)
        return tf.nn.softmax(logits + outside.astype(np.float32), axis=-1)

    def call(self, x):
        """Applies Eq. 2."""
        affinity = tf.cast(self.affinity(), x.dtype)
        if not self.semantic:
            (others,) = dense(x, self.theta)
            return self.finish(tf.matmul(affinity, others))
        itself, others = dense(x, self.theta_self, self.theta)
        diagonal = tf.linalg.diag_part(affinity)
        bones = affinity - tf.linalg.diag(diagonal)
        return self.finish(diagonal[:, None] * itself + tf.matmul(bones, others))

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "skeleton": self.skeleton,
            "semantic": self.semantic,
        }


def check_joints(skeleton, input_shape):
    """Raises ValueError unless the input has the skeleton's joints."""
    joints = len(skeletons.get(skeleton).joints)
    if input_shape[-2] != joints:
        raise ValueError(
            f"`skeleton` {skeleton!r} has {joints} joints, the input of shape "
            f"{tuple(input_shape)} has {input_shape[-2]}."
        )
