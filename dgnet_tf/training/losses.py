"""The training loss (Eq. 15-17)."""

from __future__ import annotations

from collections.abc import Iterable

import tensorflow as tf

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class SumSquaredError(keras.losses.Loss):
    """Squared error, summed over frames, joints and axes (Eq. 15-16).

    Call arguments:
        y_true: (B, T, N, 3) metres.
        y_pred: (B, T, N, 3) metres.

    Returns:
        The mean over the batch.
    """

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns (B,)."""
        return tf.reduce_sum(tf.math.squared_difference(y_pred, y_true), [1, 2, 3])


def block_loss_weights(
    output_names: Iterable[str], block_loss_weight: float
) -> dict[str, float]:
    """Returns Eq. 17's weights: 1 for "pose", lambda for each block's output."""
    return {name: 1.0 if name == "pose" else block_loss_weight for name in output_names}
