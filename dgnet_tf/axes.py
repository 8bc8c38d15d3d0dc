"""Axes and units of the poses that leave the package.

- camera: x right, y down, z forward, the camera in the origin.
- y_up: x right, y up, z towards the camera.
- z_up: x right, y away from the camera, z up.

All are right-handed. Where a person's floor is known (`Lifted.floor`), up in the
last two is away from it, and it is at height 0. Else up is up in the image, as if the
camera were level, and the person is moved up or down, once for all frames, so that the
5th percentile of the lower ankle's height is 7 cm, which is about how high an ankle's
joint is on a standing person.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

# Each axis as (axis of the camera's, sign).
_TURNS = {
    "camera": ((0, 1), (1, 1), (2, 1)),
    "y_up": ((0, 1), (1, -1), (2, -1)),
    "z_up": ((0, 1), (2, 1), (1, -1)),
}
AXES = tuple(_TURNS)
UNITS = {"m": 1.0, "cm": 100.0, "mm": 1000.0}
# Digits after the point in text: a hundredth of a millimetre.
DIGITS = {"m": 5, "cm": 3, "mm": 2}
ANKLES = ("left_ankle", "right_ankle")
ANKLE_HEIGHT, STANDING = 0.07, 5.0  # metres, percent


def place(lifted: Any, axes: str = "camera", units: str = "m") -> np.ndarray:
    """Returns a person's joints in the axes and units asked for.

    Args:
        lifted: a `Lifted`; where its root is not known, the root stays in one place.
        axes: one of `AXES`.
        units: one of `UNITS`.

    Returns:
        (F, N, 3) float64.

    Raises:
        ValueError: if there are no such axes or units.
    """
    for name, value, known in (("axes", axes, AXES), ("units", units, tuple(UNITS))):
        if value not in known:
            raise ValueError(f"`{name}` must be one of {known}, got {value!r}.")
    known = lifted.floor
    places = lifted.places if axes == "camera" else level(lifted)
    places = turn(np.asarray(places, np.float64), axes)
    if axes != "camera":
        height = "xyz".index(axes[0])
        if known is None:
            places[..., height] -= floor(places[..., height], lifted.joints)
        else:
            places[..., height] += known.height
    return places * UNITS[units]


def level(lifted: Any) -> np.ndarray:
    """Returns a person's `places` (F, N, 3) as a level camera in its place has them.

    They are the same where no floor is known.
    """
    if lifted.floor is None:
        return lifted.places
    return np.asarray(lifted.places, np.float64) @ _levelling(lifted.floor.up).T


def _levelling(up: np.ndarray) -> np.ndarray:
    """Returns the (3, 3) turn from camera axes to those of a level camera.

    Its heading stays: what is forward is so still, but level.
    """
    right = np.array([1.0, 0.0, 0.0]) - up[0] * up
    right /= np.linalg.norm(right)
    return np.array([right, -up, np.cross(up, right)])


def turn(points: np.ndarray, axes: str) -> np.ndarray:
    """Turns (..., 3) points from camera axes to those asked for."""
    return np.stack([sign * points[..., axis] for axis, sign in _TURNS[axes]], axis=-1)


def floor(heights: np.ndarray, joints: Sequence[str]) -> float:
    """Returns how high the floor is, from the joints' (F, N) heights in metres."""
    ankles = [joints.index(name) for name in ANKLES]
    lower = heights[:, ankles].min(axis=1)
    return float(np.percentile(lower, STANDING)) - ANKLE_HEIGHT
