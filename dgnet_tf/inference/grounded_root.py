"""The root's trajectory over a floor, with feet that stay where they stand.

Camera axes: x right, y down, z forward; metres and pixels. F frames of N joints.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import linalg

from dgnet_tf import axes, cameras, skeletons
from dgnet_tf.inference import floor_plane, foot_contacts, root_trajectory

# How far off each observation is, as standard deviations. Errors of lifted poses last
# for about `_LASTING` seconds, so that their frames are not that many observations.
_LASTING = 0.3  # seconds
_DIRECTION_PX = 2.0  # The person's middle in the image.
_FOOT_PX = 1.5  # An ankle that stands, by way of the lifted pose.
_FOOT_HEIGHT = 0.01  # metres
_SLIP = 0.001  # metres from one frame to the next, at `_RATE`
_ACCELERATION = 20.0  # metres / second^2
_RATE = 50.0
_ROUNDS = 4
_BAND = 8  # Three frames of three coordinates: what is farther apart is not coupled.


@dataclasses.dataclass(frozen=True, eq=False)
class GroundedRoot:
    """A root's trajectory, and the floor below it.

    Attributes:
        root: (F, 3) metres, camera axes, of positions that are scaled by
            `floor.size`.
        floor: where the floor is.
        still: (F, 2) which of the left and the right foot stand still.
    """

    root: np.ndarray
    floor: floor_plane.Floor
    still: np.ndarray


def fit(
    positions: np.ndarray,
    keypoints: np.ndarray,
    intrinsics: np.ndarray,
    fps: float,
    skeleton: skeletons.Skeleton,
    confidence: np.ndarray | None = None,
    *,
    camera_height: float | None = None,
    camera_pitch: float | None = None,
) -> GroundedRoot:
    """Fits the root over the floor.

    The frame-by-frame fit shows which feet stand still and where the floor is. The
    trajectory then minimises, over all frames at once, how far the person's middle is
    from where it is seen, distances from those that follow from the person's size,
    standing feet from their lines of sight and from the floor, how much standing feet
    move, and accelerations. All are linear in the trajectory: one banded system, in
    time and memory proportional to F, solved a few times with contacts reweighted so
    that one that does not fit gives way.

    Args:
        positions: (F, N, 3) metres, relative to the root.
        keypoints: (F, N, 2) pixels, without distortion.
        intrinsics: (9,) as in `cameras`; the distortion is not looked at.
        fps: frames a second.
        skeleton: of the poses.
        confidence: (F, N) weights, 0 or more; by default 1.
        camera_height, camera_pitch: see `floor_plane.estimate`.

    Raises:
        ValueError: see `root_trajectory.fit_root`.
        NoFloor: if the feet do not show where the floor is.
    """
    positions = np.asarray(positions, np.float64)
    keypoints = np.asarray(keypoints, np.float64)
    each = root_trajectory.fit_root(positions, keypoints, intrinsics, confidence)
    ankles = [skeleton.joints.index(name) for name in axes.ANKLES]
    sure = None if confidence is None else confidence[:, ankles]
    feet = positions[:, ankles]
    still = foot_contacts.still_feet(
        keypoints[:, ankles], each[:, 2], intrinsics, fps, sure
    )
    floor = floor_plane.estimate(
        *(positions, each, keypoints, intrinsics, still, fps, skeleton),
        camera_height=camera_height,
        camera_pitch=camera_pitch,
    )
    each, feet = floor.size * each, floor.size * feet
    root = _solve(each, feet, keypoints[:, ankles], intrinsics, still, floor, fps)
    return GroundedRoot(root, floor, still)


def _solve(each, feet, ankles, intrinsics, still, floor, fps) -> np.ndarray:
    """Returns the trajectory (F, 3) of the least squares."""
    frames = len(each)
    focal = intrinsics[cameras.FOCAL]
    lasting = max(1.0, _LASTING * fps)  # Frames that share an error.
    system = _System(frames)
    # Per frame: the direction of the root, and its distance.
    for axis in (0, 1):
        slope = each[:, axis] / each[:, 2]
        sigma = _DIRECTION_PX * each[:, 2] / focal[axis]
        system.add({(0, axis): 1 / sigma, (0, 2): -slope / sigma}, 0.0 * sigma)
    sigma = floor.distance_error * each[:, 2] * lasting**0.5
    system.add({(0, 2): 1 / sigma}, each[:, 2] / sigma)
    if frames > 2:
        sigma = _ACCELERATION / fps**2
        one = np.full(frames - 2, 1 / sigma)
        for axis in range(3):
            system.add(
                {(0, axis): one, (1, axis): -2 * one, (2, axis): one},
                np.zeros(len(one)),
            )
    rays = (ankles - intrinsics[cameras.PRINCIPAL]) / focal
    for foot in range(2):
        on = still[:, foot].astype(float) / lasting**0.5
        place = feet[:, foot]
        for axis in (0, 1):
            weight = on * focal[axis] / (_FOOT_PX * each[:, 2])
            slope = rays[:, foot, axis]
            right = slope * place[:, 2] - place[:, axis]
            system.add({(0, axis): weight, (0, 2): -slope * weight}, right * weight)
        weight = on / _FOOT_HEIGHT
        right = -(floor.height - axes.ANKLE_HEIGHT) - place @ floor.up
        system.add(
            {(0, axis): floor.up[axis] * weight for axis in range(3)}, right * weight
        )
    slip = _SLIP * _RATE / fps
    weights = np.ones((frames - 1, 2)) * (still[1:] & still[:-1])
    moves = np.diff(feet, axis=0)  # (F - 1, 2, 3)
    root = each
    for _ in range(_ROUNDS):
        root = system.with_slips(weights / slip, moves).solve()
        off = np.linalg.norm(np.diff(root, axis=0)[:, None] + moves, axis=-1)
        # Cauchy's weights: a contact that is none gives way.
        weights = (still[1:] & still[:-1]) / np.sqrt(1 + (off / (4 * slip)) ** 2)
    return root


class _System:
    """Normal equations of a linear least-squares problem in (F, 3) unknowns."""

    def __init__(self, frames):
        self._size = 3 * frames
        self._band = np.zeros((_BAND + 1, self._size))  # Lower form.
        self._right = np.zeros(self._size)

    def copy(self):
        new = _System(self._size // 3)
        new._band[:], new._right[:] = self._band, self._right
        return new

    def add(self, terms: dict[tuple[int, int], np.ndarray], right: np.ndarray):
        """Adds one equation for each frame from the first on.

        Args:
            terms: {(frames later, coordinate): coefficients (n,)}.
            right: (n,) of the right-hand sides.
        """
        count = len(right)
        columns = {term: 3 * (np.arange(count) + term[0]) + term[1] for term in terms}
        for one, first in terms.items():
            self._right[columns[one]] += first * right
            for other, second in terms.items():
                lower = 3 * (one[0] - other[0]) + one[1] - other[1]
                if lower >= 0:
                    self._band[lower, columns[other]] += first * second

    def with_slips(self, weights, moves):
        """Returns a copy in which feet move as little as weights (F - 1, 2) ask."""
        new = self.copy()
        for foot in range(2):
            weight = weights[:, foot]
            for axis in range(3):
                terms = {(1, axis): weight, (0, axis): -weight}
                new.add(terms, -moves[:, foot, axis] * weight)
        return new

    def solve(self) -> np.ndarray:
        found = linalg.solveh_banded(self._band, self._right, lower=True)
        return found.reshape(-1, 3)
