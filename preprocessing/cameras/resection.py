"""Recovers a camera from points whose positions and pixels are both known.

The projection matrix comes from the direct linear transform (Hartley and Zisserman,
Multiple View Geometry, 2nd edition, algorithm 7.1) and is refined by least squares:
first a camera without skew and distortion, then, if that leaves a residual, also with
Human3.6M's distortion model (`dgnet_tf.cameras.project`).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import scipy.linalg
import scipy.optimize
from scipy.spatial.transform import Rotation

from dgnet_tf import cameras

MOST_POINTS = 2000  # more add nothing
FEWEST_POINTS = 12
MOST_STEPS = 60
# Residuals that distortion can explain: below, it is not needed.
DISTORTION_PX = (0.05, 50.0)
# Smallest singular value but one over the largest: 0 where the points lie in a plane.
_DEGENERATE = 1e-6
# Machines differ in the last digits of what they solve. What is rounded is alike.
_DIGITS_PX, _DIGITS_DISTORTION, _DIGITS_ANGLE, _DIGITS_METRES = 4, 7, 8, 6
_EXACTLY = {"xtol": 1e-14, "ftol": 1e-14, "gtol": 1e-14}


class Undetermined(ValueError):
    """The points do not determine a camera."""


@dataclasses.dataclass(frozen=True, eq=False)
class Camera:
    """A still camera.

    Attributes:
        intrinsics: (9,) as in `dgnet_tf.cameras`.
        rotation: (3, 3), as in `cameras.world_to_camera`.
        center: (3,) metres.
        residual: root mean square distance of projections and pixels, pixels.
    """

    intrinsics: np.ndarray
    rotation: np.ndarray
    center: np.ndarray
    residual: float


def resect(points: np.ndarray, pixels: np.ndarray) -> Camera:
    """Returns the camera that sees points at pixels.

    Args:
        points: (M, 3) metres, world axes.
        pixels: (M, 2), in the same order.

    Raises:
        Undetermined: if the points are too few or lie in a plane, or if no camera
            has them all in front of it.
    """
    step = max(1, -(-len(points) // MOST_POINTS))
    points = np.asarray(points[::step], np.float64)
    pixels = np.asarray(pixels[::step], np.float64)
    if len(points) < FEWEST_POINTS:
        raise Undetermined(f"{len(points)} points, at least {FEWEST_POINTS} are needed")
    linear = _decompose(_projection(points, pixels))
    camera = _refined(linear, points, pixels, distorted=False)
    if DISTORTION_PX[0] < camera.residual < DISTORTION_PX[1]:
        camera = _refined(_parameters(camera), points, pixels, distorted=True)
    in_camera = cameras.world_to_camera(points, camera.rotation, camera.center)
    if not (in_camera[:, 2] > 0.0).all():
        raise Undetermined("points are behind the camera that fits best")
    return camera


def _projection(points, pixels) -> np.ndarray:
    """Returns the (3, 4) matrix of the direct linear transform."""
    to_unit, unit = _normalise(points)
    to_square, square = _normalise(pixels)
    ones = np.hstack([unit, np.ones((len(unit), 1))])
    zeros = np.zeros_like(ones)
    rows = np.concatenate(
        [
            np.hstack([ones, zeros, -square[:, :1] * ones]),
            np.hstack([zeros, ones, -square[:, 1:] * ones]),
        ]
    )
    _, values, vectors = np.linalg.svd(rows, full_matrices=False)
    if not values[-2] > _DEGENERATE * values[0]:
        raise Undetermined("the points lie in a plane, or they do not move")
    return np.linalg.inv(to_square) @ vectors[-1].reshape(3, 4) @ to_unit


def _normalise(values):
    """Returns the similarity to mean 0 and mean square 1 a coordinate, and values."""
    center, scale = values.mean(axis=0), values.std()
    if not scale > 0.0:
        raise Undetermined("all points coincide")
    size = values.shape[1]
    matrix = np.eye(size + 1) / scale
    matrix[:size, size] = -center / scale
    matrix[size, size] = 1.0
    return matrix, (values - center) / scale


def _decompose(projection):
    """Returns the 15 parameters of a camera, skew left out."""
    if np.linalg.det(projection[:, :3]) < 0.0:
        projection = -projection
    upper, rotation = scipy.linalg.rq(projection[:, :3])
    signs = np.sign(np.diag(upper))
    if not signs.all():
        raise Undetermined("the points lie in a plane")
    upper, rotation = upper * signs, signs[:, None] * rotation
    center = -np.linalg.solve(projection[:, :3], projection[:, 3])
    upper = upper / upper[2, 2]
    intrinsics = [upper[0, 0], upper[1, 1], upper[0, 2], upper[1, 2], 0, 0, 0, 0, 0]
    angles = Rotation.from_matrix(rotation).as_rotvec()
    return np.concatenate([intrinsics, angles, center])


def _parameters(camera):
    angles = Rotation.from_matrix(camera.rotation).as_rotvec()
    return np.concatenate([camera.intrinsics, angles, camera.center])


def _refined(parameters, points, pixels, distorted) -> Camera:
    free = np.ones(15, bool)
    free[4:9] = distorted

    def offsets(values):
        full = parameters.copy()
        full[free] = values
        with np.errstate(all="ignore"):  # What is not finite is refused below.
            seen = cameras.project(_in_camera(points, full), full[:9])
            return (seen - pixels).ravel()

    try:
        fit = scipy.optimize.least_squares(
            offsets, parameters[free], x_scale="jac", max_nfev=MOST_STEPS, **_EXACTLY
        )
    except ValueError as error:  # Residuals that are not finite.
        raise Undetermined("no camera sees the points at these pixels") from error
    full = parameters.copy()
    full[free] = fit.x
    full[:4] = full[:4].round(_DIGITS_PX)
    full[4:9] = full[4:9].round(_DIGITS_DISTORTION)
    full[9:12] = full[9:12].round(_DIGITS_ANGLE)
    full[12:] = full[12:].round(_DIGITS_METRES)
    residual = np.sqrt((offsets(full[free]) ** 2).sum() / len(points))
    rotation = Rotation.from_rotvec(full[9:12]).as_matrix()
    return Camera(full[:9], rotation, full[12:], float(residual))


def _in_camera(points, parameters):
    rotation = Rotation.from_rotvec(parameters[9:12]).as_matrix()
    return cameras.world_to_camera(points, rotation, parameters[12:])
