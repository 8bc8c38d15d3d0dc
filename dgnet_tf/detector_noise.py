"""What a detector's keypoints are off, in training."""

from __future__ import annotations

import tensorflow as tf


def draw(shape, noise_px: float, seed):
    """Returns Gaussian noise of standard deviation `noise_px`, pixels (L, N, 2)."""
    return noise_px * tf.random.stateless_normal(shape, seed)
