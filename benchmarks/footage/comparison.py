"""Lifts the people of trials from several kinds of keypoints, and scores all."""

from __future__ import annotations

import dataclasses

import numpy as np

from benchmarks.footage import references, scores, views
from benchmarks.footage.pose2sim_trials import FPS, LAYOUT, Trial
from benchmarks.footage.triangulation import rooted
from benchmarks.footage.views import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import escaping
from dgnet_tf.files.tables import Table
from dgnet_tf.keypoints import keypoint_files

EXACT = "exact projections"
# Pixels, correlation from frame to frame, and the seeds that scores are the mean of.
NOISE = ((16.0, 0.0), (16.0, 0.95))
_SEEDS = range(3)
_METRICS = ("mpjpe_mm", "p_mpjpe_mm")


@dataclasses.dataclass(frozen=True, eq=False)
class Subject:
    """Keypoints of one kind in all cameras of a trial.

    Attributes:
        name: of what gave them.
        views: of each camera.
        person: index of the person whom they are of; None of a detector that follows
            whomever it finds.
    """

    name: str
    views: tuple[View, ...]
    person: int | None


def triangulated_people(trial: Trial, skeleton: str) -> list[references.Reference]:
    """Triangulates a trial's people from OpenPose's keypoints."""
    tracks = [
        keypoint_files.read(path, LAYOUT, camera.image_size).people
        for camera, path in zip(trial.rig, trial.detections, strict=True)
    ]
    return references.people(trial.rig, tracks, trial.people, LAYOUT, skeleton)


def shipped(trial: Trial, found: list, skeleton) -> list[Subject]:
    """Returns the keypoints that a trial comes with, and what is made from them."""
    subjects = []
    for index, person in enumerate(found):
        seen = [
            View(camera, track, LAYOUT)
            for camera, track in zip(trial.rig, person.tracks, strict=True)
        ]
        middle = np.nanmean(person.positions[:, skeleton.root], axis=0)
        levelled = [views.levelled(view, middle) for view in seen]
        exact = [
            views.exact(camera, person.positions, skeleton.name) for camera in trial.rig
        ]
        named = {"OpenPose": seen, "OpenPose, levelled": levelled, EXACT: exact}
        subjects += [Subject(name, tuple(of), index) for name, of in named.items()]
    return subjects


def measure(lifter, trial: Trial, found: list, subjects: list[Subject]) -> list[dict]:
    """Returns a row for each subject, person, way to 3-D and camera."""
    rows, skeleton = [], lifter.skeleton
    for subject in subjects:
        for view in subject.views:
            index, frames = subject.person, None
            if index is None:
                index, frames = scores.followed(view, found, skeleton.name)
            about = {"trial": trial.name, "person": index + 1}
            about |= {"keypoints": subject.name, "camera": view.camera.name}
            place = view.camera, found[index], skeleton
            person, spent = scores.lifted(lifter, view, FPS)
            lifts = {"dgnet_tf": person.positions}
            if view.positions is not None:
                lifts["the detector"] = scores.own(view, skeleton)
            for by, positions in lifts.items():
                scored = scores.of_poses(place[0], positions, *place[1:], frames)
                rows.append({**about, "lifted_by": by, **(scored or {"frames": 0})})
            rows[-len(lifts)] |= {
                "lifter_ms": spent,
                "detector_ms": view.milliseconds,
            }
            if subject.name == EXACT and trial.people == 1:
                rows += [
                    {**about, **_noisy(lifter, view, place, *noise)} for noise in NOISE
                ]
    return rows


def roots(lifter, trial: Trial, found: list, subject: Subject) -> list[dict]:
    """Returns a row for each camera with what is known of it, and without."""
    rows = []
    for view in subject.views:
        index, _ = scores.followed(view, found, lifter.skeleton.name)
        known = scores.calibration(view.camera)
        cases = {
            "nothing": {},
            "focal length": {"focal_px": float(view.camera.focal.mean())},
            "calibration": {"calibration": known},
        }
        for name, given in cases.items():
            about = {"trial": trial.name, "keypoints": subject.name, "known": name}
            about["camera"] = view.camera.name
            try:
                person, _ = scores.lifted(lifter, view, FPS, root="fit", **given)
            except UserError as error:  # An untrained network's poses fit nowhere.
                rows.append({**about, "failed": str(error)})
                continue
            scored = scores.of_root(view.camera, person, found[index], lifter.skeleton)
            rows.append({**about, **scored})
    return rows


def still(person: references.Reference, camera, skeleton) -> dict:
    """Scores the person's own mean pose, held still."""
    target = rooted(camera, person.positions, skeleton.root)
    mean = np.broadcast_to(np.nanmean(target, axis=0), target.shape)
    return scores.of_poses(camera, mean, person, skeleton)


def _noisy(lifter, view, place, noise_px, correlation):
    found = []
    for seed in _SEEDS:
        noisy = views.noisy(view, noise_px, correlation, seed)
        person, _ = scores.lifted(lifter, noisy, FPS)
        found.append(scores.of_poses(place[0], person.positions, *place[1:]))
    means = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
    kind = f"correlation {correlation:g}" if correlation else "white"
    name = f"exact, {noise_px:g} px of noise, {kind}"
    return {"keypoints": name, "lifted_by": "dgnet_tf", **means}


def accuracy_table(rows: list[dict]) -> Table:
    """Returns a row for each kind of keypoints, a column for each camera."""
    cameras = sorted({row["camera"] for row in rows})
    groups: dict[tuple, dict[str, dict]] = {}
    for row in rows:
        key = (row["trial"], row["person"], row["keypoints"], row["lifted_by"])
        # A camera in which a detector follows somebody else is in another group.
        groups.setdefault(key, {})[row["camera"]] = row
    cells = []
    for key, of in groups.items():
        scored = [row for row in of.values() if row["frames"]]
        each = [_cell(of.get(name)) for name in cameras]
        if not scored:
            continue
        means: list = [None, None]
        if len(scored) == len(cameras):
            means = [_cell(_mean(scored), part) for part in ("", "body_")]
            means[0] = escaping.Markdown(f"**{means[0]}**")
        cells.append([*map(str, key), *each, *means])
    columns = ["trial", "person", "keypoints", "3-D by", *cameras, "mean"]
    columns.append("mean without neck and head")
    return Table(columns, cells, aligned="llll" + "r" * (len(cameras) + 2))


def root_table(rows: list[dict]) -> Table:
    """Returns the means over the cameras of what is known of them."""
    names = ("root_mm", "distance_mm", "moving_mm")
    cells = []
    for known in dict.fromkeys(row["known"] for row in rows):
        of = [row for row in rows if row["known"] == known]
        floors = f"{sum(row.get('floor', False) for row in of)} of {len(of)}"
        means = []
        for name in names:
            values = [row[name] for row in of if row.get(name) is not None]
            means.append(float(np.mean(values)) if values else None)
        cells.append([known, *means, floors])
    columns = ("known of the camera", "root, mm", "its distance, mm")
    columns += ("steady offset removed, mm", "floor found")
    return Table(columns, cells)


def time_table(rows: list[dict]) -> Table:
    """Returns the medians over the cameras, ms."""
    cells = []
    keys = dict.fromkeys(
        (row["trial"], row["keypoints"]) for row in rows if row.get("detector_ms")
    )
    for key in keys:
        of = [
            row
            for row in rows
            if (row["trial"], row["keypoints"]) == key and row.get("detector_ms")
        ]
        times = [
            float(np.median([row[name] for row in of]))
            for name in ("detector_ms", "lifter_ms")
        ]
        cells.append([*key, *times])
    return Table(
        ("trial", "keypoints", "detector, ms a frame", "lifter, ms a pose"), cells
    )


def notes(rows: list[dict]) -> list[str]:
    """Returns a line on each view of which not all frames are scored."""
    most = {}
    for row in rows:
        key = row["trial"], row["person"]
        most[key] = max(most.get(key, 0), row["frames"])
    return [
        f"{row['trial']}, {row['camera']}: {row['keypoints']} follows person "
        f"{row['person']} in {row['frames']} of the "
        f"{most[row['trial'], row['person']]} frames whose pose is known."
        for row in rows
        if row.get("detector_ms") and row["frames"] < most[row["trial"], row["person"]]
    ]


def _mean(rows):
    names = (*_METRICS, *(f"body_{name}" for name in _METRICS))
    return {name: np.mean([row[name] for row in rows]) for name in names}


def _cell(row, part=""):
    if row is None or row.get(f"{part}{_METRICS[0]}") is None:
        return None
    return " / ".join(f"{row[f'{part}{name}']:.1f}" for name in _METRICS)
