"""Reads the JSON of Ultralytics' results of a pose model, as `to_json()` makes it.

Of an image, a list of `{"name", "class", "confidence", "box": {"x1", ...},
"keypoints": {"x": [...], "y": [...], "visible": [...]}}`, one for each person, perhaps
with `track_id`; of a video, a list of such lists, or of the texts that `to_json()`
returned. Entries count as frames from 0 on. Coordinates are pixels; with
`normalize=True` they are shares of the image, and so are the boxes, none of which then
reaches beyond 1.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.readers import json_fields
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = (
    "Ultralytics YOLO: `.json` of its results' `to_json()`, of each image, or a list "
    "of these for a video"
)
SUFFIXES = (".json",)
_FIELDS = {"name", "class", "box"}


def fits(content) -> bool:
    """Says whether the content of a JSON file is of this format."""
    if _are_people(content):
        return True
    if not json_fields.is_list(content):
        return False
    shown = next((frame for frame in content if frame not in ([], "[]", None)), None)
    return _are_people(shown) or (isinstance(shown, str) and '"box":' in shown)


def read(path, content, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the people of all frames; shares need an image size."""
    found = Sightings(path)
    for frame, people in enumerate([content] if _are_people(content) else content):
        where = f"{path}: entry {frame}"
        people = _parsed(where, people)
        for number, entry in enumerate(json_fields.listed(where, people)):
            _add(found, f"{where}, person {number}", frame, entry, layout, image_size)
    return found


def _are_people(content) -> bool:
    return set(json_fields.first_names(content)) >= _FIELDS


def _parsed(where, people):
    """Returns a frame's people, also of their text; [] for none."""
    if not isinstance(people, str):
        return [] if people is None else people
    try:
        return json_documents.loads(people)
    except ValueError as error:
        raise UserError(f"{where}: is not JSON ({str(error)[:100]}).") from error


def _add(found, where, frame, entry, layout, image_size):
    box = json_fields.field(where, entry, "box")
    if not isinstance(box, dict) or not box:
        raise UserError(f"{where}: 'box' must be an object with corners.")
    if "keypoints" not in entry:
        raise UserError(
            f"{where}: has a box, but no 'keypoints'. Let a pose model predict, such "
            "as yolo11n-pose.pt."
        )
    corners = json_fields.numbers(f"{where}: 'box'", list(box.values()))
    shares = bool((corners <= 1).all())
    if shares and not image_size:
        raise UserError(
            f"{where}: is normalised. Give the video's --image_size, as in 1920x1080."
        )
    points = entry["keypoints"]
    columns = [
        json_fields.field(f"{where}: 'keypoints'", points, name, json_fields.numbers)
        for name in ("x", "y")
    ]
    if "visible" in points:
        column = json_fields.numbers(f"{where}: 'visible'", points["visible"])
    else:
        column = np.ones(len(columns[0]))
    columns.append(column)
    counts = {len(column) for column in columns}
    if len(counts) > 1:
        raise UserError(
            f"{where}: 'x', 'y' and 'visible' must have a number for each keypoint, "
            f"have {', '.join(str(len(column)) for column in columns)}."
        )
    layouts.check_count(where, len(columns[0]), layout)
    person = json_fields.person_of(where, entry)
    scale = image_size if shares else None
    found.add(where, frame, np.column_stack(columns), person, scale)
