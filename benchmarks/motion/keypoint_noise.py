"""Noise on keypoints that lasts from frame to frame."""

from __future__ import annotations

import math

import numpy as np


def draw(shape, noise_px: float, correlation: float, seed: int) -> np.ndarray:
    """Draws Gaussian noise of keypoints.

    Args:
        shape: (F, N, 2).
        noise_px: its standard deviation, pixels.
        correlation: from one frame to the next, 0 for white noise.
        seed: of the generator.
    """
    errors = np.random.default_rng(seed).normal(0, noise_px, shape)
    for frame in range(1, len(errors)):
        errors[frame] *= math.sqrt(1 - correlation**2)
        errors[frame] += correlation * errors[frame - 1]
    return errors
