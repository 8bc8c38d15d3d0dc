"""Reads the JSON that MMPose's inferencer and demos save for a video.

Of a video, a list of frames, `{"frame_id", "instances": [...]}`; of an image, a list of
instances. The demos wrap either in `{"meta_info", "instance_info": [...]}`. An
instance is one person: `keypoints`, a list of [x, y], `keypoint_scores`, and perhaps
`track_id`, or an id of any usual name (`entry_names`).
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.readers import json_fields
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = (
    "MMPose 1.x: `.json` of the inferencer or a demo (`--save-predictions`), with "
    "`instance_info`, or a list with `frame_id` and `instances`; or of each image"
)
SUFFIXES = (".json",)


def fits(content) -> bool:
    """Says whether the content of a JSON file is of this format."""
    if isinstance(content, dict):
        return "instance_info" in content or "instances" in content
    if isinstance(json_fields.first(content), list):
        content = next((frame for frame in content if frame), [])
    names = ("instances", "keypoint_scores")
    return any(json_fields.starts_with(content, name) for name in names)


def read(path, content, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the people of all frames, each of which must occur once."""
    found, frames = Sightings(path), set()
    content = _frames(path, content)
    for index, entry in enumerate(content):
        where = f"{path}: entry {index}"
        frame = json_fields.field(where, entry, "frame_id", json_fields.whole)
        if frame in frames:
            raise UserError(
                f"{where}: frame {frame} occurs twice. Keep each video's results in a "
                "file of its own."
            )
        frames.add(frame)
        instances = json_fields.field(where, entry, "instances", json_fields.listed)
        for number, instance in enumerate(instances):
            person = f"{where}, instance {number}"
            _add(found, person, frame, instance, layout)
    return found


def _frames(path, content):
    """Returns frames of the first form, whichever the file has."""
    if isinstance(content, dict) and "instances" in content:
        return [{**content, "frame_id": 0}]
    if isinstance(content, dict):
        content = json_fields.field(str(path), content, "instance_info")
        content = json_fields.listed(f"{path}: its frames", content)
    if json_fields.starts_with(content, "keypoint_scores"):
        content = [content]
    if isinstance(json_fields.first(content), list):
        return ({"frame_id": i, "instances": one} for i, one in enumerate(content))
    return content


def _add(found, where, frame, instance, layout):
    points = json_fields.field(where, instance, "keypoints", json_fields.listed)
    points = [
        json_fields.numbers(f"{where}: 'keypoints' of joint {joint}", point)
        for joint, point in enumerate(points)
    ]
    layouts.check_count(where, len(points), layout)
    if {len(point) for point in points} != {2}:
        raise UserError(
            f"{where}: 'keypoints' must be pairs [x, y]. Save the 2-D results."
        )
    scores = json_fields.field(where, instance, "keypoint_scores", json_fields.numbers)
    if len(scores) != len(points):
        raise UserError(
            f"{where}: has {len(scores)} 'keypoint_scores' for {len(points)} keypoints."
        )
    person = json_fields.person_of(where, instance)
    found.add(where, frame, np.column_stack([points, scores]), person)
