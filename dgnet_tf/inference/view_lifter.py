"""Lifts whole views of a data set as a report's options say."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np

from dgnet_tf.config.fields import FIELDS
from dgnet_tf.data.views import View
from dgnet_tf.inference import whole_videos


class ViewLifter:
    """A model with the options of its inference; compiled once for all views.

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}.
        config: its run's configuration.
        flip: average with the mirrored estimate.
        overlap, frame_stride: see `inference.window_table`; by default the run's own.
        keypoint_smoothing: see `smooth_keypoints`; by default the run's own.
        precision: see `folding.fold`.
        noise_px: standard deviation of Gaussian noise on the keypoints, pixels.
        seed: of the noise.

    Attributes:
        model: as given.
        config: with the overlap, stride and smoothing that are used.
        noise_px, seed: as given.
    """

    def __init__(
        self,
        model,
        config,
        *,
        flip: bool,
        overlap: str | None = None,
        frame_stride: int | None = None,
        keypoint_smoothing: int | None = None,
        precision: str | None = None,
        noise_px: float = 0.0,
        seed: int = 0,
    ):
        self.model = model
        if keypoint_smoothing is not None:
            FIELDS["keypoint_smoothing"].check(keypoint_smoothing)
        else:
            keypoint_smoothing = config.keypoint_smoothing
        self.config = dataclasses.replace(
            config,
            keypoint_smoothing=keypoint_smoothing,
            overlap=overlap or config.overlap,
            frame_stride=frame_stride or config.frame_stride,
        )
        self.noise_px, self.seed = noise_px, seed
        self._serve = whole_videos.serving_function(
            model, self.config, flip=flip, precision=precision
        )

    def keypoints(self, view: View) -> np.ndarray:
        """Returns what is lifted: (F, N, 2) pixels, with noise, not yet smoothed."""
        if not self.noise_px:
            return view.keypoints
        return view.keypoints + noise(view, self.noise_px, self.seed)

    def positions(self, view: View) -> np.ndarray:
        """Returns the estimate (F, N, 3), metres, camera axes, the root at 0."""
        span = self.config.frames * self.config.frame_stride
        seen = self.keypoints(view)
        return whole_videos.lift_view(self._serve, seen, view.image_size, span)


def noise(view: View, noise_px: float, seed: int) -> np.ndarray:
    """Returns Gaussian noise (F, N, 2) that depends on the view's ids and the seed."""
    digest = hashlib.sha256(f"{seed}/{view.name}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    return rng.normal(0.0, noise_px, view.keypoints.shape)
