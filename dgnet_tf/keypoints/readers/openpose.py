"""Reads OpenPose's JSON output: one file for each frame, see `frame_folders`.

`--write_json` makes `<video>_<frame>_keypoints.json`, each with `people`, of which
`pose_keypoints_2d` is a flat list x, y, score; a missing joint is 0, 0, 0. BODY_25 and
BODY_25B have as many joints in another order and cannot be told apart by their files:
the layout's name decides. Pose2Sim writes the same: a person whom it could not match is
an empty object there, and a missing joint may be three times NaN.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.readers import json_fields
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = (
    "OpenPose (`--write_json`) and Pose2Sim: a folder of `.json` files named by frame, "
    "or one file"
)
SUFFIXES = (".json",)


def fits(content) -> bool:
    """Says whether the content of a JSON file is one frame of this format."""
    return isinstance(content, dict) and "people" in content


def read(path, content: dict, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the people of a file, which is one frame."""
    found = Sightings(path)
    people = json_fields.field(str(path), content, "people", json_fields.listed)
    for index, entry in enumerate(people):
        where = f"{path}: person {index}"
        if entry == {}:
            continue
        keypoints = json_fields.field(
            where, entry, "pose_keypoints_2d", json_fields.triples
        )
        if not len(keypoints):
            continue  # Only a face or hands.
        layouts.check_count(where, len(keypoints), layout)
        keypoints[np.isnan(keypoints).all(axis=1)] = 0.0
        person = json_fields.person(f"{where}: 'person_id'", entry.get("person_id"))
        found.add(where, 0, keypoints, person)
    return found
