"""Lifts whole views of a data set, with noise on their keypoints if asked for."""

from __future__ import annotations

import hashlib

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.data.augmentation import body_height, confidence_scores
from dgnet_tf.data.views import View
from dgnet_tf.inference import frame_smoothing, whole_videos
from dgnet_tf.inference.options import InferenceOptions


class ViewLifter:
    """A model with the options of its inference; compiled once for all views.

    Attributes:
        model: normalised keypoints (B, T, N, 2), with its `inputs` "xyc" (B, T, N, 3),
            -> {"pose": (B, T, N, 3), ...}.
        options: how it is used.
        noise_px: standard deviation of Gaussian noise on the keypoints, pixels.
        noise_correlation: its correlation from one frame to the next.
        seed: of the noise.
        disagreement: whether `measured` gives that of the estimates.
    """

    def __init__(
        self,
        model,
        options: InferenceOptions,
        *,
        noise_px: float = 0.0,
        noise_correlation: float = 0.0,
        seed: int = 0,
        disagreement: bool = False,
    ):
        self.model, self.options = model, options
        self.noise_px, self.noise_correlation = noise_px, noise_correlation
        self.seed = seed
        self._serve = whole_videos.serving_function(
            model, options, disagreement=disagreement
        )

    def keypoints(self, view: View) -> np.ndarray:
        """Returns what is lifted: (F, N, 2) pixels, with noise, not yet smoothed."""
        if not self.noise_px:
            return view.keypoints
        return view.keypoints + noise(
            view, self.noise_px, self.seed, self.noise_correlation
        )

    def network_keypoints(self, view: View) -> np.ndarray:
        """Returns `keypoints` with their confidence (F, N, 3) if the network takes it.

        It is the record's. Under noise it is multiplied by a made-up score that goes
        with the error, as in training.
        """
        keypoints = self.keypoints(view)
        if self.options.inputs == "xy":
            return keypoints
        confidence = view.confidence
        if self.noise_px:
            off = keypoints - view.keypoints
            skeleton = skeletons.get(self.options.skeleton)
            confidence = confidence * made_up_confidence(view, off, skeleton, self.seed)
        return np.concatenate([keypoints, confidence[..., None]], axis=-1)

    def positions(self, view: View) -> np.ndarray:
        """Returns the estimate (F, N, 3), metres, camera axes, the root at 0."""
        return self.measured(view)[0]

    def measured(self, view: View, seen: np.ndarray | None = None):
        """Returns the estimate, and (F, N) metres by which the estimates disagree.

        The latter is None where it was not asked for or there is one alone. `seen` is
        lifted in the place of `network_keypoints`.
        """
        seen = self.network_keypoints(view) if seen is None else seen
        reach = frame_smoothing.reach(self.options)
        found = whole_videos.lift_view(
            self._serve, seen, view.image_size, self.options.block, reach
        )
        return found[..., :3], found[..., 3] if found.shape[-1] > 3 else None


def noise(
    view: View, noise_px: float, seed: int, correlation: float = 0.0
) -> np.ndarray:
    """Returns Gaussian noise (F, N, 2) that depends on the view's ids and the seed.

    It has the same deviation in each frame. White noise, of correlation 0, is what
    smoothing removes and no detector makes; detectors' errors have 0.77 to 0.95.
    """
    white = seeded(seed, view.name).normal(0.0, noise_px, view.keypoints.shape)
    return _correlated(white, correlation)


def made_up_confidence(view: View, errors: np.ndarray, skeleton, seed: int):
    """Returns scores (F, N) that go with errors (F, N, 2), pixels, of a view.

    They depend on the view's ids and the seed besides, see `confidence_scores`.
    """
    rng = seeded(seed, f"{view.name}/confidence")
    frames, joints = view.confidence.shape
    wavering = rng.normal(size=(frames, joints))
    wavering = _correlated(wavering, confidence_scores.CORRELATION)
    drawn = confidence_scores.Scores(rng.random(), rng.random(joints), wavering)
    shown = view.valid if view.valid.any() else slice(None)
    pose = (view.keypoints, view.positions)
    seen = [tf.constant(part[None, shown], tf.float32) for part in pose]
    height_px = float(tf.squeeze(body_height.pixels(*seen, skeleton)))
    sizes = np.linalg.norm(errors, axis=-1) / max(height_px, 1.0)
    return drawn.of(sizes[None], lambda values: values[None])[0].numpy()


def seeded(seed: int, name: str) -> np.random.Generator:
    """Returns random numbers that depend on a seed and a name alone."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def _correlated(white, correlation):
    """Makes white noise (F, ...) correlated from one frame to the next, in place."""
    new = (1.0 - correlation**2) ** 0.5
    for frame in range(1, len(white) if correlation else 0):
        white[frame] = correlation * white[frame - 1] + new * white[frame]
    return white
