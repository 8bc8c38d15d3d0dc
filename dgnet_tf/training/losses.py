"""The training loss (Eq. 15-17), and terms that may be added to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.config.config import Config
from dgnet_tf.errors import UserError

keras = tf.keras

_SHORTEST = 1e-12  # Square metres; the root of 0 has no gradient.


@keras.utils.register_keras_serializable(package="dgnet_tf")
class SumSquaredError(keras.losses.Loss):
    """Squared error, summed over frames, joints and axes (Eq. 15-16).

    Two terms may be added, of which the paper has neither: the squared error of the
    joints' movement from a frame to the next of the window, summed over pairs of
    frames, joints and axes, and that of the bones' lengths, over frames and bones.

    Args:
        velocity_weight: weight of the term of movement.
        bone_weight: weight of the term of lengths.
        skeleton: name of the skeleton that has the bones.

    Call arguments:
        y_true: (B, T, N, 3) metres.
        y_pred: (B, T, N, 3) metres.

    Returns:
        The mean over the batch.
    """

    def __init__(
        self,
        *,
        velocity_weight: float = 0.0,
        bone_weight: float = 0.0,
        skeleton: str = "human36m_17",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.velocity_weight = velocity_weight
        self.bone_weight = bone_weight
        self.skeleton = skeleton

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns (B,)."""
        error = y_pred - y_true
        total = _squared_sum(error)
        if self.velocity_weight:
            total += self.velocity_weight * _squared_sum(error[:, 1:] - error[:, :-1])
        if self.bone_weight:
            lengths = [self._bones(positions) for positions in (y_pred, y_true)]
            total += self.bone_weight * _squared_sum(lengths[0] - lengths[1])
        return total

    def _bones(self, positions):
        """Returns the bones' lengths, (B, T, N - 1) metres."""
        joints, parents = zip(*skeletons.get(self.skeleton).edges, strict=True)
        bones = tf.gather(positions, joints, axis=2) - tf.gather(
            positions, parents, axis=2
        )
        return tf.sqrt(tf.reduce_sum(tf.square(bones), axis=-1) + _SHORTEST)

    def get_config(self):
        """Returns the constructor's arguments."""
        names = ("velocity_weight", "bone_weight", "skeleton")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _squared_sum(values):
    return tf.reduce_sum(tf.square(values), list(range(1, len(values.shape))))


def of(config: Config) -> SumSquaredError:
    """Returns the loss of a configuration.

    Raises:
        UserError: if movement shall count in windows of one frame.
    """
    if config.velocity_loss_weight and config.frames == 1:
        raise UserError(
            f"--velocity_loss_weight={config.velocity_loss_weight:g} with --frames=1: "
            "nothing moves in a window of one frame. Leave one of them out."
        )
    return SumSquaredError(
        velocity_weight=config.velocity_loss_weight,
        bone_weight=config.bone_loss_weight,
        skeleton=config.skeleton,
    )


def block_loss_weights(
    output_names: Iterable[str], block_loss_weight: float
) -> dict[str, float]:
    """Returns Eq. 17's weights: 1 for "pose", lambda for each block's output."""
    return {name: 1.0 if name == "pose" else block_loss_weight for name in output_names}
