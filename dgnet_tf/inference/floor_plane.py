"""The floor that a still camera sees, from the feet of who walks on it.

Camera axes: x right, y down, z forward; metres. The camera's pitch is positive where
it looks down, its roll where its image turns clockwise against the world.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import optimize

from dgnet_tf import axes, cameras, skeletons
from dgnet_tf.inference import foot_contacts

# One part of a contact at a time, so that standing for long does not count for all.
_STRETCH_SECONDS = 1.0
# How far off the observations are, as standard deviations.
_DEPTH_OFF = 0.06  # Of a distance that follows from the person's size, as a fraction,
_DEPTH_RANGE = 0.01, 0.1  # at first; then what is found, within this range.
_STEP_OFF = 0.1  # metres: height of one ankle above the other, both standing.
_LEAN = math.radians(4.0)  # People stand upright, on average.
_ROLL = math.radians(0.6)  # Cameras are held level.
_SIZE_OFF = 0.1  # Of the person's lifted size, where the camera's height is given.
# What is no floor.
_LEAST_SECONDS, _LEAST_SHARE = 0.5, 0.1  # Of feet that stand still.
_STANDING = 0.7  # Height of the hips over the lower ankle, of the legs' length.
_LEAST_STANDING = 0.5  # Of the frames with a foot that stands still.
_MOST_OFF = 0.15  # Median of the distances' errors, as a fraction.
MOST_PITCH = 75.0  # degrees


class NoFloor(Exception):
    """The feet do not show where the floor is; the message says why."""


@dataclasses.dataclass(frozen=True)
class Floor:
    """Where the floor is, seen from the camera.

    Attributes:
        pitch: how far the camera looks down, degrees.
        roll: degrees.
        height: of the camera above the floor, metres.
        size: what the lifted poses are to be multiplied with; not 1 only where the
            camera's height was given.
        distance_error: standard deviation of the distances that follow from the
            person's size, as a fraction of them.
    """

    pitch: float
    roll: float
    height: float
    size: float = 1.0
    distance_error: float = _DEPTH_OFF

    @property
    def up(self) -> np.ndarray:
        """(3,) the unit vector that points up, camera axes."""
        return _up(math.radians(self.pitch), math.radians(self.roll))


def _up(pitch, roll):
    level = math.cos(roll)
    return np.array(
        [math.sin(roll), -level * math.cos(pitch), -level * math.sin(pitch)]
    )


def estimate(
    positions: np.ndarray,
    root: np.ndarray,
    keypoints: np.ndarray,
    intrinsics: np.ndarray,
    still: np.ndarray,
    fps: float,
    skeleton: skeletons.Skeleton,
    *,
    camera_height: float | None = None,
    camera_pitch: float | None = None,
) -> Floor:
    """Estimates the floor of a clip from the feet that stand still.

    Four observations, by robust nonlinear least squares over pitch, roll and height:
    the distance of each contact along its line of sight, against the distance that
    follows from the person's size; ankles that stand at the same time are level;
    people stand upright on average; and cameras are held level.

    Args:
        positions: (F, N, 3) metres relative to the root.
        root: (F, 3) metres, fitted frame by frame.
        keypoints: (F, N, 2) pixels, without distortion.
        intrinsics: (9,) as in `cameras`.
        still: (F, 2) of the left and the right foot, see `foot_contacts`.
        fps: frames a second.
        skeleton: of the poses.
        camera_height: metres above the floor, where it is known.
        camera_pitch: degrees, positive for a camera that looks down, where known.

    Raises:
        NoFloor: if feet hardly ever stand still, the person does not stand on them,
            or no plane fits.
    """
    ankles = [skeleton.joints.index(name) for name in axes.ANKLES]
    standing = still.any(axis=1)
    least = max(_LEAST_SECONDS * fps, _LEAST_SHARE * len(still))
    if standing.sum() < least:
        raise NoFloor("the feet hardly ever stand still in the image")
    lean = _posture(positions, standing, ankles, skeleton)
    feet = positions[:, ankles]
    rays = (keypoints[:, ankles] - intrinsics[cameras.PRINCIPAL]) / intrinsics[
        cameras.FOCAL
    ]
    rays = np.concatenate([rays, np.ones_like(rays[..., :1])], axis=-1)
    depth = feet[..., 2] + root[:, None, 2]
    parts = foot_contacts.stretches(still, max(2, round(_STRETCH_SECONDS * fps)))
    seen = np.array([rays[a:b, foot].mean(axis=0) for foot, a, b in parts])
    far = np.array([np.median(depth[a:b, foot]) for foot, a, b in parts])
    weight = np.array([min((b - a) / fps / _STRETCH_SECONDS, 1.0) for _, a, b in parts])
    both = np.flatnonzero(still.all(axis=1))[:: max(1, round(0.5 * fps))]
    steps = feet[both, 0] - feet[both, 1]

    given = [None if camera_pitch is None else math.radians(camera_pitch), None]
    given.append(
        None if camera_height is None else math.log(camera_height - axes.ANKLE_HEIGHT)
    )
    given.append(0.0 if camera_height is None else None)
    above = -(seen @ _up(*lean)) * far
    if not (np.median(above) > 0.1):
        raise NoFloor("the feet are not below the camera")
    start = np.array([*lean, math.log(np.median(above)), 0.0])
    free = [index for index, value in enumerate(given) if value is None]
    known = np.array([0.0 if value is None else value for value in given])

    def all_of(values):
        full = known.copy()
        full[free] = values
        return full

    def distances(full):
        pitch, roll, height, size = full
        return -(seen @ _up(pitch, roll)) * far * math.exp(size - height) - 1.0

    def residuals(values, distance_error):
        full = all_of(values)
        pitch, roll, _, size = full
        off = np.sqrt(weight) * distances(full) / distance_error
        uneven = (steps @ _up(pitch, roll)) / _STEP_OFF
        prior = [(pitch - lean[0]) / _LEAN, roll / _ROLL, size / _SIZE_OFF]
        return np.concatenate([off, uneven, prior])

    values, distance_error = start[free], _DEPTH_OFF
    for _ in range(3):
        values = optimize.least_squares(
            *(residuals, values),
            args=(distance_error,),
            x_scale="jac",
            loss="soft_l1",
            max_nfev=200,
        ).x
        full = all_of(values)
        off = float(np.median(np.abs(distances(full))))
        distance_error = float(np.clip(1.48 * off, *_DEPTH_RANGE))
    if off > _MOST_OFF:
        raise NoFloor("the places where feet stand lie in no plane")
    pitch, roll = math.degrees(full[0]), math.degrees(full[1])
    if abs(pitch) > MOST_PITCH:
        raise NoFloor(f"the camera's pitch would be {pitch:.0f} degrees")
    height = math.exp(full[2]) + axes.ANKLE_HEIGHT
    return Floor(pitch, roll, height, math.exp(full[3]), distance_error)


def _posture(positions, standing, ankles, skeleton) -> tuple[float, float]:
    """Returns the pitch and roll at which people stand upright on average, radians.

    Raises:
        NoFloor: if the person does not stand on the legs.
    """
    index = skeleton.joints.index
    if "thorax" in skeleton.joints:
        top = positions[:, index("thorax")]
    else:
        top = positions[:, index("neck")]
    upwards = (top - positions[:, ankles].mean(axis=1))[standing]
    upwards = np.median(upwards / _length(upwards), axis=0)
    upwards /= _length(upwards)
    legs = 0.0
    for side in ("left", "right"):
        hip, knee, ankle = (
            positions[:, index(f"{side}_{part}")] for part in ("hip", "knee", "ankle")
        )
        legs += np.linalg.norm(hip - knee, axis=-1) / 2
        legs += np.linalg.norm(knee - ankle, axis=-1) / 2
    down = positions[:, ankles] @ upwards
    heights = -down.min(axis=1)  # Of the root above the lower ankle.
    # "Up" is towards the image's top: who stands on the hands is upside down.
    upright = heights[standing] > _STANDING * np.median(legs)
    if upwards[1] > 0 or upright.mean() < _LEAST_STANDING:
        raise NoFloor("the person does not stand upright on the feet")
    pitch = math.atan2(-upwards[2], -upwards[1])
    return pitch, math.asin(np.clip(upwards[0], -1, 1))


def _length(vectors):
    """Returns lengths (..., 1), above 0: an untrained network's may have none."""
    return np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
