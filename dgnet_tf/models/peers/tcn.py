"""The temporal-convolution lifter of Pavllo et al. 2019."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from dgnet_tf.layers.peers.repeat_ends import RepeatEnds
from dgnet_tf.layers.peers.temporal_tower import TemporalTower
from dgnet_tf.models import window_model
from dgnet_tf.models.window_model import WindowModel, layer_policy, window_input

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class TCN(WindowModel):
    """Lifts each frame of a window from the frames around it.

    D. Pavllo, C. Feichtenhofer, D. Grangier, M. Auli: "3D human pose estimation in
    video with temporal convolutions and semi-supervised training", CVPR 2019; the
    paper's reference [3]. With two blocks a pose sees R = 27 frames and the network
    has 8,555,571 trainable parameters, with four 243 and 16,952,371 (17 joints).

    Departures: a window gives a pose for all of its T frames, and its ends are
    repeated for those that would see beyond it; the original trains on the middle one
    of R frames alone. Under the overlap rule "center" no pose that is read sees a
    repeated frame but at a video's ends, where the original repeats, too. The loss is
    squared, without the original's half-supervised terms; batch norm's momentum stays.

    Args:
        skeleton: name of the skeleton; gives N.
        frames: T, at least R.
        blocks: residual blocks; R = 3^(blocks + 1).
        channels: of all layers.
        dropout: rate.
        head_scale: initial scale of the last kernel, relative to Glorot's.
        seed: of dropout.
        inputs: "xy", or "xyc" with the keypoints' confidence.
        **kwargs: `name`; `dtype`, the policy of all layers but the last.

    Call arguments:
        keypoints: (B, T, N, 2), normalised by `cameras.normalize_screen`; with the
            inputs "xyc" (B, T, N, 3), the third the confidence.

    Returns:
        {"pose": (B, T, N, 3)}, root-relative metres, camera axes, float32.

    Raises:
        ValueError: if the window is shorter than what a pose sees.
    """

    def __init__(
        self,
        skeleton: str = "human36m_17",
        frames: int = 27,
        blocks: int = 2,
        channels: int = 1024,
        dropout: float = 0.25,
        head_scale: float = 0.1,
        seed: int = 0,
        inputs: str = "xy",
        **kwargs: Any,
    ):
        arguments = window_model.constructor_arguments(locals())
        sizes = {"frames": frames, "blocks": blocks, "channels": channels}
        keypoints = window_input(skeleton, inputs, **sizes)
        if frames < 3 ** (blocks + 1):
            raise ValueError(
                f"`frames` must be at least 3^(blocks + 1), {3 ** (blocks + 1)} with "
                f"{blocks} blocks, got {frames}."
            )
        joints = keypoints.shape[2]

        # Layers.
        policy = layer_policy(kwargs)
        tower = TemporalTower(
            channels,
            3 * joints,
            blocks=blocks,
            dropout=dropout,
            head_scale=head_scale,
            seed=seed,
            name="tower",
            dtype=policy,
        )

        # Functional model.
        numbers = len(inputs) * joints
        flat = keras.layers.Reshape((frames, numbers), name="flat", dtype=policy)
        x = RepeatEnds(tower.reach, name="ends", dtype=policy)(flat(keypoints))
        pose = keras.layers.Reshape((frames, joints, 3), name="pose", dtype="float32")
        super().__init__(keypoints, {"pose": pose(tower(x))}, arguments, **kwargs)

    @property
    def reach(self) -> int:
        """Frames that a pose sees on either side of its own: (R - 1) / 2."""
        return self.get_layer("tower").reach

    def lift_frames(self, keypoints):
        """Lifts the frames in the middle of any number, for inference.

        What windows under the overlap rule "center" give, without doing anything
        twice.

        Takes (B, F + R - 1, N, 2), normalised, any F from 1, with the inputs "xyc"
        (..., 3), and returns (B, F, N, 3), root-relative metres, camera axes, float32.
        """
        tower, joints = self.get_layer("tower"), keypoints.shape[2]
        length, numbers = tf.shape(keypoints)[1], keypoints.shape[3]
        x = tf.reshape(keypoints, tf.stack([-1, length, numbers * joints]))
        x = tf.cast(x, tower.compute_dtype)
        pose = tower(x, training=False)
        return tf.reshape(pose, tf.stack([-1, length - 2 * self.reach, joints, 3]))

    def frame_multiply_adds(self) -> int:
        """Returns what one more frame of a video costs under the rule "center"."""
        joints, numbers = self.inputs[0].shape[2:]
        channels, blocks = self._arguments["channels"], self._arguments["blocks"]
        # Three taps of all keypoints; a block's three taps and its mixing; the pose.
        return (3 * numbers * joints + 4 * blocks * channels + 3 * joints) * channels
