"""Keras metrics of poses, for `model.compile`.

They take (B, T, N, 3) positions in metres, root-relative, and average over frames as
`metrics` does over all joints it is given, the root included; to choose joints or to
subtract the root is the model's or the caller's business. `metrics` has the
definitions; these compute in float32.
"""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf import metrics

keras = tf.keras

_MM = 1000.0


class _FrameMean(keras.metrics.Mean):
    """Mean over frames of a value of each pose."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds (B, T, N, 3) positions in metres; weights broadcast to the values."""
        y_true, y_pred = tf.cast(y_true, tf.float32), tf.cast(y_pred, tf.float32)
        values = self._values(y_true, y_pred)  # (B, T)
        return super().update_state(values, sample_weight=sample_weight)

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype}


@keras.utils.register_keras_serializable(package="dgnet_tf")
class MPJPE(_FrameMean):
    """Mean per joint position error in millimetres (Protocol 1), for progress bars.

    Averaged over frames and all joints, the root included.
    """

    def __init__(self, name: str = "mpjpe_mm", dtype: str = "float32"):
        super().__init__(name=name, dtype=dtype)

    def _values(self, target, predicted):
        return _MM * tf.norm(predicted - target, axis=-1)  # (B, T, N)


@keras.utils.register_keras_serializable(package="dgnet_tf")
class PMPJPE(_FrameMean):
    """MPJPE in millimetres after the best similarity transform (Protocol 2)."""

    def __init__(self, name: str = "p_mpjpe_mm", dtype: str = "float32"):
        super().__init__(name=name, dtype=dtype)

    def _values(self, target, predicted):
        return _MM * _mean_distance(_align(predicted, target), target)


@keras.utils.register_keras_serializable(package="dgnet_tf")
class NMPJPE(_FrameMean):
    """MPJPE in millimetres after the best scale about the origin (Protocol 3)."""

    def __init__(self, name: str = "n_mpjpe_mm", dtype: str = "float32"):
        super().__init__(name=name, dtype=dtype)

    def _values(self, target, predicted):
        products = tf.reduce_sum(target * predicted, [-2, -1], keepdims=True)
        squares = tf.reduce_sum(predicted**2, [-2, -1], keepdims=True)
        scale = tf.math.divide_no_nan(products, squares)
        return _MM * _mean_distance(scale * predicted, target)


@keras.utils.register_keras_serializable(package="dgnet_tf")
class PCK(_FrameMean):
    """Fraction of joints whose error is strictly below a threshold.

    Args:
        threshold_mm: millimetres, above 0.
    """

    def __init__(
        self, threshold_mm: float = 150.0, name: str = "pck", dtype: str = "float32"
    ):
        if not threshold_mm > 0:
            raise ValueError(f"`threshold_mm` must be above 0, got {threshold_mm!r}.")
        super().__init__(name=name, dtype=dtype)
        self.threshold_mm = threshold_mm

    def _values(self, target, predicted):
        below = tf.norm(predicted - target, axis=-1) < self.threshold_mm / _MM
        return tf.reduce_mean(tf.cast(below, tf.float32), axis=-1)

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "threshold_mm": self.threshold_mm}


@keras.utils.register_keras_serializable(package="dgnet_tf")
class AUC(_FrameMean):
    """Mean of `PCK` over the 31 thresholds 0, 5, ..., 150 mm; 30/31 at the most."""

    def __init__(self, name: str = "auc", dtype: str = "float32"):
        super().__init__(name=name, dtype=dtype)

    def _values(self, target, predicted):
        thresholds = tf.constant(metrics.AUC_THRESHOLDS, tf.float32)
        errors = tf.norm(predicted - target, axis=-1)  # (B, T, N)
        below = tf.cast(errors[..., None] < thresholds, tf.float32)
        return tf.reduce_mean(below, axis=[-2, -1])


def _mean_distance(a, b):
    return tf.reduce_mean(tf.norm(a - b, axis=-1), axis=-1)


def _align(predicted, target):
    """`metrics.align`, of tensors."""
    target_mean = tf.reduce_mean(target, axis=-2, keepdims=True)
    centred = predicted - tf.reduce_mean(predicted, axis=-2, keepdims=True)
    covariance = tf.linalg.matmul(target - target_mean, centred, transpose_a=True)
    singular, u, v = tf.linalg.svd(covariance)
    mirrored = _determinant(u) * _determinant(v) < 0
    last = tf.where(mirrored, -1.0, 1.0)[..., None]
    turn = tf.concat([tf.ones_like(singular[..., :2]), last], axis=-1)
    rotation = tf.linalg.matmul(u * turn[..., None, :], v, transpose_b=True)
    scale = tf.math.divide_no_nan(
        tf.reduce_sum(singular * turn, axis=-1), tf.reduce_sum(centred**2, [-2, -1])
    )
    turned = tf.linalg.matmul(centred, rotation, transpose_b=True)
    return scale[..., None, None] * turned + target_mean


def _determinant(matrices):
    """Of (..., 3, 3); XLA has no `tf.linalg.det`."""
    a, b, c = tf.unstack(matrices, axis=-2)
    return tf.reduce_sum(a * tf.linalg.cross(b, c), axis=-1)
