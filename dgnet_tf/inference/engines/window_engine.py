"""Lifts with what runs single windows, such as a .tflite or .onnx file; NumPy alone.

The windows of a video and what becomes of their overlap are those of `whole_videos`,
which has them in TensorFlow.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from dgnet_tf.inference import keypoint_preparation, segments
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.window_table import window_table


@dataclasses.dataclass(frozen=True)
class WindowEngine:
    """An `Engine` of a function of windows.

    Attributes:
        run: (W, T, N, 2) float32 pixels of W windows, with the confidence that a
            network takes (W, T, N, 3), and (2,) float32 width and height -> (W, T, N,
            3) float32 metres, camera axes, the root at 0.
        options: how its network is used; flip and precision are the function's affair.
    """

    run: Callable[[np.ndarray, np.ndarray], np.ndarray]
    options: InferenceOptions

    def lift(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift`."""
        size = np.asarray(image_size, np.float32)
        lift_segment = functools.partial(self._lift_segment, image_size=size)
        reach = keypoint_preparation.reach(self.options)
        keypoints = np.asarray(keypoints)
        return segments.lift(lift_segment, keypoints, self.options.block, reach)

    def _lift_segment(self, keypoints, image_size):
        prepared = keypoint_preparation.prepare(keypoints, self.options)
        slots, reads = window_table(len(prepared), self.options)
        windows = prepared[np.clip(slots, 0, len(prepared) - 1)]  # (W, T, N, 2)
        poses = self.run(windows, image_size)
        return poses.reshape(-1, *poses.shape[2:])[reads].mean(axis=1, dtype=np.float32)

    def lift_newest(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift_newest`."""
        keypoints = np.asarray(keypoints, np.float32)
        size = np.asarray(image_size, np.float32)
        people, length, frames = *keypoints.shape[:2], self.options.frames
        prepared = np.stack(
            [keypoint_preparation.prepare(one, self.options) for one in keypoints]
        )
        slots, reads = window_table(length, self.options)
        window, slot = np.divmod(reads[-1], frames)  # (R,) of those that hold it
        seen = prepared[:, np.clip(slots[window], 0, length - 1)]  # (P, R, T, N, 2)
        poses = self.run(seen.reshape(-1, *seen.shape[2:]), size)
        poses = poses.reshape(people, len(window), *poses.shape[1:])
        newest = poses[:, np.arange(len(window)), slot]  # (P, R, N, 3)
        return newest.mean(axis=1, dtype=np.float32)
