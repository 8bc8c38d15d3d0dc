"""Least and most of each number of `augmentation.Augmentation`, without TensorFlow."""

from __future__ import annotations

LIMITS = {
    "noise_px": (0.0, float("inf")),
    "random_cameras": (0.0, 1.0),
    "random_camera_tilt": (0.0, 45.0),
    "random_camera_focal": (0.0, 0.5),
}
