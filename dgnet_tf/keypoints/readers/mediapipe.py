"""Reads MediaPipe's 33 pose landmarks from JSON.

MediaPipe writes no files itself; this is its results as they are: a list with an entry
for each frame. That is null, or a list of people, each a list of 33
`{"x", "y", "visibility"}`, with x and y from 0 to 1, in order or with their names or
numbers; one person may stand without the outer list. An entry may also be an object
that holds this as `pose_landmarks`, `poseLandmarks` or `landmarks`, and a person one
that holds their list as `landmark`.
What such an object says besides of its frame, time or person counts
(`frame_numbers`); else entries count from 0.
"""

from __future__ import annotations

import reprlib

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import detections, entry_names, frame_numbers, layouts
from dgnet_tf.keypoints.readers import json_fields
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = (
    "MediaPipe: `.json` of its landmarks, from 0 to 1: a list of frames, perhaps with "
    "`pose_landmarks`"
)
SUFFIXES = (".json",)
LAYOUT = "mediapipe_33"
_HOLDERS = ("pose_landmarks", "landmarks")
_LANDMARK = {
    "x", "y", "z", "visibility", "presence", "score", "confidence", "likelihood",
    "name", "id", "index", "idx", "landmark", "landmark_id", "joint",
}  # fmt: skip
_PLACES = {
    name: place
    for place, joint in enumerate(layouts.get(LAYOUT).joints)
    for name in (joint, str(place))
}
_NUMBERS = ("name", "id", "index", "idx", "landmark", "landmark_id", "joint")
# The first that is there; presence is none of them.
_SCORES = ("visibility", "score", "confidence", "likelihood")
MAX_KEYS, MAX_TEXT = 100, 64


def fits(content) -> bool:
    """Says whether the content of a JSON file is of this format, or one frame of it."""
    if isinstance(content, dict):
        return _holder(content) is not None
    if not json_fields.is_list(content):
        return False
    entry = next((entry for entry in content if entry is not None), None)
    if isinstance(entry, dict):
        return _holder(entry) is not None or set(entry) <= _LANDMARK
    return isinstance(entry, list)


def read(path, content, layout: str, image_size, fps=None) -> Sightings:
    """Returns the people of all frames; an image size must be given."""
    check(path, layout, image_size)
    if isinstance(content, dict) or json_fields.starts_with(content, "x"):
        content = [content]
    found, entries = Sightings(path), _Keys()
    for index, entry in enumerate(content):
        where = f"{path}: entry {index}"
        if isinstance(entry, dict):
            holder = _holder(entry) or _HOLDERS[0]
            entries.add(where, index, entry)
            entry = json_fields.field(where, entry, holder)
        for person in _people(where, entry):
            if isinstance(person, dict):
                person = json_fields.field(where, person, "landmark")
            rows = [
                _row(f"{where}, landmark {number}", landmark)
                for number, landmark in enumerate(json_fields.listed(where, person))
            ]
            layouts.check_count(where, len(rows), LAYOUT)
            rows = np.stack(rows)[_order(person)]
            add_person(found, where, index, rows, image_size)
    entries.number(path, found, fps)
    return found


def check(path, layout: str, image_size):
    """Raises a UserError if the layout is not MediaPipe's, or without image size."""
    if not image_size:
        raise UserError(
            f"{path}: MediaPipe's landmarks go from 0 to 1. Give the video's "
            "--image_size, as in 1920x1080."
        )
    layouts.check_count(path, len(layouts.get(LAYOUT).joints), layout)


def add_person(found: Sightings, where: str, entry: int, rows: np.ndarray, image_size):
    """Adds a person's rows (33, 3): x and y from 0 to 1, and visibility.

    Raises:
        UserError: if a value is not finite, or they are pixels.
    """
    detections.check_shares(where, "MediaPipe's landmarks", rows)
    found.add(where, entry, rows, scale=image_size)


class _Keys:
    """What entries say besides of their landmarks, in little memory."""

    def __init__(self):
        self._names: dict[str, int] = {}
        self._rows: dict[int, tuple] = {}

    def add(self, where, index: int, entry: dict):
        row: list = [None] * len(self._names)
        for name, value in _flat(where, entry):
            text = type(value) is str and len(value) <= MAX_TEXT
            if not text and type(value) not in (int, float):
                continue
            place = self._names.setdefault(name, len(row))
            row += [None] * (place + 1 - len(row))
            row[place] = value
        if len(row) > MAX_KEYS:
            raise UserError(f"{where}: has more than {MAX_KEYS} fields.")
        self._rows[index] = tuple(row)

    def number(self, path, found: Sightings, fps):
        """Gives what was found the frames and people that entries name."""
        names = list(self._names)
        if not names:
            return
        rows = [
            (*row, *[None] * (len(names) - len(row))) for row in self._rows.values()
        ]
        for name, values in zip(names, zip(*rows, strict=True), strict=True):
            if entry_names.kind(name) in entry_names.COUNTS and None in values:
                index = list(self._rows)[values.index(None)]
                raise UserError(
                    f"{path}: entry {index} has no number or text as {name[:40]!r}, "
                    "though others have. Give it to each."
                )
        if any(one.frame not in self._rows for one in found.found):
            raise UserError(
                f"{path}: some entries are objects with {names[0][:40]!r}, others are "
                "lists. Write all in one form."
            )
        numbered = frame_numbers.of_entries(path, names, rows, list(self._rows), fps)
        found.renumber(dict(zip(self._rows, numbered, strict=True)))


def _flat(where, entry: dict):
    """Yields the fields of an entry, and what objects in it say of frame and person.

    Raises:
        UserError: if what should be a number or a name is a list or an object.
    """
    for name, value in entry.items():
        counts = entry_names.kind(name) in entry_names.COUNTS
        if not isinstance(value, dict | list) or not value:
            yield name, value
            continue
        inner = value.items() if isinstance(value, dict) else ()
        # Of one letter are the sides of boxes.
        found = [
            (key, one)
            for key, one in inner
            if counts or (len(key) > 1 and entry_names.kind(key) in entry_names.COUNTS)
        ]
        if counts and (not found or any(isinstance(v, dict | list) for _, v in found)):
            raise UserError(
                f"{where}: {name[:40]!r} must be a number or a name, is "
                f"{reprlib.repr(value)}."
            )
        yield from found


def _holder(entry: dict) -> str | None:
    return next((name for name in entry if entry_names.words(name) in _HOLDERS), None)


def _people(where, entry) -> list:
    if entry is None:
        return []
    if isinstance(entry, dict) or json_fields.starts_with(entry, "x"):
        return [entry]
    return json_fields.listed(where, entry)


def _order(person: list[dict]) -> np.ndarray:
    """Returns where each landmark stands: by its name or number, else as they come."""
    for key in _NUMBERS:
        found = [landmark.get(key) for landmark in person]
        if found[0] is not None:
            places = [_PLACES.get(entry_names.words(str(one)), -1) for one in found]
            if sorted(places) == list(range(len(person))):
                return np.argsort(places)
    return np.arange(len(person))


def _row(where, landmark):
    fields = [json_fields.field(where, landmark, name) for name in ("x", "y")]
    score = next((landmark[name] for name in _SCORES if name in landmark), 1.0)
    return json_fields.numbers(where, [*fields, score])
