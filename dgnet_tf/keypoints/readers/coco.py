"""Reads COCO keypoint results, and AlphaPose's, which are much the same.

A list of `{"image_id", "keypoints": [x, y, score, ...]}`, one for each person in each
image. `image_id` is the frame's number, or an image's name that ends in it, such as
"12.jpg". A frame's number of its own counts before it, such as `frame_id`. People may
have ids: `track_id`, AlphaPose's `idx`, or any usual name (`entry_names`).
"""

from __future__ import annotations

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.keypoints import entry_names, layouts, name_numbers
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
    found, images, key = Sightings(path), {}, _frame_key(path, content)
    for index, entry in enumerate(content):
        where = f"{path}: entry {index}"
        image = json_fields.field(where, entry, key)
        if not isinstance(image, str):
            image = json_fields.whole(f"{where}: {key!r}", image)
        number, _ = images.setdefault(image, (len(images), f"{where}: {key!r}"))
        keypoints = json_fields.field(where, entry, "keypoints", json_fields.triples)
        layouts.check_count(where, len(keypoints), layout)
        person = json_fields.person_of(where, entry)
        found.add(where, number, keypoints, person)
    found.renumber(_numbers(images))
    return found


def _numbers(images) -> dict[int, tuple[int, None]]:
    """Returns the frame of each image, by the image's own number."""
    numbers, first = {}, {}
    wheres = [where for _, where in images.values()]
    frames = name_numbers.of_images(wheres, list(images))
    for (image, (number, where)), frame in zip(images.items(), frames, strict=True):
        other = first.setdefault(frame, image)
        if other != image:
            raise UserError(
                f"{where}: both {shortened(other)} and {shortened(image)} are frame "
                f"{frame}. Keep each video's results in a file of its own."
            )
        numbers[number] = frame, None
    return numbers


def _frame_key(path, content) -> str:
    """Returns the field that numbers frames.

    A frame's number of its own, if it tells images apart as `image_id` does; else that.

    Raises:
        UserError: if only a time tells images apart.
    """
    names = json_fields.first_names(content)
    own = [
        name
        for name in names
        if entry_names.words(name).startswith("frame")
        and entry_names.kind(name) == entry_names.FRAME
    ][:1]
    times = [n for n in names if entry_names.kind(n) == entry_names.TIME][:1]
    if not own and not times:
        return "image_id"
    images: dict = {}
    for entry in content:
        if isinstance(entry, dict):
            image, *others = (
                repr(entry.get(name)) for name in ("image_id", *own, *times)
            )
            images.setdefault(image, set()).add(tuple(others))
    if own:
        numbers = [one[0] for others in images.values() for one in others]
        if len(images) == 1 or len(set(numbers)) == len(numbers) == len(images):
            return own[0]
    elif len(images) == 1 < len(next(iter(images.values()))):
        raise UserError(
            f"{path}: 'image_id' is the same in all entries, though {times[0]!r} is "
            "not. Give each frame's number as 'image_id'."
        )
    return "image_id"
