"""Cameras around a place, for tests of what several of them see."""

import math

import numpy as np

from benchmarks.footage import triangulation

DISTORTION = np.array([-0.2, 0.05, 0.01, -0.02])


def rig(count=4, distortion=DISTORTION):
    """Cameras 4 m around the origin, 1.5 m high, that look at (0, 0, 1)."""
    cameras = []
    for index in range(count):
        angle = 2 * math.pi * index / count + 0.3
        center = np.array([4 * math.cos(angle), 4 * math.sin(angle), 1.5])
        forward = np.array([0, 0, 1.0]) - center
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0, 0, 1.0])
        right /= np.linalg.norm(right)
        cameras.append(
            triangulation.Camera(
                f"cam_{index + 1:02d}",
                np.stack([right, np.cross(forward, right), forward]),
                center,
                np.array([1200.0, 1190.0]),
                np.array([510.0, 960.0]),
                distortion,
                (1088, 1920),
            )
        )
    return cameras


def seen(cameras, points):
    """Pixels (V, ..., 2) of world points (..., 3)."""
    return np.stack([triangulation.project(camera, points) for camera in cameras])
