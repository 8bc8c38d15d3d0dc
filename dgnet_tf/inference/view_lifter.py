"""Lifts whole views of a data set, with noise on their keypoints if asked for."""

from __future__ import annotations

import hashlib

import numpy as np

from dgnet_tf.data.views import View
from dgnet_tf.inference import keypoint_preparation, whole_videos
from dgnet_tf.inference.options import InferenceOptions


class ViewLifter:
    """A model with the options of its inference; compiled once for all views.

    Attributes:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}.
        options: how it is used.
        noise_px: standard deviation of Gaussian noise on the keypoints, pixels.
        noise_correlation: its correlation from one frame to the next.
        seed: of the noise.
    """

    def __init__(
        self,
        model,
        options: InferenceOptions,
        *,
        noise_px: float = 0.0,
        noise_correlation: float = 0.0,
        seed: int = 0,
    ):
        self.model, self.options = model, options
        self.noise_px, self.noise_correlation = noise_px, noise_correlation
        self.seed = seed
        self._serve = whole_videos.serving_function(model, options)

    def keypoints(self, view: View) -> np.ndarray:
        """Returns what is lifted: (F, N, 2) pixels, with noise, not yet smoothed."""
        if not self.noise_px:
            return view.keypoints
        return view.keypoints + noise(
            view, self.noise_px, self.seed, self.noise_correlation
        )

    def positions(self, view: View) -> np.ndarray:
        """Returns the estimate (F, N, 3), metres, camera axes, the root at 0."""
        seen, block = self.keypoints(view), self.options.block
        reach = keypoint_preparation.reach(self.options)
        return whole_videos.lift_view(self._serve, seen, view.image_size, block, reach)


def noise(
    view: View, noise_px: float, seed: int, correlation: float = 0.0
) -> np.ndarray:
    """Returns Gaussian noise (F, N, 2) that depends on the view's ids and the seed.

    It has the same deviation in each frame. White noise, of correlation 0, is what
    smoothing removes and no detector makes; detectors' errors have 0.77 to 0.95.
    """
    digest = hashlib.sha256(f"{seed}/{view.name}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    found = rng.normal(0.0, noise_px, view.keypoints.shape)
    new = (1.0 - correlation**2) ** 0.5
    for frame in range(1, len(found) if correlation else 0):
        found[frame] = correlation * found[frame - 1] + new * found[frame]
    return found
