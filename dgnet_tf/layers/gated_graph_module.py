"""The residual module of a graph convolution beside that of another, behind a gate."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from dgnet_tf.layers.residual_graph_module import ResidualGraphModule

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class GatedGraphModule(keras.layers.Layer):
    """Two residual modules side by side, the second behind a gate that starts at 0.

        Y = X + F(X) + g D(X)

    F and D are the two layers of a `ResidualGraphModule` each: of FSG and DSG, or of
    FTG and DTG. g is one learned number, 0 at first, so that training begins with the
    fixed graph alone and the dynamic one comes in as far as it helps. The paper has no
    such module.

    Args:
        operations: names of F's and D's convolutions, of "fsg", "dsg", "ftg" and "dtg".
        channels: channels in and out.
        arguments: pair of dicts, keyword arguments of F's and of D's convolutions.
            Default None, their own defaults.
        gamma: initial scale of each residual module's second batch norm. Default 1.
        batch_norm: False in a folded network: biases take its place. Default True.
        **kwargs: `name`, `dtype` and the like, of `keras.layers.Layer`.

    Call arguments:
        x: (B, T, N, channels) features.
        keypoints: (B, T, N, 2), for `connection="precomputed"`.
        training: whether batch norms take the batch's statistics.

    Returns:
        (B, T, N, channels).

    Example:
        >>> layer = GatedGraphModule(("fsg", "dsg"), 128)
        >>> layer(tf.zeros((8, 4, 17, 128))).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        The paper of DG-Net, Sec. III-C, for the modules; Bachlechner et al. 2021,
        ReZero, for the gate.
    """

    def __init__(
        self,
        operations: Sequence[str],
        channels: int,
        *,
        arguments: Sequence[dict] | None = None,
        gamma: float = 1.0,
        batch_norm: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.operations = list(operations)
        self.channels = channels
        self.arguments = [dict(one) for one in arguments or ({}, {})]
        self.gamma = gamma
        self.batch_norm = batch_norm
        self.ungated, self.gated = (
            ResidualGraphModule(
                operation,
                channels,
                arguments=one,
                gamma=gamma,
                batch_norm=batch_norm,
                name=name,
                dtype=self.dtype_policy,
            )
            for name, operation, one in zip(
                ("ungated", "gated"), self.operations, self.arguments, strict=True
            )
        )

    def build(self, input_shape):
        self.ungated.build(input_shape)
        self.gated.build(input_shape)
        self.gate = self.add_weight(name="gate", shape=(), initializer="zeros")
        self.built = True

    def call(self, x, keypoints=None, training=None):
        ungated, gated = (
            module(x, keypoints=keypoints, training=training)
            for module in (self.ungated, self.gated)
        )
        # Both have X in them.
        return ungated + tf.cast(self.gate, x.dtype) * (gated - x)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        names = ("operations", "channels", "arguments", "gamma", "batch_norm")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
