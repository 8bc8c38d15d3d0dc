"""Batch normalisation as DG-Net uses it."""

from __future__ import annotations

import tensorflow as tf

keras = tf.keras


def batch_norm(name, *, dtype, gamma=1.0):
    """Returns batch normalisation over (B, T, N), synchronised under a strategy.

    Momentum and epsilon are PyTorch's defaults, in which the paper's network was
    written (0.1 there is 0.9 here).

    Args:
        name: of the layer.
        dtype: its dtype policy.
        gamma: initial scale.
    """
    return keras.layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-5,
        gamma_initializer=keras.initializers.Constant(gamma),
        synchronized=tf.distribute.has_strategy(),
        name=name,
        dtype=dtype,
    )
