"""What all cameras together say of people's motion: the reference of each."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from benchmarks.footage import triangulation
from dgnet_tf import skeletons
from dgnet_tf.keypoints import layouts

# A view farther than this from the point's projection is left out.
LIMIT_PX = 60.0
# By how much a bone may be longer or shorter than its median. A point that two
# cameras place, one of them wrongly, may be metres off and fit both.
LIMIT_BONE = 1 / 3
# Frames that suffice to tell whose tracks belong together.
_EVERY = 10
_MM = 1000.0


@dataclasses.dataclass(frozen=True, eq=False)
class Reference:
    """The triangulated motion of one person.

    Attributes:
        tracks: of the person in each camera, all from frame 0 on.
        positions: (F, N, 3) metres, world axes; NaN in frames in which a joint is not
            known, or a bone's length is not that of the rest.
        reprojection_px: mean distance of the detections that were used.
        reprojection_mm: the same at the person's distance.
        left_out: fraction of the detections that were not used.
    """

    tracks: tuple
    positions: np.ndarray
    reprojection_px: float
    reprojection_mm: float
    left_out: float

    @property
    def known(self) -> np.ndarray:
        """(F,) whether the whole pose is known."""
        return np.isfinite(self.positions).all(axis=(1, 2))


def people(rig, cameras, count: int, layout: str, skeleton: str) -> list[Reference]:
    """Finds the same people in several cameras, and triangulates them.

    Those tracks belong together whose triangulation lies closest to their detections.
    Who moves most stands first.

    Args:
        rig: V cameras.
        cameras: the tracks that each shows.
        count: how many people are wanted.
        layout: of the keypoints.
        skeleton: to make.
    """
    longest = max(_seen(track) for tracks in cameras for track in tracks)
    # Who is hardly ever seen fits anybody.
    started = [
        [from_start(track) for track in tracks if _seen(track) > longest / 2]
        for tracks in cameras
    ]
    found: list[Reference] = []
    while len(found) < count:
        groups = list(itertools.product(*started))
        best = min(groups, key=lambda tracks: _spread(rig, tracks))
        found.append(triangulated(rig, best, layout, skeleton))
        started = [
            [track for track in tracks if track is not one]
            for tracks, one in zip(started, best, strict=True)
        ]
    return sorted(found, key=_movement, reverse=True)


def _movement(person: Reference) -> float:
    return float(np.nanstd(person.positions, axis=0).mean())


def from_start(track):
    """Returns a track from frame 0 on: before its own first, all joints are missing."""
    before = [(track.first_frame, 0)]
    return dataclasses.replace(
        track,
        first_frame=0,
        keypoints=np.pad(
            track.keypoints, [*before, (0, 0), (0, 0)], constant_values=np.nan
        ),
        confidence=np.pad(track.confidence, [*before, (0, 0)]),
    )


def triangulated(rig, tracks, layout: str, skeleton: str) -> Reference:
    """Triangulates the keypoints of all cameras and makes the skeleton's joints.

    Args:
        rig: V cameras.
        tracks: the same person in each, all from frame 0 on.
        layout: of their keypoints.
        skeleton: to make.
    """
    pixels, confidence = _stacked(tracks)
    points, used, distances = triangulation.without_outliers(
        rig, pixels, confidence, LIMIT_PX
    )
    positions, _ = layouts.convert(points, confidence.max(axis=0), layout, skeleton)
    whole = plausible(positions, skeletons.get(skeleton))
    depth = [
        triangulation.to_camera(camera, points)[..., 2] for camera in rig
    ]  # (V, F, J)
    focal = np.array([camera.focal.mean() for camera in rig])[:, None, None]
    return Reference(
        tuple(tracks),
        np.where(whole[:, None, None], positions, np.nan),
        float(np.nanmean(distances)),
        float(_MM * np.nanmean(distances * depth / focal)),
        float(1 - (used > 0).sum() / (confidence > 0).sum()),
    )


def plausible(positions: np.ndarray, skeleton) -> np.ndarray:
    """Returns in which frames all bones have about their median lengths, (F,) bool."""
    joints, parents = np.array(skeleton.edges).T
    lengths = np.linalg.norm(positions[:, joints] - positions[:, parents], axis=-1)
    return (np.abs(lengths / np.nanmedian(lengths, axis=0) - 1) < LIMIT_BONE).all(
        axis=1
    )


def _seen(track) -> int:
    return int((track.confidence > 0).any(axis=1).sum())


def _spread(rig, tracks) -> float:
    """Mean distance, pixels, of detections from their triangulation."""
    pixels, weights = _stacked(tracks)
    pixels, weights = pixels[:, ::_EVERY], weights[:, ::_EVERY]
    points = triangulation.triangulate(rig, pixels, weights)
    distances = [
        np.linalg.norm(triangulation.project(camera, points) - seen, axis=-1)
        for camera, seen in zip(rig, pixels, strict=True)
    ]
    return float(np.nanmean(np.where(weights > 0, distances, np.nan)))


def _stacked(tracks):
    """(V, F, J, 2) pixels and (V, F, J) weights of the frames that all have."""
    frames = min(len(track.keypoints) for track in tracks)
    pixels = np.stack([track.keypoints[:frames] for track in tracks])
    return pixels, np.stack([track.confidence[:frames] for track in tracks])
