"""Screen and camera geometry, each transform beside its inverse.

Axes: camera x right, y down, z forward; world z up; metres and pixels. All
functions take NumPy arrays or TensorFlow tensors unless they say otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# Order of the nine intrinsic parameters: focal length (2), principal point (2),
# both in pixels; radial (3) and tangential (2) distortion.
FOCAL, PRINCIPAL = slice(0, 2), slice(2, 4)
RADIAL, TANGENTIAL = slice(4, 7), slice(7, 9)
# Of `undistort`; each shrinks the error by a factor of 5 to 100 within an image.
_ITERATIONS = 25


def normalize_screen(keypoints: Any, image_size: Any) -> Any:
    """Maps pixels to [-1, 1] across the width, aspect kept.

    x' = 2x/w - 1 and y' = 2y/w - h/w.

    Args:
        keypoints: (..., N, 2) pixels, origin at the top left.
        image_size: (..., 2) width and height; leading axes broadcast to those of
            `keypoints`.

    Returns:
        (..., N, 2) normalised keypoints.
    """
    width, height = image_size[..., None, 0:1], image_size[..., None, 1:2]
    x, y = keypoints[..., 0:1], keypoints[..., 1:2]
    return _pair(2.0 * x / width - 1.0, (2.0 * y - height) / width)


def unnormalize_screen(keypoints: Any, image_size: Any) -> Any:
    """Inverse of `normalize_screen`."""
    width, height = image_size[..., None, 0:1], image_size[..., None, 1:2]
    x, y = keypoints[..., 0:1], keypoints[..., 1:2]
    return _pair((x + 1.0) * width / 2.0, (y * width + height) / 2.0)


def _pair(x, y):
    if isinstance(x, np.ndarray):
        return np.concatenate([x, y], axis=-1)
    import tensorflow as tf  # NumPy callers do not wait for TensorFlow.

    return tf.concat([x, y], axis=-1)


def world_to_camera(
    points: np.ndarray, rotation: np.ndarray, center: np.ndarray
) -> np.ndarray:
    """X_camera = R (X_world - center), in NumPy.

    Args:
        points: (..., 3) metres, world axes.
        rotation: (3, 3); its rows are the camera's axes in world coordinates.
        center: (3,) the camera's position in world coordinates, metres.

    Returns:
        (..., 3) metres, camera axes.
    """
    moved = points - center
    # Written out: a BLAS product may differ in the last digit between machines.
    return np.stack([_dot(moved, rotation[i]) for i in range(3)], axis=-1)


def camera_to_world(
    points: np.ndarray, rotation: np.ndarray, center: np.ndarray
) -> np.ndarray:
    """Inverse of `world_to_camera`."""
    rotated = np.stack([_dot(points, rotation[:, i]) for i in range(3)], axis=-1)
    return rotated + center


def _dot(points, vector):
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return x * vector[0] + y * vector[1] + z * vector[2]


def project(points: Any, intrinsics: Any) -> Any:
    """Projects camera-space points with Human3.6M's distortion model.

    With (x, y) = (X/Z, Y/Z) and r2 = x^2 + y^2, the point (x, y) is scaled by
    1 + k1 r2 + k2 r2^2 + k3 r2^3 + p1 y + p2 x and shifted by (p2, p1) r2.
    The tangential terms lack OpenCV's factor of two, and (p1, p2) stand in the
    order of Human3.6M's own metadata.xml.

    Args:
        points: (..., 3) metres, camera axes, z > 0.
        intrinsics: (..., 9) focal length, principal point (pixels), radial and
            tangential distortion; its leading axes broadcast to those of `points`.

    Returns:
        (..., 2) pixels.
    """
    xy = points[..., :2] / points[..., 2:3]
    x, y = xy[..., 0:1], xy[..., 1:2]
    k1, k2, k3, p1, p2 = (intrinsics[..., i : i + 1] for i in range(4, 9))
    r2 = x * x + y * y
    scale = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3)) + p1 * y + p2 * x
    distorted = xy * scale + r2 * _pair(p2, p1)
    return distorted * intrinsics[..., FOCAL] + intrinsics[..., PRINCIPAL]


def undistort(pixels: np.ndarray, intrinsics: np.ndarray) -> np.ndarray:
    """Returns where a camera without distortion would have seen the same points.

    With `project_linear` and `back_project` this is the inverse of `project`. Solved
    by fixed-point iteration, to 1e-9 pixels for Human3.6M's lenses within the image;
    far outside of it a polynomial lens model has no inverse.

    Args:
        pixels: (..., 2) pixels, distorted.
        intrinsics: (9,) see `project`.

    Returns:
        (..., 2) float64 pixels.
    """
    focal, principal = intrinsics[FOCAL], intrinsics[PRINCIPAL]
    seen = (np.asarray(pixels, np.float64) - principal) / focal
    k1, k2, k3 = intrinsics[RADIAL].astype(np.float64)
    p1, p2 = intrinsics[TANGENTIAL].astype(np.float64)
    xy = seen
    for _ in range(_ITERATIONS if intrinsics[RADIAL.start :].any() else 0):
        x, y = xy[..., 0:1], xy[..., 1:2]
        r2 = x * x + y * y
        scale = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3)) + p1 * y + p2 * x
        xy = (seen - r2 * np.stack([p2, p1])) / scale
    return xy * focal + principal


def project_linear(points: np.ndarray, intrinsics: np.ndarray) -> np.ndarray:
    """Projects camera-space points (..., 3) to pixels without distortion."""
    xy = points[..., :2] / points[..., 2:3]
    return xy * intrinsics[FOCAL] + intrinsics[PRINCIPAL]


def back_project(
    pixels: np.ndarray, depth: np.ndarray, intrinsics: np.ndarray
) -> np.ndarray:
    """Inverse of `project_linear`: (..., 2) pixels and (...) z to (..., 3)."""
    xy = (pixels - intrinsics[PRINCIPAL]) / intrinsics[FOCAL]
    return np.concatenate([xy * depth[..., None], depth[..., None]], axis=-1)
