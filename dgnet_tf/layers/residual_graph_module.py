"""The two-layer residual module around a graph convolution."""

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_choice
from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.dynamic_spatial_graph_conv import DynamicSpatialGraphConv
from dgnet_tf.layers.dynamic_temporal_graph_conv import DynamicTemporalGraphConv
from dgnet_tf.layers.fixed_spatial_graph_conv import FixedSpatialGraphConv
from dgnet_tf.layers.fixed_temporal_graph_conv import FixedTemporalGraphConv

keras = tf.keras

OPERATIONS = {
    "fsg": FixedSpatialGraphConv,
    "dsg": DynamicSpatialGraphConv,
    "ftg": FixedTemporalGraphConv,
    "dtg": DynamicTemporalGraphConv,
}


@keras.utils.register_keras_serializable(package="dgnet_tf")
class ResidualGraphModule(keras.layers.Layer):
    """Residual module of two graph convolutions of one kind.

        Y = X + layer_2(layer_1(X)), layer(X) = ReLU(BN(convolution(X)))

    "For each type of graph convolution in a dynamical unit, we use the residual-style
    module built by two layers". What the paper leaves open is taken from its reference
    [4]: a batch norm before each ReLU, whose shift takes the place of a bias, and no
    activation behind the sum.

    Args:
        operation: "fsg", "dsg", "ftg" or "dtg".
        channels: channels in and out.
        arguments: dict, keyword arguments of both convolutions; a "seed" counts one up
            for the second. Default None, their own defaults.
        gamma: initial scale of the second batch norm; below 1 it keeps features from
            growing from module to module. Default 1.
        batch_norm: False in a folded network: biases take its place. Default True.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, channels) features.
        keypoints: (B, T, N, 2), for `connection="precomputed"`.
        training: whether batch norms take the batch's statistics.

    Returns:
        (B, T, N, channels).

    Example:
        >>> layer = ResidualGraphModule("dsg", 128, arguments={"neighbors": 3})
        >>> layer(tf.zeros((8, 4, 17, 128))).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        The paper of DG-Net, Sec. III-C.
    """

    def __init__(
        self,
        operation: str,
        channels: int,
        *,
        arguments: dict | None = None,
        gamma: float = 1.0,
        batch_norm: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        check_choice("operation", operation, OPERATIONS)
        self.operation = operation
        self.channels = channels
        self.arguments = dict(arguments or {})
        self.gamma = gamma
        self.batch_norm = batch_norm
        convolution = OPERATIONS[operation]
        settings = {
            "activation": None if batch_norm else "relu",
            "use_bias": not batch_norm,
            "dtype": self.dtype_policy,
            **self.arguments,
        }
        self.conv_1 = convolution(channels, name="conv_1", **settings)
        if "seed" in settings:  # two random graphs, not one twice
            settings["seed"] += 1
        self.conv_2 = convolution(channels, name="conv_2", **settings)
        if batch_norm:
            policy = self.dtype_policy
            self.norm_1 = make_batch_norm("norm_1", dtype=policy)
            self.norm_2 = make_batch_norm("norm_2", dtype=policy, gamma=gamma)

    def build(self, input_shape):
        if input_shape[-1] != self.channels:
            raise ValueError(
                f"`channels` is {self.channels}, the input of shape "
                f"{tuple(input_shape)} has {input_shape[-1]}."
            )
        layers = [self.conv_1, self.conv_2]
        if self.batch_norm:
            layers = [self.conv_1, self.norm_1, self.conv_2, self.norm_2]
        for layer in layers:
            layer.build(input_shape)
        self.built = True

    def call(self, x, keypoints=None, training=None):
        extra = {}
        if self.operation in ("dsg", "dtg") and keypoints is not None:
            extra["keypoints"] = keypoints
        if not self.batch_norm:
            return x + self.conv_2(self.conv_1(x, **extra), **extra)
        y = tf.nn.relu(self.norm_1(self.conv_1(x, **extra), training=training))
        y = tf.nn.relu(self.norm_2(self.conv_2(y, **extra), training=training))
        return x + y

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        names = ("operation", "channels", "arguments", "gamma", "batch_norm")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
