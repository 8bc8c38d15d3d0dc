"""Reads OpenPose's JSON output: one file for each frame.

`--write_json` makes `<video>_<frame>_keypoints.json`, each with `people`, of which
`pose_keypoints_2d` is a flat list x, y, score; a missing joint is 0, 0, 0. BODY_25 and
BODY_25B have as many joints in another order and cannot be told apart by their files:
the layout's name decides.
"""

from __future__ import annotations

import pathlib
import re

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import layouts, tracks
from dgnet_tf.keypoints.detections import Detection, masked
from dgnet_tf.keypoints.readers import json_fields
from dgnet_tf.keypoints.tracks import KeypointFile

_END = "_keypoints.json"
PATTERN = f"*{_END}"
FORMAT = f"OpenPose: a folder of `{PATTERN}` (`--write_json`), or one such file"
SUFFIXES = (".json",)


def fits(content) -> bool:
    """Says whether the content of a JSON file is one frame of this format."""
    return isinstance(content, dict) and "people" in content


def files(folder) -> list[pathlib.Path]:
    """Returns the frames' files of a folder, in order of their names."""
    return sorted(pathlib.Path(folder).glob(PATTERN))


def read(path, content: dict, layout: str, image_size=None) -> KeypointFile:
    """Returns the people of a file, which is one frame."""
    return KeypointFile(tracks.join(path, _people(path, content, 0, layout)))


def read_folder(folder, layout: str) -> KeypointFile:
    """Returns the people of all frames of a folder, whose numbers must differ."""
    found, numbered = [], {}
    for path in files(folder):
        match = re.search(r"([0-9]{1,15})_keypoints\.json$", path.name)
        if not match:
            raise UserError(f"{path}: its name has no frame number before {_END!r}.")
        other = numbered.setdefault(int(match[1]), path)
        if other != path:
            raise UserError(
                f"{path}: has the frame number of {other.name}. Keep each "
                "video's files in a folder of their own."
            )
        found += _people(path, json_fields.load(path), int(match[1]), layout)
    return KeypointFile(tracks.join(folder, found))


def _people(path, content, frame, layout) -> list[Detection]:
    found = []
    people = json_fields.field(str(path), content, "people", json_fields.listed)
    for index, entry in enumerate(people):
        where = f"{path}: person {index}"
        keypoints = json_fields.field(
            where, entry, "pose_keypoints_2d", json_fields.triples
        )
        if not len(keypoints):
            continue  # Only a face or hands.
        layouts.check_count(where, len(keypoints), layout)
        person = json_fields.person(f"{where}: 'person_id'", entry.get("person_id"))
        pixels, confidence = masked(where, keypoints[:, :2], keypoints[:, 2])
        found.append(Detection(frame, pixels, confidence, person))
    return found
