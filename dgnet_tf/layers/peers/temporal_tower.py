"""The convolutions of the temporal-convolution lifter."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_positive
from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.peers.fully_connected import FullyConnected, scaled_glorot
from dgnet_tf.layers.peers.stateless_dropout import StatelessDropout
from dgnet_tf.layers.peers.temporal_conv import TemporalConv

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class TemporalTower(keras.layers.Layer):
    """Convolution, then residual blocks whose taps lie 3, 9, 27, ... frames apart.

        x_0 = unit(x), x_i = x_{i-1}[middle] + unit(unit(x_{i-1})), y = x_blocks W + b

    A unit is a convolution of three taps (or, the second of a block, a fully-connected
    layer), batch norm, ReLU, dropout. The shortcut takes the frames in the middle. A
    pose sees R = 3^(blocks + 1) frames; L is at least R, or unknown.

    Args:
        channels: C.
        outputs: numbers that come out for each frame.
        blocks: number of residual blocks. Default 2.
        dropout: rate. Default 0.25.
        head_scale: initial scale of W, relative to Glorot's. Default 1.
        seed: of dropout. Default 0.
        **kwargs: `name`, `dtype` (the policy of all but the last layer) and the like,
            of `keras.layers.Layer`.

    Call arguments:
        x: (B, L, D).
        training: whether to drop, and batch norms take the batch's statistics.

    Returns:
        (B, L - R + 1, outputs), float32.

    Example:
        >>> layer = TemporalTower(128, 51, blocks=2)
        >>> layer(tf.zeros((8, 30, 34))).shape
        TensorShape([8, 4, 51])

    Reference:
        Pavllo et al. 2019, reference [3] of DG-Net's paper.
    """

    def __init__(
        self,
        channels: int,
        outputs: int,
        *,
        blocks: int = 2,
        dropout: float = 0.25,
        head_scale: float = 1.0,
        seed: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        check_positive("blocks", blocks)
        self.channels = channels
        self.outputs = outputs
        self.blocks = blocks
        self.dropout = dropout
        self.head_scale = head_scale
        self.seed = seed
        policy = {"dtype": self.dtype_policy}
        mixing = {"use_bias": False, "kernel_initializer": "he_uniform", **policy}
        # The first convolution; then two layers for each block.
        self.products = [TemporalConv(channels, name="expand", **policy)]
        for i in range(1, blocks + 1):
            self.products += [
                TemporalConv(channels, dilation=3**i, name=f"conv_{i}", **policy),
                FullyConnected(channels, name=f"mix_{i}", **mixing),
            ]
        names = [layer.name for layer in self.products]
        self.norms = [make_batch_norm(f"{name}_norm", **policy) for name in names]
        self.drops = [
            StatelessDropout(dropout, seed=seed + i, name=f"{name}_dropout", **policy)
            for i, name in enumerate(names)
        ]
        head = {"kernel_initializer": scaled_glorot(head_scale), "dtype": "float32"}
        self.shrink = FullyConnected(outputs, name="shrink", **head)

    @property
    def reach(self) -> int:
        """Frames that a pose sees on either side of its own: (R - 1) / 2."""
        return (3 ** (self.blocks + 1) - 1) // 2

    def build(self, input_shape):
        features = (None, None, self.channels)
        self.products[0].build(input_shape)
        for layer in (*self.products[1:], *self.norms, *self.drops, self.shrink):
            layer.build(features)
        self.built = True

    def call(self, x, training=None):
        x = self._unit(0, x, training)
        for i in range(1, 2 * self.blocks, 2):
            gap = self.products[i].dilation
            y = self._unit(i, x, training)
            x = x[:, gap:-gap] + self._unit(i + 1, y, training)
        return self.shrink(x)

    def _unit(self, i, x, training):
        y = self.norms[i](self.products[i](x), training=training)
        return self.drops[i](tf.nn.relu(y), training=training)

    def compute_output_shape(self, input_shape):
        batch, frames, _ = input_shape
        return (batch, frames and frames - 2 * self.reach, self.outputs)

    def get_config(self):
        names = ("channels", "outputs", "blocks", "dropout", "head_scale", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
