"""SemGCN, the semantic graph convolutional network of Zhao et al. 2019."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.fixed_spatial_graph_conv import FixedSpatialGraphConv
from dgnet_tf.layers.neighbor_masks import skeleton_adjacency
from dgnet_tf.layers.peers import joint_groups
from dgnet_tf.layers.peers.fully_connected import scaled_glorot
from dgnet_tf.layers.peers.grouped_non_local import GroupedNonLocal
from dgnet_tf.layers.peers.stateless_dropout import StatelessDropout
from dgnet_tf.models import window_model
from dgnet_tf.models.window_model import WindowModel, layer_policy, window_input

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class SemGCN(WindowModel):
    """Lifts each frame alone by graph convolutions with learned bones.

    L. Zhao, X. Peng, Y. Tian, M. Kapadia, D. N. Metaxas: "Semantic graph convolutional
    networks for 3D human pose regression", CVPR 2019; the paper's reference [4]. A
    layer is semantic graph convolution, batch norm, ReLU. One takes the keypoints to
    features; residual blocks of two follow; a bare graph convolution gives the pose.
    A non-local layer stands behind the first layer and behind each block. With 16
    joints, 128 channels and four blocks there are 267,343 trainable parameters
    without non-local layers and 434,703 with them (published: 0.27 M and 0.43 M).

    Departures: 17 joints do not fall into pairs, so one group of the non-local layers
    has three joints (see `joint_groups.pairs`); biases start at 0; the loss is of
    positions alone, as it is there without its bone term; gradients are not clipped.

    Args:
        skeleton: name of the skeleton; gives N.
        frames: T, frames of a window; each is lifted alone.
        blocks: residual blocks.
        channels: features of a joint.
        non_local: put in the non-local layers.
        dropout: rate, behind each ReLU.
        head_scale: initial scale of the last kernel, relative to Glorot's.
        seed: of dropout.
        inputs: "xy", or "xyc" with the keypoints' confidence.
        **kwargs: `name`; `dtype`, the policy of all layers but the last.

    Call arguments:
        keypoints: (B, T, N, 2), normalised by `cameras.normalize_screen`; with the
            inputs "xyc" (B, T, N, 3), the third the confidence.

    Returns:
        {"pose": (B, T, N, 3)}, root-relative metres, camera axes, float32.
    """

    def __init__(
        self,
        skeleton: str = "human36m_17",
        frames: int = 1,
        blocks: int = 4,
        channels: int = 128,
        non_local: bool = True,
        dropout: float = 0.0,
        head_scale: float = 0.1,
        seed: int = 0,
        inputs: str = "xy",
        **kwargs: Any,
    ):
        arguments = window_model.constructor_arguments(locals())
        keypoints = window_input(skeleton, inputs, frames=frames, blocks=blocks)
        groups = joint_groups.pairs(skeleton)

        # Layers.
        policy = layer_policy(kwargs)

        def convolution(outputs, name, dtype, scale=2.0**0.5):
            return FixedSpatialGraphConv(
                outputs,
                skeleton=skeleton,
                semantic=True,
                activation=None,
                use_bias=True,
                kernel_initializer=scaled_glorot(scale),
                name=name,
                dtype=dtype,
            )

        def unit(x, index, name):
            x = convolution(channels, name, policy)(x)
            x = make_batch_norm(f"{name}_norm", dtype=policy)(x)
            x = keras.layers.ReLU(name=f"{name}_relu", dtype=policy)(x)
            return StatelessDropout(
                dropout, seed=seed + index, name=f"{name}_dropout", dtype=policy
            )(x)

        def gather(x, name):
            if not non_local:
                return x
            return GroupedNonLocal(groups, name=f"{name}_non_local", dtype=policy)(x)

        # Functional model.
        x = gather(unit(keypoints, 0, "input"), "input")
        for i in range(1, blocks + 1):
            y = unit(x, 2 * i - 1, f"block_{i}_first")
            y = unit(y, 2 * i, f"block_{i}_second")
            x = keras.layers.Add(name=f"block_{i}_sum", dtype=policy)([x, y])
            x = gather(x, f"block_{i}")
        # Positions in metres need float32's digits.
        pose = convolution(3, "pose", "float32", head_scale)(x)

        super().__init__(keypoints, {"pose": pose}, arguments, **kwargs)

    def frame_multiply_adds(self) -> int:
        """Returns what a frame costs: with parameters, bones, groups."""
        config, joints = self._arguments, self.inputs[0].shape[2]
        channels, blocks = config["channels"], config["blocks"]
        inner = max(1, channels // 2)
        edges = joints + np.count_nonzero(skeleton_adjacency(config["skeleton"]))
        total = 0
        for inputs, outputs, count in (
            (self.inputs[0].shape[3], channels, 1),
            (channels, channels, 2 * blocks),
            (channels, 3, 1),
        ):
            total += count * (joints * 2 * inputs * outputs + int(edges) * outputs)
        if config["non_local"]:
            groups = len(joint_groups.pairs(config["skeleton"]))
            # Three embeddings and the way back; halves of scores; what they gather.
            each = joints * 4 * channels * inner + (joints + groups) * inner
            total += (blocks + 1) * (each + joints * groups * inner)
        return total
