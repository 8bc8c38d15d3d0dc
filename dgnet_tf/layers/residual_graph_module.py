"""The two-layer residual module around a graph convolution."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.dynamic_spatial_graph_conv import DynamicSpatialGraphConv
from dgnet_tf.layers.dynamic_temporal_graph_conv import DynamicTemporalGraphConv
from dgnet_tf.layers.fixed_spatial_graph_conv import FixedSpatialGraphConv
from dgnet_tf.layers.fixed_temporal_graph_conv import FixedTemporalGraphConv
from dgnet_tf.layers.graph_conv import check_choice

keras = tf.keras

OPERATIONS = {
    "fsg": FixedSpatialGraphConv,
    "dsg": DynamicSpatialGraphConv,
    "ftg": FixedTemporalGraphConv,
    "dtg": DynamicTemporalGraphConv,
}


@keras.utils.register_keras_serializable(package="dgnet_tf")
class ResidualGraphModule(keras.layers.Layer):
    """x + layer(layer(x)), a layer being graph convolution, batch norm, ReLU.

    Paper Sec. III-C: "residual-style module built by two layers", after its
    reference [4], which has no activation behind the sum.

    Args:
        operation: "fsg", "dsg", "ftg" or "dtg".
        channels: channels in and out.
        arguments: keyword arguments of both graph convolutions.
        gamma: initial scale of the last batch norm; below 1 it keeps features from
            growing from module to module.
        batch_norm: False, in a folded network, puts biases in its place.

    Call arguments:
        x: (B, T, N, channels).
        keypoints: (B, T, N, 2), for `connection="precomputed"`.

    Returns:
        (B, T, N, channels).
    """

    def __init__(
        self,
        operation,
        channels,
        *,
        arguments=None,
        gamma=1.0,
        batch_norm=True,
        **kwargs,
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
            self.norm_1 = make_batch_norm("norm_1", dtype=self.dtype_policy)
            self.norm_2 = make_batch_norm(
                "norm_2", dtype=self.dtype_policy, gamma=gamma
            )

    def build(self, input_shape):
        """Makes the weights for (B, T, N, channels) inputs."""
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
        """Applies both layers and the shortcut."""
        extra = {}
        if self.operation in ("dsg", "dtg") and keypoints is not None:
            extra["keypoints"] = keypoints
        if not self.batch_norm:
            return x + self.conv_2(self.conv_1(x, **extra), **extra)
        y = tf.nn.relu(self.norm_1(self.conv_1(x, **extra), training=training))
        y = tf.nn.relu(self.norm_2(self.conv_2(y, **extra), training=training))
        return x + y

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "operation": self.operation,
            "channels": self.channels,
            "arguments": self.arguments,
            "gamma": self.gamma,
            "batch_norm": self.batch_norm,
        }
