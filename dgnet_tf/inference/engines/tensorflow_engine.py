"""Lifts with TensorFlow functions: a run's own, or an exported model's signatures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from dgnet_tf.inference import frame_smoothing, keypoint_preparation, whole_videos
from dgnet_tf.inference.options import InferenceOptions


@dataclasses.dataclass(frozen=True)
class TensorFlowEngine:
    """An `Engine` of functions that are traced once for all sizes.

    Attributes:
        serve: as from `whole_videos.serving_function`, with disagreement or without.
        options: how its network is used.
        newest: as from `whole_videos.newest_function`; None where `serve` must do.
    """

    serve: Callable
    options: InferenceOptions
    newest: Callable | None = None

    def lift(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift`."""
        return self.lift_measured(keypoints, image_size)[0]

    def lift_measured(self, keypoints, image_size):
        """See `Engine.lift_measured`."""
        reach = frame_smoothing.reach(self.options)
        seen = keypoint_preparation.complete(np.asarray(keypoints), self.options)
        found = whole_videos.lift_view(
            self.serve, seen, image_size, self.options.block, reach
        )
        return found[..., :3], found[..., 3] if found.shape[-1] > 3 else None

    def lift_newest(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift_newest`."""
        sizes = np.tile(np.asarray(image_size, np.float32), (len(keypoints), 1))
        seen = keypoint_preparation.complete(np.asarray(keypoints), self.options)
        inputs = whole_videos.tensors(seen, sizes)
        if self.newest is not None:
            return self.newest(**inputs)["positions"].numpy()
        return self.serve(**inputs)["positions"][:, -1, :, :3].numpy()
