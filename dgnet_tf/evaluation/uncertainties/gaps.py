"""Keypoints that a detector misses, as a calibration sees them."""

from __future__ import annotations

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.keypoints import interpolation

SHARE = 0.1  # Of a view's keypoints that are missing.
_SECONDS = (0.1, 2.0)  # From the shortest gap to the longest.
_LEGS = 0.25  # Of the views show no legs, where a network lifts such people.


def draw(rng, frames: int, fps: float, skeleton, optional=()) -> np.ndarray:
    """Returns which keypoints of a view are seen, (F, N) bool.

    A joint is missing for a while, an elbow or a knee with what hangs from it; in some
    views all of `optional` are missing throughout. The root is always seen.
    """
    seen = np.ones((frames, len(skeleton.joints)), bool)
    absent = list(optional) if optional and rng.random() < _LEGS else []
    limbs = [_limb(skeleton, joint) for joint, _ in skeleton.edges]
    wanted = SHARE * seen.size
    while wanted > 0:
        limb = limbs[rng.integers(len(limbs))]
        length = max(1, round(fps * rng.uniform(*_SECONDS)))
        start = rng.integers(-length + 1, frames)
        gap = slice(max(start, 0), start + length)
        seen[gap, limb] = False
        wanted -= len(limb) * min(length, frames)
    seen[:, ~seen.any(axis=0)] = True  # Nobody is lifted without these.
    seen[:, absent] = False
    return seen


def fill(keypoints: np.ndarray, seen: np.ndarray, skeleton: skeletons.Skeleton):
    """Fills gaps of keypoints as lifting does.

    Takes (F, N, 2) pixels, or with their confidence (F, N, 3), which is 0 then.
    """
    filled = keypoints.copy()
    pixels = np.where(seen[..., None], keypoints[..., :2], np.nan)
    never = set(np.flatnonzero(~seen.any(axis=0)))
    filled[..., :2] = interpolation.fill_gaps(pixels)
    filled = filled[:, list(skeleton.without(never))]
    filled[..., 2:] *= seen[..., None]
    return filled


def _limb(skeleton, joint) -> list[int]:
    ends = [child for child, parent in skeleton.edges if parent == joint]
    inner = any(parent in ends for _, parent in skeleton.edges)
    return [joint] if inner else [joint, *ends]
