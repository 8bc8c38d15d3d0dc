"""Linear interpolation in time: missing joints and other frame rates."""

from __future__ import annotations

import math

import numpy as np

# Rates closer than this share of the model's count as equal.
_SAME_RATE = 0.01


def same_rate(fps: float, model_fps: float) -> bool:
    """Returns whether a video's frame rate is near enough to the model's."""
    return abs(fps - model_fps) <= _SAME_RATE * model_fps


def fill_gaps(keypoints: np.ndarray, seconds=None) -> np.ndarray:
    """Replaces missing joints by the line between the frames that show them.

    Before its first and after its last sight a joint is held where it was. A joint
    that no frame shows stays NaN.

    Args:
        keypoints: (F, J, 2), NaN where a joint is missing.
        seconds: (F,) when each frame is shown; None if at a steady rate.
    """
    filled = keypoints.copy()
    frames = np.arange(len(keypoints)) if seconds is None else seconds
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


def resampling(length: int, fps: float, other_fps: float, seconds=None):
    """Returns where frames of another rate and of this one stand in each other.

    Args:
        length: number F of this one's frames.
        fps: their rate.
        other_fps: the other rate.
        seconds: (F,) when each of these frames is shown; None if at `fps`.

    Returns:
        (G,) places of the other's frames, counted in frames of this one, up to its
        last or just beyond it; (F,) places of this one's, counted in the other's.
    """
    if seconds is None:
        there = frame_times(length, fps, other_fps)
        return there, np.arange(length) * other_fps / fps
    elapsed = seconds - seconds[0]
    count = math.ceil(elapsed[-1] * other_fps - 1e-6) + 1
    there = np.interp(np.arange(count) / other_fps, elapsed, np.arange(length))
    return there, elapsed * other_fps


def sample(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Interpolates (F, ...) values at times counted in frames; ends are held."""
    times = np.clip(times, 0, len(values) - 1)
    before = np.floor(times).astype(int)
    after = np.minimum(before + 1, len(values) - 1)
    weight = (times - before).reshape(-1, *[1] * (values.ndim - 1))
    return (1 - weight) * values[before] + weight * values[after]
