"""Linear interpolation in time: missing joints and other frame rates."""

from __future__ import annotations

import math

import numpy as np

# Rates closer than this share of the model's count as equal.
_SAME_RATE = 0.01


def same_rate(fps: float, model_fps: float) -> bool:
    """Returns whether a video's frame rate is near enough to the model's."""
    return abs(fps - model_fps) <= _SAME_RATE * model_fps


def fill_gaps(keypoints: np.ndarray) -> np.ndarray:
    """Replaces missing joints by the line between the frames that show them.

    Before its first and after its last sight a joint is held where it was. A joint
    that no frame shows stays NaN.

    Args:
        keypoints: (F, J, 2), NaN where a joint is missing.
    """
    filled = keypoints.copy()
    frames = np.arange(len(keypoints))
    for joint in range(keypoints.shape[1]):
        seen = ~np.isnan(keypoints[:, joint]).any(axis=-1)
        for axis in range(2):
            points = keypoints[seen, joint, axis]
            filled[:, joint, axis] = (
                np.interp(frames, frames[seen], points) if seen.any() else np.nan
            )
    return filled


def frame_times(length: int, fps: float, other_fps: float) -> np.ndarray:
    """Returns where frames at another rate stand, counted in frames of this one.

    They start at frame 0 and reach the last of `length` frames or just beyond it.
    """
    count = math.ceil((length - 1) * other_fps / fps - 1e-6) + 1
    return np.arange(count) * fps / other_fps


def sample(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Interpolates (F, ...) values at times counted in frames; ends are held."""
    times = np.clip(times, 0, len(values) - 1)
    before = np.floor(times).astype(int)
    after = np.minimum(before + 1, len(values) - 1)
    weight = (times - before).reshape(-1, *[1] * (values.ndim - 1))
    return (1 - weight) * values[before] + weight * values[after]
