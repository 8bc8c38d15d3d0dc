"""Fits the root to filmed clips, with and without the floor, and scores it."""

from __future__ import annotations

import math
import time

import numpy as np
from scipy.spatial.transform import Rotation

from benchmarks.motion import keypoint_noise
from dgnet_tf import axes, metrics, skeletons
from dgnet_tf.evaluation import root_scores
from dgnet_tf.inference import floor_plane, grounded_root, root_trajectory
from preprocessing.datasets import mocap

# Of the noise from one frame to the next.
CORRELATION = 0.9
_SKELETON = skeletons.get(mocap.SKELETON)
_ANKLES = [_SKELETON.joints.index(name) for name in axes.ANKLES]
COLUMNS = {
    "skate_mm": "skate, mm a frame",
    "root_mm": "root error, mm",
    "drift_mm": "drift, mm after 5 m",
    "pitch_degrees": "pitch error, degrees",
    "height_mm": "camera height error, mm",
}


def measure(recordings, poses, noise_px: float, model) -> dict:
    """Films, lifts, fits and scores.

    Args:
        recordings: promises of views, of an archive.
        poses: some of "truth" and "lifted".
        noise_px: on the keypoints of true poses, pixels.
        model: see `Lifter.load`; None stands for the weights that are shipped.

    Returns:
        {"rows": {(poses, focal length, fit): {name in `COLUMNS`: mean}}, ...}.
    """
    lift = None
    if "lifted" in poses:
        from dgnet_tf.lifting.lifter import Lifter

        lift = Lifter.load(model).engine.lift
    errors: dict[tuple, dict[str, list]] = {}
    pitches, true_skate, frames, views = [], [], 0, 0
    spent, fitted, without = 0.0, 0, dict.fromkeys(poses, 0)
    for recording in recordings:
        world = mocap.read_clip(recording.load.args[0], recording.take)
        for view in recording.load():
            views, frames = views + 1, frames + len(world)
            pitch, height = _camera(world, view.positions)
            pitches.append(pitch)
            true = view.positions.astype(np.float64)
            contact = root_scores.standing(true[:, _ANKLES], view.fps)
            true_skate.append(metrics.skate(true[:, _ANKLES], contact))
            for kind in poses:
                if kind == "truth":
                    relative = true - true[:, :1]
                    keypoints = view.keypoints + keypoint_noise.draw(
                        view.keypoints.shape, noise_px, CORRELATION, views
                    )
                else:
                    relative = lift(view.keypoints, view.image_size).astype(np.float64)
                    keypoints = view.keypoints.astype(np.float64)
                for name, fit in _fits(relative, keypoints, view, pitch, height):
                    begun = time.perf_counter()
                    root, floor = fit()
                    if floor is not None:
                        spent += time.perf_counter() - begun
                        fitted += len(world)
                    elif name[1] == "over the floor" and name[0] == "known":
                        without[kind] += 1
                    size = 1.0 if floor is None else floor.size
                    feet = root[:, None] + size * relative[:, _ANKLES]
                    off = np.linalg.norm(root - true[:, 0], axis=-1)
                    into = errors.setdefault((kind, *name), {n: [] for n in COLUMNS})
                    into["skate_mm"].append(1000 * metrics.skate(feet, contact))
                    into["root_mm"].append(1000 * off)
                    into["drift_mm"].append(1000 * metrics.drift(root, true[:, 0]))
                    if floor is not None:
                        into["pitch_degrees"].append([abs(floor.pitch - pitch)])
                        into["height_mm"].append([1000 * abs(floor.height - height)])
    return {
        "rows": {
            name: {column: _mean(parts) for column, parts in of.items()}
            for name, of in errors.items()
        },
        "views": views,
        "frames": frames,
        "pitches": f"{min(pitches):.0f} to {max(pitches):.0f}",
        "true_skate_mm": 1000 * _mean(true_skate),
        "without": without,
        "milliseconds": 1000 * spent / max(fitted, 1),
    }


def _fits(relative, keypoints, view, pitch, height):
    """Yields (focal length, fit) and a function that returns root and floor."""
    assumed = root_trajectory.assumed_intrinsics(view.image_size)
    given = {"camera_height": height, "camera_pitch": pitch}
    for focal, intrinsics in (("known", view.intrinsics), ("assumed", assumed)):
        yield (
            (focal, "each frame"),
            lambda k=intrinsics: (
                root_trajectory.fit_root(relative, keypoints, k),
                None,
            ),
        )
        cases = {"over the floor": {}}
        if focal == "known":
            cases["height and pitch given"] = given
        for name, known in cases.items():
            yield (
                (focal, name),
                lambda k=intrinsics, g=known: _grounded(
                    relative, keypoints, k, view.fps, g
                ),
            )


def _grounded(relative, keypoints, intrinsics, fps, given):
    try:
        found = grounded_root.fit(
            relative, keypoints, intrinsics, fps, _SKELETON, **given
        )
    except floor_plane.NoFloor:
        return root_trajectory.fit_root(relative, keypoints, intrinsics), None
    return found.root, found.floor


def _camera(world, seen) -> tuple[float, float]:
    """Returns the pitch, degrees, and the height, metres, of the camera."""
    world, seen = (
        np.reshape(points, (-1, 3)).astype(np.float64) for points in (world, seen)
    )
    middle = world.mean(axis=0), seen.mean(axis=0)
    turn, _ = Rotation.align_vectors(seen - middle[1], world - middle[0])
    up = turn.apply([0.0, 0.0, 1.0])
    return math.degrees(math.asin(-up[2])), float(middle[0][2] - middle[1] @ up)


def _mean(parts) -> float | None:
    values = np.concatenate([np.asarray(part, float) for part in parts] or [[]])
    return float(values.mean()) if len(values) else None
