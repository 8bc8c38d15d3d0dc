"""Errors of the root's trajectory and skating feet, with and without the floor.

Root-relative errors see neither. The ground truth tells which feet stand: their ankles
move slower than `STILL`. Scored are the fit of each frame and the fit over the floor
(`grounded_root`), each with the camera's own focal length and with the assumed one.
Where no floor is found, the second is the first, as in `lift`.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import ndimage

from dgnet_tf import axes, cameras, metrics, skeletons
from dgnet_tf.inference import (
    floor_plane,
    foot_contacts,
    grounded_root,
    root_trajectory,
)

STILL = 0.15  # metres a second
WAY = 5.0  # metres
CAMERAS = ("known", "assumed")
FITS = ("frame", "floor")
METRICS = ("skate_mm", "root_mm", "drift_mm")


@dataclasses.dataclass(eq=False)
class RootScores:
    """Sums over views; `means` are their quotients.

    Attributes:
        skeleton: of the poses.
        views: scored.
        floors: {camera: views in which a floor was found}.
    """

    skeleton: skeletons.Skeleton
    views: int = 0

    def __post_init__(self):
        self.floors = dict.fromkeys(CAMERAS, 0)
        self._true_skate = np.zeros(2)
        self._sums = {
            (camera, fit, metric): np.zeros(2)
            for camera in CAMERAS
            for fit in FITS
            for metric in METRICS
        }

    def add(self, view, keypoints: np.ndarray, predicted: np.ndarray):
        """Scores the longest valid part of a view.

        Args:
            view: a `View` with intrinsics.
            keypoints: (F, N, 2) pixels that were lifted.
            predicted: (F, N, 3) metres relative to the root.

        Raises:
            UserError: if the view has no intrinsics.
        """
        own = view.camera_intrinsics("the root's errors", "--root=fit")
        part = _longest(view.valid)
        if part is None:
            return
        target = view.positions[part].astype(np.float64)
        pixels = cameras.undistort(keypoints[part], own)
        ankles = [self.skeleton.joints.index(name) for name in axes.ANKLES]
        contact = standing(target[:, ankles], view.fps)
        self.views += 1
        _count(self._true_skate, metrics.skate(target[:, ankles], contact))
        assumed = root_trajectory.assumed_intrinsics(view.image_size)
        for camera, intrinsics in zip(CAMERAS, (own, assumed), strict=True):
            poses = predicted[part].astype(np.float64)
            fits = self._fits(camera, poses, pixels, intrinsics, view, part)
            for fit, (root, size) in fits.items():
                feet = root[:, None] + size * poses[:, ankles]
                found = {
                    "skate_mm": metrics.skate(feet, contact),
                    "root_mm": np.linalg.norm(
                        root - target[:, self.skeleton.root], axis=-1
                    ),
                    "drift_mm": metrics.drift(root, target[:, self.skeleton.root], WAY),
                }
                for metric, values in found.items():
                    _count(self._sums[camera, fit, metric], values)

    def _fits(self, camera, poses, pixels, intrinsics, view, part):
        confidence = view.confidence[part]
        seen = poses, pixels, intrinsics, confidence
        if np.isnan(root_trajectory.fit_each_frame(*seen)[:, 2]).all():
            return {}  # An untrained network's poses fit nowhere.
        each = root_trajectory.fit_root(*seen)
        found = {"frame": (each, 1.0), "floor": (each, 1.0)}
        try:
            grounded = grounded_root.fit(
                *(poses, pixels, intrinsics, view.fps, self.skeleton, confidence)
            )
        except floor_plane.NoFloor:
            return found
        self.floors[camera] += 1
        return {**found, "floor": (grounded.root, grounded.floor.size)}

    def summary(self) -> dict:
        """Returns the section of `report.json`; a mean of nothing is None."""
        return {
            "views": self.views,
            "true_skate_mm": _mean(self._true_skate),
            "cameras": {
                camera: {
                    "floors": self.floors[camera],
                    **{
                        fit: {m: _mean(self._sums[camera, fit, m]) for m in METRICS}
                        for fit in FITS
                    },
                }
                for camera in CAMERAS
            },
        }


def standing(ankles: np.ndarray, fps: float) -> np.ndarray:
    """Returns which true feet (F, J, 3), metres, stand: (F, J) bool."""
    if len(ankles) < 2:
        return np.zeros(ankles.shape[:2], bool)
    speed = np.linalg.norm(np.gradient(ankles, axis=0), axis=-1) * fps
    return foot_contacts.lasting(speed < STILL, fps)


def _longest(valid: np.ndarray) -> slice | None:
    labels, count = ndimage.label(valid)
    parts = [part for (part,) in ndimage.find_objects(labels)] if count else []
    return max(parts, key=lambda part: part.stop - part.start, default=None)


def _count(sums: np.ndarray, values: np.ndarray):
    sums += 1000.0 * values.sum(), len(values)


def _mean(sums: np.ndarray) -> float | None:
    return float(sums[0] / sums[1]) if sums[1] else None
