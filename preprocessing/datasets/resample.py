"""Resamples a motion to another frame rate."""

from __future__ import annotations

import numpy as np
from scipy import interpolate


def resample(positions: np.ndarray, fps: float, target_fps: float) -> np.ndarray:
    """Resamples positions by a cubic spline through each coordinate.

    The new frames stand at 0, 1 / target_fps, ... up to the last source frame, and
    the first is the source's. Nothing is filtered: motion faster than half the
    target rate would alias, and bones keep their length only as well as the spline
    follows the joints.

    Args:
        positions: (F, ...) one row a frame.
        fps: frames per second of `positions`.
        target_fps: frames per second wanted.

    Returns:
        (F', ...) float64, F' = floor((F - 1) target_fps / fps) + 1.
    """
    for name, rate in (("fps", fps), ("target_fps", target_fps)):
        if not rate > 0:
            raise ValueError(f"`{name}` must be positive, got {rate}.")
    positions = np.asarray(positions, np.float64)
    if fps == target_fps or len(positions) < 2:
        return positions.copy()
    # The small number keeps a last frame that rounding puts just past the end.
    count = int((len(positions) - 1) * target_fps / fps + 1e-9) + 1
    times = np.minimum(np.arange(count) / target_fps, (len(positions) - 1) / fps)
    spline = interpolate.CubicSpline(np.arange(len(positions)) / fps, positions)
    return spline(times)
