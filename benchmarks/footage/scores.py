"""Scores of one camera's poses against what all cameras say."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.footage import triangulation
from benchmarks.footage.references import Reference
from benchmarks.footage.views import View
from dgnet_tf import metrics, skeletons
from dgnet_tf.keypoints import layouts
from dgnet_tf.lifting import track_lifting
from dgnet_tf.lifting.calibration import Calibration

# Who is farther from a person than this share of their size is somebody else.
_SAME = 0.2
# Detectors and motion capture do not mean the same by these.
_HEAD = ("neck", "head")
_MM = 1000.0


def followed(
    view: View, people: list[Reference], skeleton: str
) -> tuple[int, np.ndarray]:
    """Returns whom a detector follows: the person's index, and (F,) in which frames."""
    seen, _ = layouts.convert(
        view.track.keypoints, view.track.confidence, view.layout, skeleton
    )
    found = []
    for person in people:
        frames = min(len(seen), len(person.positions))
        there = triangulation.project(view.camera, person.positions[:frames])
        size = np.linalg.norm(np.ptp(there, axis=1), axis=-1)
        off = np.linalg.norm(seen[:frames] - there, axis=-1).mean(axis=1)
        found.append(off < _SAME * size)  # NaN is not.
    best = int(np.argmax([frames.sum() for frames in found]))
    return best, found[best]


def lifted(lifter, view: View, fps: float, **options):
    """Lifts a view; returns `Lifted` and the milliseconds that a pose took."""
    begun = time.perf_counter()
    person = track_lifting.lift_track(
        *(lifter, view.camera.name, view.track, view.layout, view.camera.image_size),
        fps=fps,
        **options,
    )
    spent = _MM * (time.perf_counter() - begun)
    return person, spent / len(person.positions)


def own(view: View, skeleton: skeletons.Skeleton) -> np.ndarray:
    """Returns the poses of the detector itself, (F, N, 3), the root at 0."""
    confidence = np.ones(view.positions.shape[:-1])
    found, _ = layouts.convert(view.positions, confidence, view.layout, skeleton.name)
    return found - found[:, skeleton.root : skeleton.root + 1]


def of_poses(
    camera,
    positions: np.ndarray,
    person: Reference,
    skeleton: skeletons.Skeleton,
    frames: np.ndarray | None = None,
) -> dict | None:
    """Scores the frames in which the whole reference is known, in mm.

    Args:
        camera: whose axes the poses are in.
        positions: (F, N, 3) metres, the root at 0.
        person: the reference.
        skeleton: of both.
        frames: (F,) bool, which may be scored; by default all.

    Returns:
        A mean for each metric, or None if there is no such frame.
    """
    length = min(len(positions), len(person.positions))
    target = triangulation.rooted(camera, person.positions[:length], skeleton.root)
    known = person.known[:length] & np.isfinite(positions[:length]).all(axis=(1, 2))
    if frames is not None:
        known = known & frames[:length]
    if not known.any():
        return None
    found, target = positions[:length][known], target[known]
    body = [i for i, name in enumerate(skeleton.joints) if name not in _HEAD]
    means = {
        "mpjpe_mm": metrics.mpjpe(found, target),
        "p_mpjpe_mm": metrics.p_mpjpe(found, target),
        "n_mpjpe_mm": metrics.n_mpjpe(found, target),
        "body_mpjpe_mm": metrics.mpjpe(found[:, body], target[:, body]),
        "body_p_mpjpe_mm": metrics.p_mpjpe(found[:, body], target[:, body]),
    }
    scores = {name: float(_MM * values.mean()) for name, values in means.items()}
    return {"frames": int(known.sum()), **scores}


def calibration(camera) -> Calibration:
    """Returns what `lift --root=fit` is told of a camera; the floor is at z = 0."""
    up = camera.rotation[:, 2]
    return Calibration(
        tuple(camera.focal.tolist()),
        tuple(camera.principal.tolist()),
        (*camera.distortion.tolist(), 0.0),
        height=float(camera.center[2]),
        pitch=float(np.degrees(np.arctan2(-up[2], -up[1]))),
    )


def of_root(camera, person, reference: Reference, skeleton) -> dict:
    """Scores where the root stands, in mm.

    Args:
        camera: that `person`, a `Lifted` with its root, was seen by.
        person: lifted.
        reference: of the same frames.
        skeleton: of both.
    """
    known = reference.known
    seen = triangulation.to_camera(camera, reference.positions)
    off = person.root[known] - seen[known, skeleton.root]
    steady = off - off.mean(axis=0)
    return {
        "root_mm": float(_MM * np.linalg.norm(off, axis=-1).mean()),
        "distance_mm": float(_MM * np.abs(off[:, 2]).mean()),
        "moving_mm": float(_MM * np.linalg.norm(steady, axis=-1).mean()),
        "floor": person.floor is not None,
    }
