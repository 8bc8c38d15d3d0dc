"""Reads COCO keypoint results, and AlphaPose's, which are much the same.

A list of `{"image_id", "keypoints": [x, y, score, ...]}`, one for each person in each
image. `image_id` is the frame's number, or an image's name that ends in it, such as
"12.jpg". Where it is the same in all entries, a frame's number of its own counts, such
as `frame_id`. People may have ids: `track_id`, or AlphaPose's `idx`.
"""

from __future__ import annotations

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import entry_names, frame_numbers, layouts
from dgnet_tf.keypoints.readers import json_fields
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = (
    "COCO's results (Detectron2, YOLO, ...) or AlphaPose's: `.json`, a list with "
    "`image_id`, `keypoints` and perhaps `track_id`"
)
SUFFIXES = (".json",)


def fits(content) -> bool:
    """Says whether the content of a JSON file is of this format."""
    names = json_fields.first_names(content)
    landmarks = [entry_names.words(name) for name in names]
    return "image_id" in names and "pose_landmarks" not in landmarks


def read(path, content: list, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the people of all frames."""
    found, images, key = Sightings(path), {}, _frame_key(content)
    for index, entry in enumerate(content):
        where = f"{path}: entry {index}"
        image = json_fields.field(where, entry, key)
        frame = frame_numbers.of_image(f"{where}: {key!r}", image)
        if images.setdefault(frame, image) != image:
            raise UserError(
                f"{where}: both {images[frame]!r} and {image!r} are frame {frame}. "
                "Keep each video's results in a file of its own."
            )
        keypoints = json_fields.field(where, entry, "keypoints", json_fields.triples)
        layouts.check_count(where, len(keypoints), layout)
        person = json_fields.person(
            f"{where}: 'track_id'", entry.get("track_id", entry.get("idx"))
        )
        found.add(where, frame, keypoints, person)
    return found


def _frame_key(content) -> str:
    """Returns the field that numbers frames: `image_id`, unless that never changes."""
    own = [
        name
        for name in json_fields.first_names(content)
        if entry_names.words(name).startswith("frame")
        and entry_names.kind(name) == entry_names.FRAME
    ]
    if not own:
        return "image_id"
    first = json_fields.first(content)["image_id"]
    entries = (entry for entry in content if isinstance(entry, dict))
    changes = any(entry.get("image_id") != first for entry in entries)
    return "image_id" if changes else own[0]
