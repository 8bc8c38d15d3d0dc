"""The DG-Conv block."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.graph_conv import check_choice
from dgnet_tf.layers.residual_graph_module import OPERATIONS, ResidualGraphModule
from dgnet_tf.layers.spatial_non_local import SpatialNonLocal

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class DGConvBlock(keras.layers.Layer):
    """A dynamical spatial unit, then a dynamical temporal unit (paper Sec. III-C).

    Each unit is a chain of residual modules, followed by a spatial non-local block.

    Args:
        channels: channels in and out.
        spatial_unit: operations of the spatial unit, separated by commas.
        temporal_unit: operations of the temporal unit; empty for none.
        spatial_neighbors: K of DSG.
        temporal_neighbors: K of DTG.
        connection, weighting, score_activation, normalization: of DSG and DTG, see
            `DynamicGraphConv`.
        semantic: use semantic FSG, see `FixedSpatialGraphConv`.
        non_local: put a spatial non-local block behind each unit.
        residual_gamma: initial scale of the last batch norm of a residual module.
        batch_norm: False in a folded network, see `ResidualGraphModule`.
        skeleton: name of the skeleton.
        seed: of random connections.

    Call arguments:
        x: (B, T, N, channels).
        keypoints: (B, T, N, 2), for `connection="precomputed"`.

    Returns:
        (B, T, N, channels).
    """

    def __init__(
        self,
        channels,
        *,
        spatial_unit="fsg,dsg",
        temporal_unit="ftg,dtg,ftg",
        spatial_neighbors=3,
        temporal_neighbors=4,
        connection="dynamic",
        weighting="fc",
        score_activation="linear",
        normalization="none",
        semantic=False,
        non_local=True,
        residual_gamma=1.0,
        batch_norm=True,
        skeleton="human36m_17",
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.config = {
            "channels": channels,
            "spatial_unit": spatial_unit,
            "temporal_unit": temporal_unit,
            "spatial_neighbors": spatial_neighbors,
            "temporal_neighbors": temporal_neighbors,
            "connection": connection,
            "weighting": weighting,
            "score_activation": score_activation,
            "normalization": normalization,
            "semantic": semantic,
            "non_local": non_local,
            "residual_gamma": residual_gamma,
            "batch_norm": batch_norm,
            "skeleton": skeleton,
            "seed": seed,
        }
        dynamic = {
            "connection": connection,
            "weighting": weighting,
            "score_activation": score_activation,
            "normalization": normalization,
            "skeleton": skeleton,
        }
        arguments = {
            "fsg": {"skeleton": skeleton, "semantic": semantic},
            "dsg": {"neighbors": spatial_neighbors, **dynamic},
            "ftg": {},
            "dtg": {"neighbors": temporal_neighbors, **dynamic},
        }
        self.chain = []
        for unit, operations in (
            ("spatial", split_unit("spatial_unit", spatial_unit)),
            ("temporal", split_unit("temporal_unit", temporal_unit)),
        ):
            for i, operation in enumerate(operations, start=1):
                settings = dict(arguments[operation])
                if "connection" in settings:
                    settings["seed"] = seed + 2 * len(self.chain)
                module = ResidualGraphModule(
                    operation,
                    channels,
                    arguments=settings,
                    gamma=residual_gamma,
                    batch_norm=batch_norm,
                    dtype=self.dtype_policy,
                    name=f"{unit}_{i}_{operation}",
                )
                self.chain.append(module)
            if operations and non_local:
                self.chain.append(
                    SpatialNonLocal(
                        batch_norm=batch_norm,
                        name=f"{unit}_non_local",
                        dtype=self.dtype_policy,
                    )
                )

    def build(self, input_shape):
        """Makes the weights for (B, T, N, channels) inputs."""
        for layer in self.chain:
            layer.build(input_shape)
        self.built = True

    def call(self, x, keypoints=None, training=None):
        """Applies the chain of modules."""
        for layer in self.chain:
            if isinstance(layer, ResidualGraphModule):
                x = layer(x, keypoints=keypoints, training=training)
            else:
                x = layer(x, training=training)
        return x

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """Returns the constructor's arguments."""
        return {**super().get_config(), **self.config}


def split_unit(name, unit):
    """Splits "fsg,dsg" into its operations.

    Raises:
        ValueError: if one is unknown.
    """
    operations = [operation for operation in unit.split(",") if operation]
    for operation in operations:
        check_choice(name, operation, OPERATIONS)
    return operations
