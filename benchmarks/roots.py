"""Skating feet and the root's errors before tilted cameras, with and without the floor.

    python -m benchmarks.roots --source=ARCHIVE.npz --subjects=a,b [--every=1]
        [--cameras=1] [--camera_height=0.9,3.2] [--noise_px=3] [--poses=truth,lifted]
        [--model=NAME] [--output=FILE.json]

Films clips of a pose archive as `preprocessing.convert --dataset=mocap` does, at
heights from which cameras look down by a few to some 28 degrees. Rows are the fit of
each frame, the fit over the floor, and that with the camera's height and pitch given,
for the camera's focal length and the assumed one. Keypoints of `truth` have noise that
lasts from frame to frame (correlation 0.9), those of `lifted` are exact, so that errors
are the network's.
"""

from __future__ import annotations

import math
import time

import numpy as np
from absl import flags
from scipy.spatial.transform import Rotation

from dgnet_tf import axes, command_line, metrics, skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import root_scores
from dgnet_tf.files import json_documents
from dgnet_tf.files.tables import Table
from dgnet_tf.inference import floor_plane, grounded_root, root_trajectory
from preprocessing.cameras import camera_rig
from preprocessing.datasets import mocap

FLAGS = flags.FlagValues()
flags.DEFINE_string("source", None, "Pose archive.", FLAGS, required=True)
flags.DEFINE_list("subjects", [], "People to film; by default all.", FLAGS)
flags.DEFINE_integer(
    "every", 1, "Takes one clip of each person, and every so manieth after.", 1,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_integer("cameras", 1, "Cameras of each clip.", 1, flag_values=FLAGS)
flags.DEFINE_list("camera_height", ["0.9", "3.2"], "LOW,HIGH in metres.", FLAGS)
flags.DEFINE_float(
    "noise_px", 3.0, "Noise on the keypoints of true poses, pixels.", 0.0,
    flag_values=FLAGS,
)  # fmt: skip
flags.DEFINE_list("poses", ["truth", "lifted"], "truth, lifted or both.", FLAGS)
flags.DEFINE_string("model", None, "What lifts, see `lift --model`.", FLAGS)
flags.DEFINE_string("output", None, "JSON file to write.", FLAGS)

CORRELATION = 0.9
_SKELETON = skeletons.get(mocap.SKELETON)
_ANKLES = [_SKELETON.joints.index(name) for name in axes.ANKLES]
_COLUMNS = {
    "skate_mm": "skate, mm a frame",
    "root_mm": "root error, mm",
    "drift_mm": "drift, mm after 5 m",
    "pitch_degrees": "pitch error, degrees",
    "height_mm": "camera height error, mm",
}


def main(values):
    """Measures, prints the table, writes JSON."""
    for poses in values.poses:
        if poses not in ("truth", "lifted"):
            raise UserError(f"--poses must be truth, lifted or both, got {poses!r}.")
    try:
        low, high = map(float, values.camera_height)
    except ValueError as error:
        raise UserError(
            f"--camera_height must be LOW,HIGH, got {values.camera_height}."
        ) from error
    rig = camera_rig.Rig(cameras=values.cameras, height=(low, high))
    recordings = _chosen(mocap.read(values.source, rig), values.subjects, values.every)
    found = measure(recordings, values.poses, values.noise_px, values.model)
    rows = [
        [
            *name,
            *("-" if number is None else f"{number:.1f}" for number in row.values()),
        ]
        for name, row in found["rows"].items()
    ]
    columns = ["poses", "focal length", "fit", *_COLUMNS.values()]
    print(Table(columns, rows, aligned="lllrrrrr").markdown())
    print(
        f"{found['views']} views, {found['frames']} frames, pitches {found['pitches']} "
        f"degrees; true skate {found['true_skate_mm']:.1f} mm a frame; no floor found: "
        f"{found['without']}; {found['milliseconds']:.3f} ms a frame."
    )
    if values.output:
        rows = {" / ".join(name): row for name, row in found["rows"].items()}
        json_documents.write(values.output, {**found, "rows": rows})


def _chosen(data, subjects, every):
    people: dict[str, list] = {}
    for one in data.recordings:
        people.setdefault(one.subject, []).append(one)
    unknown = sorted(set(subjects) - set(people))
    if unknown:
        raise UserError(f"--subjects: the archive has no person {unknown[0]!r}.")
    return [one for name in subjects or people for one in people[name][::every]]


def measure(recordings, poses, noise_px: float, model) -> dict:
    """Films, lifts, fits and scores.

    Args:
        recordings: promises of views, of an archive.
        poses: some of "truth" and "lifted".
        noise_px: on the keypoints of true poses, pixels.
        model: see `Lifter.load`; None stands for the weights that are shipped.

    Returns:
        {"rows": {(poses, focal length, fit): {name in `_COLUMNS`: mean}}, ...}.
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
                    keypoints = _noisy(view.keypoints, noise_px, views)
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
                    into = errors.setdefault((kind, *name), {n: [] for n in _COLUMNS})
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


def _noisy(keypoints, noise_px, seed):
    errors = np.random.default_rng(seed).normal(0, noise_px, keypoints.shape)
    for frame in range(1, len(errors)):
        errors[frame] *= math.sqrt(1 - CORRELATION**2)
        errors[frame] += CORRELATION * errors[frame - 1]
    return keypoints + errors


def _mean(parts) -> float | None:
    values = np.concatenate([np.asarray(part, float) for part in parts] or [[]])
    return float(values.mean()) if len(values) else None


if __name__ == "__main__":
    command_line.run(main, FLAGS, __doc__)
