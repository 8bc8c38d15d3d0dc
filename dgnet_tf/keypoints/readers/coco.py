"""Reads COCO keypoint results, and AlphaPose's, which are much the same.

A list of `{"image_id", "keypoints": [x, y, score, ...]}`, one for each person in each
image. `image_id` is the frame's number, or an image's name that ends in it, such as
"12.jpg". People may have ids: `track_id`, or AlphaPose's `idx`.
"""

from __future__ import annotations

import pathlib
import re

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import layouts, tracks
from dgnet_tf.keypoints.detections import Detection, masked
from dgnet_tf.keypoints.readers import json_fields
from dgnet_tf.keypoints.tracks import KeypointFile

FORMAT = (
    "COCO's results (Detectron2, YOLO, ...) or AlphaPose's: `.json`, a list with "
    "`image_id`, `keypoints` and perhaps `track_id`"
)
SUFFIXES = (".json",)


def fits(content) -> bool:
    """Says whether the content of a JSON file is of this format."""
    return json_fields.starts_with(content, "image_id")


def read(path, content: list, layout: str, image_size=None) -> KeypointFile:
    """Returns the people of all frames."""
    found, images = [], {}
    for index, entry in enumerate(content):
        where = f"{path}: entry {index}"
        image = json_fields.field(where, entry, "image_id")
        frame = _frame(where, image)
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
        pixels, confidence = masked(where, keypoints[:, :2], keypoints[:, 2])
        found.append(Detection(frame, pixels, confidence, person))
    return KeypointFile(tracks.join(path, found))


def _frame(where, image) -> int:
    if isinstance(image, str):
        match = re.search(r"([0-9]{1,15})[^0-9]*$", pathlib.PurePath(image).stem)
        if not match:
            raise UserError(
                f"{where}: 'image_id' is {image[:60]!r}, which does not end in a "
                "frame number, as '12.jpg' does. Name the images by number."
            )
        return int(match[1])
    return json_fields.whole(f"{where}: 'image_id'", image)
