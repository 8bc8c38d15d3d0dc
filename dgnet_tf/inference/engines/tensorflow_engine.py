"""Lifts with TensorFlow functions: a run's own, or an exported model's signatures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from dgnet_tf.inference import keypoint_preparation, whole_videos
from dgnet_tf.inference.options import InferenceOptions


@dataclasses.dataclass(frozen=True)
class TensorFlowEngine:
    """An `Engine` of functions that are traced once for all sizes.

    Attributes:
        serve: as from `whole_videos.serving_function`.
        options: how its network is used.
        newest: as from `whole_videos.newest_function`; None where `serve` must do.
    """

    serve: Callable
    options: InferenceOptions
    newest: Callable | None = None

    def lift(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift`."""
        reach = keypoint_preparation.reach(self.options)
        return whole_videos.lift_view(
            self.serve, keypoints, image_size, self.options.block, reach
        )

    def lift_newest(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift_newest`."""
        sizes = np.tile(np.asarray(image_size, np.float32), (len(keypoints), 1))
        inputs = {
            "keypoints": tf.constant(keypoints, tf.float32),
            "image_size": tf.constant(sizes),
        }
        if self.newest is not None:
            return self.newest(**inputs)["positions"].numpy()
        return self.serve(**inputs)["positions"][:, -1].numpy()
