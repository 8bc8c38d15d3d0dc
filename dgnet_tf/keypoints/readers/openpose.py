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

PATTERN = "*_keypoints.json"
FORMAT = f"OpenPose: a folder of `{PATTERN}` (`--write_json`), or one such file"
SUFFIXES = (".json",)


def fits(content) -> bool:
    """Says whether the content of a JSON file is one frame of this format."""
    return isinstance(content, dict) and "people" in content


def files(folder) -> list[pathlib.Path]:
    """Returns the frames' files of a folder, in order of their names."""
    return sorted(pathlib.Path(folder).glob(PATTERN))


def read(path, content: dict, layout: str, image_size=None) -> KeypointFile:
    """Returns the people of a file, which is one frame.

    Raises:
        UserError: if the content is not as described.
    """
    return KeypointFile(tracks.join(path, _people(path, content, 0, layout)))


def read_folder(folder, layout: str) -> KeypointFile:
    """Returns the people of all frames of a folder.

    Raises:
        UserError: if a file is not as described, or two have the same number.
    """
    found, numbered = [], {}
    for path in files(folder):
        match = re.search(r"([0-9]{1,15})_keypoints\.json$", path.name)
        if not match:
            raise UserError(
                f"{path}: its name has no frame number before '_keypoints.json'."
            )
        other = numbered.setdefault(int(match[1]), path)
        if other != path:
            raise UserError(
                f"{path}: has the frame number of {other.name}. Keep each "
                "video's files in a folder of their own."
            )
        content = json_fields.load(path)
        found += _people(path, content, int(match[1]), layout)
    return KeypointFile(tracks.join(folder, found))


def _people(path, content, frame, layout) -> list[Detection]:
    found = []
    listed = json_fields.field(str(path), content, "people")
    for index, entry in enumerate(json_fields.listed(f"{path}: 'people'", listed)):
        where = f"{path}: person {index}"
        flat = json_fields.field(where, entry, "pose_keypoints_2d")
        keypoints = json_fields.triples(f"{where}: 'pose_keypoints_2d'", flat)
        if not len(keypoints):
            continue  # Only a face or hands.
        layouts.check_count(where, len(keypoints), layout)
        person = json_fields.person(f"{where}: 'person_id'", entry.get("person_id"))
        pixels, confidence = masked(where, keypoints[:, :2], keypoints[:, 2])
        found.append(Detection(frame, pixels, confidence, person))
    return found
