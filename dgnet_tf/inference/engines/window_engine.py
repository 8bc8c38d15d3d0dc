"""Lifts with what runs single windows, such as a .tflite or .onnx file; NumPy alone.

The windows of a video and what becomes of their overlap are those of `whole_videos`,
which has them in TensorFlow.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from dgnet_tf.inference import frame_smoothing, keypoint_preparation, segments
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.window_table import window_table


@dataclasses.dataclass(frozen=True)
class WindowEngine:
    """An `Engine` of a function of windows.

    Attributes:
        run: (W, T, N, 2) float32 pixels of W windows, with the confidence that a
            network takes (W, T, N, 3), and (2,) float32 width and height -> (W, T, N,
            3) float32 metres, camera axes, the root at 0; of a function that averages
            the mirrored estimate (W, T, N, 4), if it tells how far the two disagree.
        options: how its network is used; flip and precision are the function's affair.
    """

    run: Callable[[np.ndarray, np.ndarray], np.ndarray]
    options: InferenceOptions

    def lift(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift`."""
        return self.lift_measured(keypoints, image_size)[0]

    def lift_measured(self, keypoints, image_size):
        """See `Engine.lift_measured`."""
        size = np.asarray(image_size, np.float32)
        lift_segment = functools.partial(self._lift_segment, image_size=size)
        reach = frame_smoothing.reach(self.options)
        keypoints = np.asarray(keypoints)
        found = segments.lift(lift_segment, keypoints, self.options.block, reach)
        return found[..., :3], found[..., 3] if found.shape[-1] > 3 else None

    def _lift_segment(self, keypoints, image_size):
        prepared = keypoint_preparation.prepare(keypoints, self.options)
        slots, reads = window_table(len(prepared), self.options)
        windows = prepared[np.clip(slots, 0, len(prepared) - 1)]  # (W, T, N, 2)
        poses = self.run(windows, image_size)
        found = poses.reshape(-1, *poses.shape[2:])[reads]  # (F, R, N, 3 or 4)
        mean = found[..., :3].mean(axis=1, dtype=np.float32)
        smooth = frame_smoothing.smooth(mean, self.options.position_smoothing)
        squares = self._mirrored_squares(found)
        if squares is None:
            return smooth
        off = found[..., :3] - mean[:, None]
        squares = (squares + (off**2).sum(axis=-1)).mean(axis=1)
        return np.concatenate([smooth, np.sqrt(squares)[..., None]], axis=-1)

    def _mirrored_squares(self, found):
        """Returns what straight and mirrored estimates disagree by, squared.

        It is 0 where there are no mirrored ones, and None where it is not told, or no
        other estimate is there either.
        """
        if self.options.flip:
            return found[..., 3] ** 2 if found.shape[-1] > 3 else None
        return 0.0 if self.options.estimates > 1 else None

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
        newest = poses[:, np.arange(len(window)), slot, :, :3]  # (P, R, N, 3)
        return newest.mean(axis=1, dtype=np.float32)


def joined(outputs: dict[str, np.ndarray]) -> np.ndarray:
    """Returns the outputs of an exported file as `WindowEngine.run` gives them."""
    found = outputs["positions"]
    if "disagreement" not in outputs:
        return found
    return np.concatenate([found, outputs["disagreement"][..., None]], axis=-1)
