"""Training loss and metric."""

from __future__ import annotations

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

    def call(self, y_true, y_pred):
        """Returns (B,)."""
        return tf.reduce_sum(tf.math.squared_difference(y_pred, y_true), [1, 2, 3])


def block_loss_weights(output_names, block_loss_weight):
    """Returns Eq. 17's weights: 1 for "pose", lambda for each block's output."""
    return {name: 1.0 if name == "pose" else block_loss_weight for name in output_names}


@keras.utils.register_keras_serializable(package="dgnet_tf")
class MPJPE(keras.metrics.Mean):
    """Mean per joint position error in millimetres (Protocol 1), for progress bars.

    Averaged over frames and all joints, the root included.
    """

    def __init__(self, name="mpjpe_mm", dtype="float32"):
        super().__init__(name=name, dtype=dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds (B, T, N, 3) positions in metres."""
        y_true, y_pred = tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32)
        error = tf.norm(y_pred - y_true, axis=-1)  # (B, T, N)
        return super().update_state(1000.0 * error, sample_weight=sample_weight)

    def get_config(self):
        """Returns the constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype}
