"""Reads the `.npz` that VideoPose3D's inference scripts for Detectron write.

`boxes` and `keypoints` have an entry for each frame and class; that of people is the
second. For n people it is (n, 5) left, top, right, bottom and score, and (n, 4, 17) x,
y, logit and probability, which stands for the confidence; where there is nobody, [].
`metadata` has the video's `w` and `h`.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import npz_files
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.detections import floats
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = (
    "VideoPose3D's Detectron scripts: `.npz` with `boxes`, `keypoints` and `metadata`, "
    "which states the image size"
)
SUFFIXES = (".npz",)
MAX_BYTES = 1 << 30  # of objects and numbers; an hour of one person has some 100 MB
_ENTRIES = ("boxes", "keypoints", "metadata")
_X, _Y, _PROBABILITY = 0, 1, 3


def fits(content) -> bool:
    """Says whether an `.npz` with these arrays is of this format."""
    return set(_ENTRIES) <= set(content)


def read(path, content, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the people of all frames, and the image size if it is stated."""
    arrays = npz_files.read(path, ("keypoints", "metadata"), MAX_BYTES)
    if not _is_row(arrays["keypoints"]):
        raise UserError(f"{path}: 'keypoints' must have an entry for each frame.")
    found = Sightings(path)
    for frame, classes in enumerate(arrays["keypoints"]):
        where = f"{path}: frame {frame}"
        if not _is_row(classes) or len(classes) != 2 or not _is_row(classes[1]):
            raise UserError(f"{where}: 'keypoints' must have people second.")
        if len(classes[1]) == 0:
            continue
        people = _people(where, classes[1])
        layouts.check_count(where, people.shape[2], layout)
        for number, person in enumerate(people):
            rows = person[[_X, _Y, _PROBABILITY]].T
            found.add(f"{where}, person {number}", frame, rows)
    found.image_size = _image_size(path, arrays["metadata"])
    return found


def _is_row(value) -> bool:
    return isinstance(value, (list, tuple)) or (
        isinstance(value, np.ndarray) and value.ndim > 0
    )


def _people(where, people) -> np.ndarray:
    """Returns (n, 4, J) of an array or, as the older script has it, a list of them."""
    known = all(getattr(one, "dtype", np.dtype(object)).kind in "fiu" for one in people)
    shapes = {one.shape for one in people} if known else {()}
    shape = shapes.pop()
    if shapes or len(shape) != 2 or shape[0] != 4:
        raise UserError(
            f"{where}: people must be arrays of x, y, logit and probability, (4, "
            "joints) each."
        )
    return floats(list(people))


def _image_size(path, metadata):
    if not isinstance(metadata, dict) or not {"w", "h"} <= set(metadata):
        return None
    size = (metadata["w"], metadata["h"])
    if not all(isinstance(v, int | np.integer) and 0 < v <= 1e5 for v in size):
        raise UserError(
            f"{path}: 'metadata' has 'w' and 'h' {size}, not an image size."
        )
    return int(size[0]), int(size[1])
