"""The fully-connected lifter of Martinez et al. 2017."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from dgnet_tf.layers.batch_norm import make_batch_norm
from dgnet_tf.layers.peers.fully_connected import FullyConnected, scaled_glorot
from dgnet_tf.layers.peers.stateless_dropout import StatelessDropout
from dgnet_tf.models import window_model
from dgnet_tf.models.window_model import WindowModel, layer_policy, window_input

keras = tf.keras


@keras.utils.register_keras_serializable(package="dgnet_tf")
class Martinez(WindowModel):
    """Lifts each frame alone, all joints together.

    J. Martinez, R. Hossain, J. Romero, J. J. Little: "A simple yet effective baseline
    for 3d human pose estimation", ICCV 2017; the paper's reference [11]. A linear
    layer to the features, residual blocks of two, a linear layer to the pose; each
    but the last is followed by batch norm, ReLU and dropout. At the published sizes it
    has 4,291,632 trainable parameters with 16 joints, 4,296,755 with 17.

    Departures: keypoints are normalised by the image's size and positions are metres,
    where the original takes both to mean 0 and variance 1 over the training data;
    weights are not clipped to norm 1.

    Args:
        skeleton: name of the skeleton; gives N.
        frames: T, frames of a window; each is lifted alone.
        blocks: residual blocks.
        channels: features of a frame.
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
    """

    def __init__(
        self,
        skeleton: str = "human36m_17",
        frames: int = 1,
        blocks: int = 2,
        channels: int = 1024,
        dropout: float = 0.5,
        head_scale: float = 0.1,
        seed: int = 0,
        inputs: str = "xy",
        **kwargs: Any,
    ):
        arguments = window_model.constructor_arguments(locals())
        keypoints = window_input(skeleton, inputs, frames=frames, blocks=blocks)
        joints = keypoints.shape[2]

        # Layers.
        policy = layer_policy(kwargs)

        def unit(x, index, name):
            x = FullyConnected(
                channels, kernel_initializer="he_normal", name=name, dtype=policy
            )(x)
            x = make_batch_norm(f"{name}_norm", dtype=policy)(x)
            x = keras.layers.ReLU(name=f"{name}_relu", dtype=policy)(x)
            return StatelessDropout(
                dropout, seed=seed + index, name=f"{name}_dropout", dtype=policy
            )(x)

        # Functional model.
        numbers = len(inputs) * joints
        flat = keras.layers.Reshape((frames, numbers), name="flat", dtype=policy)
        x = unit(flat(keypoints), 0, "input")
        for i in range(1, blocks + 1):
            y = unit(x, 2 * i - 1, f"block_{i}_first")
            y = unit(y, 2 * i, f"block_{i}_second")
            x = keras.layers.Add(name=f"block_{i}_sum", dtype=policy)([x, y])
        # Positions in metres need float32's digits.
        x = FullyConnected(
            3 * joints,
            kernel_initializer=scaled_glorot(head_scale),
            name="positions",
            dtype="float32",
        )(x)
        pose = keras.layers.Reshape((frames, joints, 3), name="pose", dtype="float32")

        super().__init__(keypoints, {"pose": pose(x)}, arguments, **kwargs)

    def frame_multiply_adds(self) -> int:
        """Returns what a frame costs: each matrix meets it once."""
        joints, numbers = self.inputs[0].shape[2:]
        channels, blocks = self._arguments["channels"], self._arguments["blocks"]
        return (numbers * joints + 2 * blocks * channels + 3 * joints) * channels
