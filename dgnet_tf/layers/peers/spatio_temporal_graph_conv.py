"""The spatio-temporal graph convolution of Cai et al. 2019."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.errors import check_choice
from dgnet_tf.layers.dense_product import dense
from dgnet_tf.layers.graph_conv import GraphConv
from dgnet_tf.layers.neighbor_frames import add_neighbor_frames
from dgnet_tf.layers.peers import joint_groups

keras = tf.keras

LEVELS = ("joints", "parts", "body")


@keras.utils.register_keras_serializable(package="dgnet_tf")
class SpatioTemporalGraphConv(GraphConv):
    """Graph convolution with a parameter matrix for each kind of neighbour.

        Y = sigma(sum over kinds k of A_k X W_k)

    The kinds are the node itself, its neighbour towards the root, those away from the
    root, its mirror image, and itself one frame later and one earlier. A_k is the mean
    over the node's neighbours of kind k, and zero where there is none: before a
    window's first frame and after its last, too. N is the number of nodes.

    Args:
        channels: output channels.
        level: what the nodes are: "joints" of the skeleton; "parts" of the body, see
            `joint_groups.parts`, limbs hanging from the torso; or one, the "body".
            Default "joints".
        skeleton: name of the skeleton, for "joints". Default "human36m_17".
        activation: sigma; None for none. Default "relu".
        use_bias: add a bias before sigma. Default False.
        kernel_initializer: of each W_k. Default "glorot_uniform".
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, C).

    Returns:
        (B, T, N, channels).

    Example:
        >>> layer = SpatioTemporalGraphConv(128, level="parts")
        >>> layer(tf.zeros((8, 4, 5, 64))).shape
        TensorShape([8, 4, 5, 128])

    Reference:
        Cai et al. 2019, reference [6] of DG-Net's paper.
    """

    def __init__(
        self,
        channels: int,
        *,
        level: str = "joints",
        skeleton: str = "human36m_17",
        **kwargs: Any,
    ):
        super().__init__(channels, **kwargs)
        check_choice("level", level, LEVELS)
        self.level = level
        self.skeleton = skeleton

    def build(self, input_shape):
        nodes = node_count(self.level, self.skeleton)
        if input_shape[-2] != nodes:
            raise ValueError(
                f"`level` {self.level!r} has {nodes} nodes, the input of shape "
                f"{tuple(input_shape)} has {input_shape[-2]}."
            )
        kinds = neighbours(self.level, self.skeleton)
        for name in ("itself", *kinds, "later", "earlier"):
            setattr(self, name, self.add_kernel(name, input_shape[-1]))
        self.add_bias()
        self.built = True

    def call(self, x):
        y, *others, later, earlier = dense(
            x, *(getattr(self, name) for name in self.kernel_names)
        )
        kinds = neighbours(self.level, self.skeleton).values()
        for matrix, values in zip(kinds, others, strict=True):
            y = y + tf.matmul(tf.constant(matrix, x.dtype), values)
        return self.finish(add_neighbor_frames(y, later[:, 1:], earlier[:, :-1]))

    def get_config(self):
        return {**super().get_config(), "level": self.level, "skeleton": self.skeleton}


def node_count(level, skeleton) -> int:
    """Returns N of a level."""
    joints = len(skeletons.get(skeleton).joints)
    return {"joints": joints, "parts": len(joint_groups.PARTS), "body": 1}[level]


def neighbours(level, skeleton) -> dict[str, np.ndarray]:
    """Returns A_k (N, N) of each spatial kind; none for the body."""
    if level == "body":
        return {}
    if level == "joints":
        chosen = skeletons.get(skeleton)
        parents, mirror = chosen.parents, chosen.mirror
    else:
        # The torso and what hangs from it.
        parents, mirror = (-1, 0, 0, 0, 0), (0, 2, 1, 4, 3)
    towards, away, mirrored = np.zeros((3, *[len(parents)] * 2), np.float32)
    for node, parent in enumerate(parents):
        if parent >= 0:
            towards[node, parent] = 1.0
            away[parent, node] = 1.0
        if mirror[node] != node:
            mirrored[node, mirror[node]] = 1.0
    away /= np.maximum(away.sum(axis=-1, keepdims=True), 1.0)
    return {"towards": towards, "away": away, "mirrored": mirrored}
