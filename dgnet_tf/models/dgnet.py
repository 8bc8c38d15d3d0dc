"""DG-Net, the Dynamical Graph Network."""

from __future__ import annotations

import pathlib
from typing import Any

import tensorflow as tf

from dgnet_tf.errors import UserError, check_choice
from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.dg_conv_block import DGConvBlock
from dgnet_tf.layers.fixed_spatial_graph_conv import FixedSpatialGraphConv
from dgnet_tf.layers.inputs.joint_embedding import JointEmbedding
from dgnet_tf.layers.inputs.person_frame import FRAMES, PersonFrame
from dgnet_tf.layers.peers.fully_connected import scaled_glorot
from dgnet_tf.models import weight_files, weight_folders, window_model
from dgnet_tf.models.window_model import WindowModel, layer_policy, window_input

keras = tf.keras


class _ShippedNames:
    """Attribute of a class: the names of trained weights that are shipped."""

    def __get__(self, instance: object, owner: type) -> list[str]:
        return weight_folders.names()


@keras.utils.register_keras_serializable(package="dgnet_tf")
class DGNet(WindowModel):
    """Lifts windows of 2-D keypoints to 3-D poses (paper Sec. III-C, Fig. 3).

    FSG maps the keypoints to features; DG-Conv blocks follow one another; each has a
    head of its own, and the network's head reads the features of all blocks
    together. Sizes are the paper's. Where the paper is silent, the defaults are
    the choices of DECISIONS.md; they differ from the layers' own defaults, which
    are the equations as printed.

    Args:
        skeleton: name of the skeleton; gives N.
        frames: T.
        blocks: number of DG-Conv blocks.
        channels: C.
        spatial_neighbors: K of DSG.
        temporal_neighbors: K of DTG.
        connection: how DSG and DTG find neighbours (Table VI).
        weighting: how they weigh them (Table VI).
        score_activation: behind the fully-connected score.
        normalization: of each joint's affinities: "none", "mean" or "softmax".
        neighbor_softness: initial tau of soft neighbours in DSG and DTG; 0 for none.
        spatial_unit: operations of the spatial units (Table VII); "fsg+dsg" is FSG with
            DSG beside it, behind a gate that starts at 0.
        temporal_unit: operations of the temporal units (Table VII), alike.
        semantic: learn the weights of the skeleton's bones in FSG.
        non_local: spatial non-local blocks (Table IX).
        input_frame: what keypoints are relative to: "screen", or the person in the
            window, without ("person") or with ("person_and_place") its place and size.
        joint_embedding: add a learned vector for each joint to the input features.
        residual_gamma: initial scale of residual branches.
        head_scale: initial scale of the heads' kernels, relative to Glorot's.
        batch_norm: False is the network that `folding.fold` makes of a trained one:
            its batch norms have become part of its kernels and biases.
        seed: of random connections.
        inputs: "xy", or "xyc" with the keypoints' confidence.
        **kwargs: `name`; `dtype`, the policy of all layers but the heads.

    Call arguments:
        keypoints: (B, T, N, 2), normalised by `cameras.normalize_screen`; with the
            inputs "xyc" (B, T, N, 3), the third the confidence, 0 to 1.

    Returns:
        A dict of root-relative poses (B, T, N, 3) in metres, camera axes, always
        float32: "pose" of the network's head, and "block_1", ... of the blocks'.

    Example:
        >>> model = DGNet()
        >>> model.compile("adam", loss="mse")
        >>> model.fit(load_windows("data"), shuffle=False)
    """

    presets = _ShippedNames()

    def __init__(
        self,
        skeleton: str = "human36m_17",
        frames: int = 4,
        blocks: int = 5,
        channels: int = 128,
        spatial_neighbors: int = 3,
        temporal_neighbors: int = 4,
        connection: str = "dynamic",
        weighting: str = "fc",
        score_activation: str = "leaky_relu",
        normalization: str = "softmax",
        neighbor_softness: float = 0.0,
        spatial_unit: str = "fsg,dsg",
        temporal_unit: str = "ftg,dtg,ftg",
        semantic: bool = True,
        non_local: bool = True,
        input_frame: str = "screen",
        joint_embedding: bool = True,
        residual_gamma: float = 0.2,
        head_scale: float = 0.1,
        batch_norm: bool = True,
        seed: int = 0,
        inputs: str = "xy",
        **kwargs: Any,
    ):
        arguments = window_model.constructor_arguments(locals())
        keypoints = window_input(skeleton, inputs, frames=frames, blocks=blocks)
        check_choice("input_frame", input_frame, FRAMES)

        # Layers.
        policy = layer_policy(kwargs)
        input_graph = FixedSpatialGraphConv(
            channels,
            skeleton=skeleton,
            semantic=semantic,
            activation=None,
            use_bias=not batch_norm,
            name="input_graph",
            dtype=policy,
        )
        block_layers = [
            DGConvBlock(
                channels,
                spatial_unit=spatial_unit,
                temporal_unit=temporal_unit,
                spatial_neighbors=spatial_neighbors,
                temporal_neighbors=temporal_neighbors,
                connection=connection,
                weighting=weighting,
                score_activation=score_activation,
                normalization=normalization,
                softness=neighbor_softness,
                semantic=semantic,
                non_local=non_local,
                residual_gamma=residual_gamma,
                batch_norm=batch_norm,
                skeleton=skeleton,
                seed=seed + 100 * i,
                name=f"dg_block_{i + 1}",
                dtype=policy,
            )
            for i in range(blocks)
        ]

        # Functional model.
        x = keypoints
        if input_frame != "screen":
            # Differences of screen coordinates need float32's digits.
            x = PersonFrame(input_frame, name="person_frame", dtype="float32")(x)
        x = input_graph(x)
        if batch_norm:
            x = make_batch_norm("input_norm", dtype=policy)(x)
        if joint_embedding:
            x = JointEmbedding(name="joint_embedding", dtype=policy)(x)
        x = keras.layers.ReLU(name="input_relu", dtype=policy)(x)
        outputs, features = {}, []
        places = keypoints if inputs == "xy" else keypoints[..., :2]
        for i, block in enumerate(block_layers, start=1):
            measured = {"keypoints": places} if connection == "precomputed" else {}
            x = block(x, **measured)
            features.append(x)
            outputs[f"block_{i}"] = _head(f"block_{i}", head_scale)(x)
        if blocks > 1:
            x = keras.layers.Concatenate(name="fusion", dtype=policy)(features)
        outputs["pose"] = _head("pose", head_scale)(x)

        super().__init__(keypoints, outputs, arguments, **kwargs)

    @classmethod
    def from_preset(
        cls, preset: str | pathlib.Path, load_weights: bool = True
    ) -> DGNet:
        """Returns a trained network.

        Args:
            preset: one of `DGNet.presets`, the names that this installation ships, or
                the path of a folder that `save_to_preset` or `dgnet_tf.save_preset`
                made.
            load_weights: False gives the network as it is before training.

        Raises:
            ValueError: if there is no such preset, or it is another network.
            UserError: if its files are damaged.
        """
        if not weight_folders.exists(preset):
            raise ValueError(
                f"`preset` must be one of {weight_folders.names()} or a folder made by "
                f"dgnet_tf.save_preset, got {str(preset)!r}."
            )
        folder = weight_folders.find(preset)
        network = weight_folders.read(folder)["network"]
        if network["class"] != cls.__name__:
            raise ValueError(
                f"`preset` must hold a {cls.__name__}, {str(preset)!r} holds a "
                f"{network['class']}; load it with `dgnet_tf.pretrained.load`."
            )
        try:
            model = cls(**network["arguments"])
        except (TypeError, ValueError) as error:
            path = folder / weight_folders.FILE
            raise UserError(f"{path}: `network`: {error}") from error
        if load_weights:
            weight_files.load_into(model, folder)
        return model


def _head(name, scale):
    """Maps features to 3-D positions, (B, T, N, C) -> (B, T, N, 3)."""
    # Positions in metres need float32's digits.
    return keras.layers.Dense(
        3, kernel_initializer=scaled_glorot(scale), name=name, dtype="float32"
    )
