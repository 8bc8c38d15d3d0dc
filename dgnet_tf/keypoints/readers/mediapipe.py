"""Reads MediaPipe's 33 pose landmarks from JSON.

MediaPipe writes no files itself; this is its results as they are: a list with an entry
for each frame. That is null, or a list of people, each a list of 33
`{"x", "y", "visibility"}`, with x and y from 0 to 1; one person may stand without the
outer list. An entry may also be an object that holds this as `pose_landmarks`,
`poseLandmarks` or `landmarks`, and a person one that holds their list as `landmark`.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import layouts, tracks
from dgnet_tf.keypoints.detections import Detection, masked
from dgnet_tf.keypoints.readers import json_fields
from dgnet_tf.keypoints.tracks import KeypointFile

FORMAT = (
    "MediaPipe: `.json` of its landmarks, from 0 to 1: a list of frames, perhaps with "
    "`pose_landmarks`"
)
SUFFIXES = (".json",)
LAYOUT = "mediapipe_33"
_HOLDERS = ("pose_landmarks", "poseLandmarks", "landmarks")


def fits(content) -> bool:
    """Says whether the content of a JSON file is of this format."""
    if not isinstance(content, list):
        return False
    entry = next((entry for entry in content if entry is not None), None)
    if isinstance(entry, dict):
        return any(holder in entry for holder in _HOLDERS)
    return isinstance(entry, list)


def read(path, content: list, layout: str, image_size) -> KeypointFile:
    """Returns the people of all frames; an image size must be given."""
    check(path, layout, image_size)
    found = []
    for frame, entry in enumerate(content):
        where = f"{path}: frame {frame}"
        if isinstance(entry, dict):
            holder = next((name for name in _HOLDERS if name in entry), _HOLDERS[0])
            entry = json_fields.field(where, entry, holder)
        people = [] if entry is None else entry
        if isinstance(people, dict) or json_fields.starts_with(people, "x"):
            people = [people]
        for person in json_fields.listed(where, people):
            if isinstance(person, dict):
                person = json_fields.field(where, person, "landmark")
            rows = [
                _row(f"{where}, landmark {index}", landmark)
                for index, landmark in enumerate(json_fields.listed(where, person))
            ]
            layouts.check_count(where, len(rows), LAYOUT)
            found.append(detection(where, frame, np.stack(rows), image_size))
    return KeypointFile(tracks.join(path, found))


def check(path, layout: str, image_size):
    """Raises a UserError if the layout is not MediaPipe's, or without image size."""
    if not image_size:
        raise UserError(
            f"{path}: MediaPipe's landmarks go from 0 to 1. Give the video's "
            "--image_size, as in 1920x1080."
        )
    layouts.check_count(path, len(layouts.get(LAYOUT).joints), layout)


def _row(where, landmark):
    fields = [json_fields.field(where, landmark, name) for name in ("x", "y")]
    return json_fields.numbers(where, [*fields, landmark.get("visibility", 1.0)])


def detection(where: str, frame: int, rows: np.ndarray, image_size) -> Detection:
    """Makes pixels of one person's rows (33, 3): x and y from 0 to 1, and visibility.

    Raises:
        UserError: if a value is not finite.
    """
    with np.errstate(over="ignore"):  # `masked` refuses what is infinite.
        pixels = rows[:, :2] * np.array(image_size, float)
    return Detection(frame, *masked(where, pixels, rows[:, 2]))
