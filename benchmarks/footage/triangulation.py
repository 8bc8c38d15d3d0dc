"""Calibrated cameras, and triangulation from several of them.

Lenses follow Brown's model as OpenCV and Qualisys have it: with (x, y) = (X/Z, Y/Z)
and r2 = x^2 + y^2, radial 1 + k1 r2 + k2 r2^2, tangential 2 p1 x y + p2 (r2 + 2 x^2)
and p1 (r2 + 2 y^2) + 2 p2 x y. Human3.6M's model, in `cameras`, is another.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import cameras

_UNDISTORT_STEPS = 20


@dataclasses.dataclass(frozen=True, eq=False)
class Camera:
    """A calibrated camera.

    Attributes:
        name: of the camera.
        rotation: (3, 3); its rows are the camera's axes (x right, y down, z forward)
            in world coordinates.
        center: (3,) its position in world coordinates, metres.
        focal, principal: (2,) pixels.
        distortion: (4,) k1, k2, p1, p2.
        image_size: width and height, pixels.
    """

    name: str
    rotation: np.ndarray
    center: np.ndarray
    focal: np.ndarray
    principal: np.ndarray
    distortion: np.ndarray
    image_size: tuple[int, int]


def to_camera(camera: Camera, points: np.ndarray) -> np.ndarray:
    """Turns world points (..., 3) to the camera's axes."""
    return cameras.world_to_camera(points, camera.rotation, camera.center)


def project(camera: Camera, points: np.ndarray) -> np.ndarray:
    """Projects world points (..., 3), metres, to pixels (..., 2)."""
    seen = to_camera(camera, points)
    xy = seen[..., :2] / seen[..., 2:]
    radial, tangential = _lens(camera, xy)
    return (xy * radial + tangential) * camera.focal + camera.principal


def undistort(camera: Camera, pixels: np.ndarray) -> np.ndarray:
    """Returns the (..., 2) directions X/Z and Y/Z that pixels (..., 2) look at.

    By fixed-point iteration, which converges for lenses of moderate distortion.
    """
    seen = (pixels - camera.principal) / camera.focal
    xy = seen
    for _ in range(_UNDISTORT_STEPS):
        radial, tangential = _lens(camera, xy)
        xy = (seen - tangential) / radial
    return xy


def rooted(camera, positions: np.ndarray, root: int) -> np.ndarray:
    """Turns world positions (F, N, 3) to a camera's axes, relative to the root."""
    from benchmarks.footage import triangulation

    seen = triangulation.to_camera(camera, positions)
    return seen - seen[:, root : root + 1]


def triangulate(rig, pixels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Finds points by the direct linear transform, weighted.

    Each view of a point gives two equations (u r_3 - r_1) X = 0 and (v r_3 - r_2) X =
    0 in homogeneous coordinates, r_i the rows of the camera's [R | -R c] and (u, v)
    the direction from `undistort`. They are weighted and solved together by the
    singular vector of the least singular value (Hartley and Zisserman, "Multiple View
    Geometry", 12.2).

    Args:
        rig: V cameras.
        pixels: (V, ..., 2); anything where the weight is 0.
        weights: (V, ...), such as the detector's confidence.

    Returns:
        (..., 3) metres, world axes; NaN where fewer than two cameras see the point.
    """
    rows = []
    for camera, seen, weight in zip(rig, pixels, weights, strict=True):
        direction = undistort(camera, np.where(weight[..., None] > 0, seen, 0.0))
        offset = -camera.rotation @ camera.center
        matrix = np.concatenate([camera.rotation, offset[:, None]], axis=1)  # (3, 4)
        for axis in range(2):
            row = direction[..., axis, None] * matrix[2] - matrix[axis]  # (..., 4)
            rows.append(weight[..., None] * row)
    vectors = np.linalg.svd(np.stack(rows, axis=-2))[2][..., -1, :]  # (..., 4)
    with np.errstate(divide="ignore", invalid="ignore"):
        points = vectors[..., :3] / vectors[..., 3:]
    enough = (weights > 0).sum(axis=0) >= 2
    return np.where(enough[..., None], points, np.nan)


def without_outliers(rig, pixels: np.ndarray, weights: np.ndarray, limit_px: float):
    """Triangulates, leaves the worst view of a point out, and does so again.

    A view is left out where its pixel lies farther than `limit_px` from the point's
    projection, the worst first and only while three views are left.

    Args:
        rig, pixels, weights: see `triangulate`.
        limit_px: pixels.

    Returns:
        (..., 3) points; (V, ...) weights, 0 where a view was left out; (V, ...)
        distances in pixels, NaN where a view had no weight.
    """
    weights = np.array(weights, np.float64)
    while True:
        points = triangulate(rig, pixels, weights)
        distances = np.stack(
            [
                np.linalg.norm(project(camera, points) - seen, axis=-1)
                for camera, seen in zip(rig, pixels, strict=True)
            ]
        )
        distances = np.where(weights > 0, distances, np.nan)
        worst = np.nanmax(np.nan_to_num(distances, nan=-1.0), axis=0)
        beyond = (worst > limit_px) & ((weights > 0).sum(axis=0) > 2)
        if not beyond.any():
            return points, weights, distances
        weights[beyond & (distances == worst)] = 0.0


def _lens(camera, xy):
    """Returns the radial factor (..., 1) and the tangential shift (..., 2)."""
    k1, k2, p1, p2 = camera.distortion
    x, y = xy[..., 0], xy[..., 1]
    r2 = x * x + y * y
    radial = 1.0 + k1 * r2 + k2 * r2 * r2
    tangential = [
        2 * p1 * x * y + p2 * (r2 + 2 * x * x),
        p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
    ]
    return radial[..., None], np.stack(tangential, axis=-1)
