"""The local-to-global spatio-temporal graph network of Cai et al. 2019."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.peers import joint_groups
from dgnet_tf.layers.peers.fully_connected import FullyConnected, scaled_glorot
from dgnet_tf.layers.peers.group_pooling import GroupMax, GroupSpread
from dgnet_tf.layers.peers.spatio_temporal_graph_conv import (
    SpatioTemporalGraphConv,
    neighbours,
    node_count,
)
from dgnet_tf.layers.peers.stateless_dropout import StatelessDropout
from dgnet_tf.layers.spatial_non_local import SpatialNonLocal
from dgnet_tf.models import window_model
from dgnet_tf.models.window_model import WindowModel, layer_policy, window_input

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class STGCN(WindowModel):
    """Lifts windows by graph convolutions of joints, of body parts and of the body.

    Y. Cai, L. Ge, J. Liu, J. Cai, T.-J. Cham, J. Yuan, N. M. Thalmann: "Exploiting
    spatial-temporal relationships for 3D pose estimation via graph convolutional
    networks", ICCV 2019; the paper's reference [6]. From local to global: features of
    joints are pooled to five parts and these to one body, a maximum each time. Back:
    what the coarser level found is given to each of its members, beside the features
    that were there, and convolved once more. A non-local layer connects all joints of
    all frames, and a fully-connected layer gives the pose.

    Written from the paper's description. Departures: units are batch norm, ReLU and a
    shortcut where the width stays, `blocks` of them on a level; kinds of neighbours
    are averaged each by itself; no network refines the pose afterwards, which there
    takes the camera and the root's true depth; the loss is of positions alone,
    without its bone and motion terms.

    Args:
        skeleton: name of the skeleton; gives N.
        frames: T.
        blocks: units with a shortcut on each level.
        channels: features of a joint; parts and body have twice as many.
        non_local: put in the non-local layer.
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
        frames: int = 7,
        blocks: int = 2,
        channels: int = 128,
        non_local: bool = True,
        dropout: float = 0.1,
        head_scale: float = 0.1,
        seed: int = 0,
        inputs: str = "xy",
        **kwargs: Any,
    ):
        arguments = window_model.constructor_arguments(locals())
        sizes = {"frames": frames, "blocks": blocks, "channels": channels}
        keypoints = window_input(skeleton, inputs, **sizes)
        joints = keypoints.shape[2]
        parts = joint_groups.parts(skeleton)
        body = (tuple(range(len(parts))),)

        # Layers.
        policy = layer_policy(kwargs)
        made = []

        def unit(x, level, width, name):
            shortcut = x
            x = SpatioTemporalGraphConv(
                width,
                level=level,
                skeleton=skeleton,
                activation=None,
                name=name,
                dtype=policy,
            )(x)
            x = make_batch_norm(f"{name}_norm", dtype=policy)(x)
            if shortcut.shape[-1] == width:
                x = keras.layers.Add(name=f"{name}_sum", dtype=policy)([shortcut, x])
            x = keras.layers.ReLU(name=f"{name}_relu", dtype=policy)(x)
            made.append(name)
            return StatelessDropout(
                dropout, seed=seed + len(made), name=f"{name}_dropout", dtype=policy
            )(x)

        def units(x, level, width, count):
            for i in range(1, count + 1):
                x = unit(x, level, width, f"{level}_{i}")
            return x

        def back(fine, coarse, groups, level):
            coarse = GroupSpread(groups, name=f"to_{level}", dtype=policy)(coarse)
            both = keras.layers.Concatenate(name=f"{level}_both", dtype=policy)
            return unit(both([fine, coarse]), level, 2 * channels, f"{level}_back")

        # Functional model.
        of_joints = units(keypoints, "joints", channels, 1 + blocks)
        of_parts = GroupMax(parts, name="pool_parts", dtype=policy)(of_joints)
        of_parts = units(of_parts, "parts", 2 * channels, blocks)
        of_body = GroupMax(body, name="pool_body", dtype=policy)(of_parts)
        of_body = units(of_body, "body", 2 * channels, blocks)
        of_parts = back(of_parts, of_body, body, "parts")
        x = back(of_joints, of_parts, parts, "joints")
        if non_local:
            # One frame of T N nodes, to a layer that connects the nodes of a frame.
            shape = (1, frames * joints, 2 * channels)
            x = keras.layers.Reshape(shape, name="all_nodes", dtype=policy)(x)
            x = SpatialNonLocal(channels, name="non_local", dtype=policy)(x)
            shape = (frames, joints, 2 * channels)
            x = keras.layers.Reshape(shape, name="all_frames", dtype=policy)(x)
        # Positions in metres need float32's digits.
        head = scaled_glorot(head_scale)
        pose = FullyConnected(3, kernel_initializer=head, name="pose", dtype="float32")

        super().__init__(keypoints, {"pose": pose(x)}, arguments, **kwargs)

    def frame_multiply_adds(self) -> int:
        """Returns a window's cost over its T frames."""
        config = self._arguments
        frames, width, blocks = (config[k] for k in ("frames", "channels", "blocks"))
        wide, total = 2 * width, 0
        for level, inputs, outputs, count in (
            ("joints", self.inputs[0].shape[3], width, 1),
            ("joints", width, width, blocks),
            ("parts", width, wide, 1),
            ("parts", wide, wide, blocks - 1),
            ("body", wide, wide, blocks),
            ("parts", 2 * wide, wide, 1),
            ("joints", width + wide, wide, 1),
        ):
            total += count * self._convolution(level, inputs, outputs)
        nodes = frames * node_count("joints", config["skeleton"])
        if config["non_local"]:
            # Three embeddings and the way back; scores, and what they gather.
            total += nodes * 4 * wide * width + 2 * nodes * nodes * width
        return round((total + nodes * wide * 3) / frames)

    def _convolution(self, level, inputs, outputs):
        """Multiply-adds of one graph convolution over a window."""
        frames, skeleton = self._arguments["frames"], self._arguments["skeleton"]
        kinds = neighbours(level, skeleton).values()
        # A frame's own matrices, and those to the frames that there are.
        terms = frames * (1 + len(kinds)) + 2 * (frames - 1)
        weighed = frames * sum(int(np.count_nonzero(matrix)) for matrix in kinds)
        nodes = node_count(level, skeleton)
        return terms * nodes * inputs * outputs + weighed * outputs
