"""The DG-Conv block."""

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_choice
from dgnet_tf.layers.gated_graph_module import GatedGraphModule
from dgnet_tf.layers.residual_graph_module import OPERATIONS, ResidualGraphModule
from dgnet_tf.layers.spatial_non_local import SpatialNonLocal

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class DGConvBlock(keras.layers.Layer):
    """DG-Conv block: a dynamical spatial unit, then a dynamical temporal unit (Fig. 3).

        X -> FSG -> DSG -> non-local -> FTG -> DTG -> FTG -> non-local -> Y

    with each convolution a residual module of two (`ResidualGraphModule`), and each
    unit followed by a `SpatialNonLocal`. N is the skeleton's where a unit has FSG.
    Departure from the paper: `residual_gamma`, off by default.

    Args:
        channels: channels in and out.
        spatial_unit: operations of the spatial unit (Table VII), of "fsg", "dsg",
            "ftg" and "dtg", separated by commas; "fsg+dsg" is a `GatedGraphModule` of
            both. Default "fsg,dsg".
        temporal_unit: of the temporal unit; may be empty. Default "ftg,dtg,ftg".
        spatial_neighbors: K of DSG. Default 3.
        temporal_neighbors: K of DTG. Default 4.
        connection: who the neighbours are in DSG and DTG (Table VI): "dynamic",
            "fixed", "full", "symmetry", "random" or "precomputed". Default "dynamic".
        weighting: their scores: "none", "fc" or "embedded_gaussian". Default "fc".
        score_activation: of "fc": "linear", "leaky_relu", "tanh" or "sigmoid". Default
            "linear".
        normalization: of affinities: "none", "mean" or "softmax". Default "none".
        softness: initial tau of soft neighbours; 0 for none. Default 0.
        semantic: FSG learns the weights of the bones. Default False.
        non_local: a non-local block follows each unit. Default True.
        residual_gamma: initial scale of a residual module's last batch norm. Default 1.
        batch_norm: False in a folded network: biases take its place. Default True.
        skeleton: name of the skeleton. Default "human36m_17".
        seed: of "random", another for each convolution from it on. Default 0.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, channels) features.
        keypoints: (B, T, N, 2), for `connection="precomputed"`.
        training: whether batch norms take the batch's statistics.

    Returns:
        (B, T, N, channels).

    Example:
        >>> layer = DGConvBlock(16, semantic=True, normalization="softmax")
        >>> layer(tf.zeros((8, 4, 17, 16))).shape
        TensorShape([8, 4, 17, 16])

    Reference:
        The paper of DG-Net, Sec. III-C.
    """

    def __init__(
        self,
        channels: int,
        *,
        spatial_unit: str = "fsg,dsg",
        temporal_unit: str = "ftg,dtg,ftg",
        spatial_neighbors: int = 3,
        temporal_neighbors: int = 4,
        connection: str = "dynamic",
        weighting: str = "fc",
        score_activation: str = "linear",
        normalization: str = "none",
        softness: float = 0.0,
        semantic: bool = False,
        non_local: bool = True,
        residual_gamma: float = 1.0,
        batch_norm: bool = True,
        skeleton: str = "human36m_17",
        seed: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.config: dict = {
            "channels": channels,
            "spatial_unit": spatial_unit,
            "temporal_unit": temporal_unit,
            "spatial_neighbors": spatial_neighbors,
            "temporal_neighbors": temporal_neighbors,
            "connection": connection,
            "weighting": weighting,
            "score_activation": score_activation,
            "normalization": normalization,
            "softness": softness,
            "semantic": semantic,
            "non_local": non_local,
            "residual_gamma": residual_gamma,
            "batch_norm": batch_norm,
            "skeleton": skeleton,
            "seed": seed,
        }
        dynamic = {
            name: self.config[name]
            for name in (
                *("connection", "weighting", "score_activation"),
                *("normalization", "softness", "skeleton"),
            )
        }
        arguments = {
            "fsg": {"skeleton": skeleton, "semantic": semantic},
            "dsg": {"neighbors": spatial_neighbors, **dynamic},
            "ftg": {},
            "dtg": {"neighbors": temporal_neighbors, **dynamic},
        }
        self.chain: list = []
        policy = {"dtype": self.dtype_policy}
        shared = {"gamma": residual_gamma, "batch_norm": batch_norm, **policy}
        for unit in ("spatial", "temporal"):
            operations = list(filter(None, self.config[f"{unit}_unit"].split(",")))
            for i, operation in enumerate(operations, start=1):
                names = operation.split("+", 1)
                for name in names:
                    check_choice(f"{unit}_unit", name, OPERATIONS)
                settings = [dict(arguments[name]) for name in names]
                for of_one in settings:
                    if "connection" in of_one:
                        of_one["seed"] = seed + 2 * len(self.chain)
                shared["name"] = f"{unit}_{i}_{operation.replace('+', '_')}"
                if len(names) == 1:
                    module = ResidualGraphModule(
                        operation, channels, arguments=settings[0], **shared
                    )
                else:
                    module = GatedGraphModule(
                        names, channels, arguments=settings, **shared
                    )
                self.chain.append(module)
            if operations and non_local:
                self.chain.append(
                    SpatialNonLocal(
                        batch_norm=batch_norm, name=f"{unit}_non_local", **policy
                    )
                )

    def build(self, input_shape):
        for layer in self.chain:
            layer.build(input_shape)
        self.built = True

    def call(self, x, keypoints=None, training=None):
        for layer in self.chain:
            if isinstance(layer, (ResidualGraphModule, GatedGraphModule)):
                x = layer(x, keypoints=keypoints, training=training)
            else:
                x = layer(x, training=training)
        return x

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), **self.config}
