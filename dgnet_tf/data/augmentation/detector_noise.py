"""Simulated detector errors: noise, offsets, outliers, and the spells of outliers."""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf

OUTLIERS_LAST = 0.5  # seconds at most
# From one frame to the next: what a detector takes for the joint moves slowly.
_OUTLIER_CORRELATION = 0.9


@dataclasses.dataclass(frozen=True, eq=False)
class DetectorErrors:
    """Errors of a detector in L consecutive frames, in two units.

    Attributes:
        pixels: (L, N, 2) pixels, or None.
        heights: (L, N, 2) relative to the person's height in the image, or None.
        offsets: (N, 2) the same throughout, likewise relative, or None.
    """

    pixels: tf.Tensor | None = None
    heights: tf.Tensor | None = None
    offsets: tf.Tensor | None = None

    @property
    def relative(self) -> bool:
        """Whether any are relative to the person's height."""
        return self.heights is not None or self.offsets is not None

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return self.pixels is not None or self.relative

    def sizes(self, take, height_px):
        """Returns how far keypoints are off, but for offsets: (W, T, N) heights.

        Arguments as of `add`. Offsets are what a detector means by a joint, and no
        doubt of its own.
        """
        found = tf.zeros([1, 1, 1, 1])
        if self.pixels is not None:
            found += take(self.pixels) / height_px
        if self.heights is not None:
            found += take(self.heights)
        return tf.norm(found, axis=-1)

    def add(self, keypoints, take, height_px):
        """Returns keypoints (W, T, N, 2), pixels, with the errors of their frames.

        `take` gives those frames' values (W, T, N, 2) of (L, N, 2). People are
        `height_px` (W, 1, 1, 1) high, needed for relative errors alone.
        """
        if self.pixels is not None:
            keypoints += take(self.pixels)
        if self.heights is not None:
            keypoints += height_px * take(self.heights)
        if self.offsets is not None:
            keypoints += height_px * self.offsets
        return keypoints


def draw(frames: int, joints: int, fps: float, chosen, seed) -> DetectorErrors:
    """Draws errors of a detector for the consecutive frames of one clip.

    - Gaussian noise of standard deviation `noise_px`, and more of one that is drawn
      from 0 to `relative_noise`. Both are correlated from one frame to the next, by
      `noise_correlation` or by a number drawn between it and `noise_correlation_to`.
    - Offsets that stay: normal, of a standard deviation drawn from 0 to `joint_offset`.
    - Outliers, an `outlier_share` of all keypoints: joints that are taken for something
      else for `outlier_seconds` to half a second. Their error is noise besides, of
      `outlier_px`, or of `relative_outlier` if that is set.

    `chosen` is an `Augmentation`, whose fields these are; the seed (2,) integers.
    """
    seeds = tf.unstack(tf.random.split(seed, 3))
    more = tf.unstack(tf.random.split(tf.random.fold_in(seed, 3), 4))
    correlation = chosen.noise_correlation
    if chosen.noise_correlation_to:
        share = tf.random.stateless_uniform((), more[0])
        correlation += share * (chosen.noise_correlation_to - correlation)
    parts = {"pixels": [], "heights": [], "offsets": []}
    if chosen.noise_px:
        white = _noise(frames, joints, correlation, seeds[0])
        parts["pixels"].append(chosen.noise_px * white)
    if chosen.relative_noise:
        deviation, shape_seed = _deviation(chosen.relative_noise, more[1])
        white = _noise(frames, joints, correlation, shape_seed)
        parts["heights"].append(deviation * white)
    if chosen.joint_offset:
        deviation, shape_seed = _deviation(chosen.joint_offset, more[2])
        white = tf.random.stateless_normal([joints, 2], shape_seed)
        parts["offsets"].append(deviation * white)
    if chosen.outlier_share:
        span = _frames(chosen.outlier_seconds, fps), _frames(OUTLIERS_LAST, fps)
        out = spells(frames, joints, chosen.outlier_share, span, seeds[1])
        wide = _noise(frames, joints, _OUTLIER_CORRELATION, seeds[2])
        wide = tf.where(out[..., None], wide, 0.0)
        if chosen.relative_outlier:
            parts["heights"].append(chosen.relative_outlier * wide)
        else:
            parts["pixels"].append(chosen.outlier_px * wide)
    return DetectorErrors(
        **{unit: tf.add_n(found) for unit, found in parts.items() if found}
    )


def spells(frames: int, columns: int, share: float, span: tuple[int, int], seed):
    """Draws the stretches of time in which something is wrong, for joints or others.

    For each column, its spells' length is drawn from the shortest to the longest of
    `span`, in frames; they begin anywhere, those that meet are one, and together they
    last a share of the time, below 1. Returns (L, columns) bool.
    """
    length_seed, begin_seed = tf.unstack(tf.random.split(seed))
    shortest, longest = span
    lengths = tf.random.stateless_uniform(
        [columns], length_seed, shortest, longest + 1, tf.int32
    )
    # A frame is outside if none of the last `length` frames begins a spell.
    begin = 1.0 - (1.0 - share) ** (1.0 / tf.cast(lengths, tf.float32))
    # Spells that began before the first frame last into it.
    begins = tf.random.stateless_uniform([longest + frames, columns], begin_seed)
    count = tf.cumsum(tf.cast(begins < begin, tf.int32))
    now = tf.range(longest, longest + frames)[:, None]
    flat = (now - lengths) * columns + tf.range(columns)  # (L, columns)
    return count[longest:] > tf.gather(tf.reshape(count, [-1]), flat)


def _frames(seconds, fps):
    return max(1, round(seconds * fps))


def _deviation(most, seed):
    """Draws a clip's standard deviation; returns it and a seed for what has it."""
    deviation_seed, shape_seed = tf.unstack(tf.random.split(seed))
    return tf.random.stateless_uniform((), deviation_seed, 0.0, most), shape_seed


def correlated(frames: int, columns: int, correlation, seed):
    """Draws standard normal noise (L, columns), each frame's with a memory of the last.

    `correlation` is that from one frame to the next, a number or a scalar tensor.
    """
    white = tf.random.stateless_normal([frames, columns], seed)
    if tf.is_tensor(correlation) or correlation:
        white = tf.linalg.matmul(_memory(frames, correlation), white)
    return white


def _noise(frames, joints, correlation, seed):
    """(L, N, 2) of both coordinates."""
    found = correlated(frames, 2 * joints, correlation, seed)
    return tf.reshape(found, [frames, joints, 2])


def _memory(frames, correlation):
    """(L, L) what makes x_i = c x_(i-1) + sqrt(1 - c^2) e_i of white noise e."""
    correlation = tf.maximum(tf.cast(correlation, tf.float32), 1e-6)
    age = np.arange(frames)[:, None] - np.arange(frames)
    # Powers by logarithm: `tf.pow` takes ten times as long.
    weights = tf.exp(tf.math.log(correlation) * np.maximum(age, 0).astype(np.float32))
    new = tf.sqrt(1.0 - correlation**2)
    scale = tf.where(np.arange(frames) > 0, new, 1.0)
    return tf.where(age >= 0, weights * scale, 0.0)
