"""Writes keypoints as Ultralytics writes the results of pose models.

A sighting is (frame, person, (J, 3) x, y, score), as in `detector_files`.
"""

import json

import numpy as np

from support.keypoints.detector_files import SIZE


def labels(folder, sightings, *, visible=True, scores=False, size=SIZE, first=1):
    """`labels/`: a file for each frame that shows somebody, counted from 1 on."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = {}
    for frame, person, rows in sightings:
        shares = rows / [*size, 1]
        box = [*(shares[:, :2].min(0) + np.ptp(shares[:, :2], axis=0) / 2)]
        box += [*np.ptp(shares[:, :2], axis=0)]
        values = [0, *box, *shares[:, : 2 + visible].ravel()]
        values += [0.87] if scores else []
        values += [] if person is None else [person]
        line = ("%g " * len(values)).rstrip() % tuple(values)
        lines.setdefault(frame, []).append(line)
    for frame, found in lines.items():
        path = folder / f"clip_{frame + first}.txt"
        path.write_text("".join(f"{line}\n" for line in found))
    return folder


def result(sightings, frame, *, visible=True, shares=False, size=SIZE):
    """What `to_json()` of one image's result makes, before it becomes text."""
    scale = np.array(size if shares else (1, 1))
    found = []
    for at, person, rows in sightings:
        if at != frame:
            continue
        x, y = np.round(rows[:, :2] / scale, 5).T.tolist()
        entry = {
            "name": "person",
            "class": 0,
            "confidence": 0.87,
            "box": {"x1": min(x), "y1": min(y), "x2": max(x), "y2": max(y)},
        }
        if person is not None:
            entry["track_id"] = person
        entry["keypoints"] = {"x": x, "y": y}
        if visible:
            entry["keypoints"]["visible"] = np.round(rows[:, 2], 5).tolist()
        found.append(entry)
    return found


def results(path, sightings, frames, *, texts=False, **options):
    """Results of a video: a list of them, or of their texts."""
    content = [result(sightings, frame, **options) for frame in range(frames)]
    if texts:
        content = [json.dumps(one) for one in content]
    path.write_text(json.dumps(content))
    return path
