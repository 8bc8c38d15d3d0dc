"""Reads one person's keypoints from `.npz` and `.npy` files of plain arrays.

`.npz` holds `keypoints` (F, J, 2) pixels and perhaps `confidence` (F, J), which may
also be called `scores` and such; `.npy` is (F, J, 2), or (F, J, 3) with the confidence
last. A joint is missing where its confidence is 0, where it stands at exactly 0,0,
-1,-1 or another mark (`detections.placeholders`), and in a file without confidence
where its coordinates are NaN.
"""

from __future__ import annotations

import warnings

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import expansion, npz_files, unpickling
from dgnet_tf.keypoints import detections, layouts
from dgnet_tf.keypoints.sightings import Sightings

MAX_BYTES = 1 << 30  # of numbers as float64
FORMAT = (
    "plain arrays: `.npz` with `keypoints` (frames, joints, 2) in pixels and perhaps "
    "`confidence` (frames, joints), or `.npy` (frames, joints, 2 or 3)"
)
SUFFIXES = (".npz", ".npy")
# What the array of confidences is called: the first that is there.
CONFIDENCES = (
    "confidence", "confidences", "conf", "scores", "score", "keypoint_scores",
    "keypoints_scores", "visibility",
)  # fmt: skip


def fits(content) -> bool:
    """Says whether an array file is of this format: all are taken to be."""
    return True


def read(path, content, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the person of a file."""
    if content is None:
        array, confidence = _from_npy(path), None
        if array.ndim == 3 and array.shape[2] == 3:
            array, confidence = array[..., :2], array[..., 2]
    else:
        scores = [name for name in CONFIDENCES if name in content][:1]
        arrays = npz_files.read(path, ["keypoints", *scores], MAX_BYTES)
        array = arrays["keypoints"]
        confidence = arrays[scores[0]] if scores else None
    found = Sightings(path)
    add(found, path, array, confidence, layout)
    return found


def _from_npy(path) -> np.ndarray:
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of headers that Python 2 wrote.
            shape, fortran, dtype = npz_files.header(file)
            content = file.read()
            numbers = len(content) // max(1, dtype.itemsize)
            budget = expansion.Budget(len(content), MAX_BYTES)
            budget.take(expansion.of_numbers(numbers, dtype))
            # A view of what is there: a shape alone claims no memory.
            return unpickling.numeric(shape, dtype, fortran, content)
    except (
        unpickling.Refused, ValueError, TypeError, LookupError, OverflowError, EOFError,
        OSError, MemoryError, RecursionError,
    ) as error:  # fmt: skip
        raise UserError(
            f"{path}: cannot be read as .npy without pickles "
            f"({' '.join(str(error).split())[:100]}). Write it with numpy.save from an "
            "array of numbers."
        ) from error


def add(found: Sightings, path, keypoints, confidence, layout: str, person="1"):
    """Adds the person that (F, J, 2) and (F, J) arrays show, from frame 0 on.

    Without confidence, None, joints are missing where coordinates are NaN.

    Raises:
        UserError: if they do not fit the layout or hold numbers that cannot be pixels.
    """
    keypoints = detections.number_array(f"{path}: 'keypoints'", keypoints)
    if keypoints.ndim != 3 or keypoints.shape[2] != 2:
        raise UserError(
            f"{path}: 'keypoints' must have shape (frames, joints, 2), has "
            f"{keypoints.shape}."
        )
    layouts.check_count(path, keypoints.shape[1], layout)
    if len(keypoints) == 0:
        raise UserError(f"{path}: has no frame. Give keypoints of one frame or more.")
    if confidence is None:
        confidence = np.where(np.isnan(keypoints).any(axis=-1), 0.0, 1.0)
    confidence = detections.number_array(f"{path}: 'confidence'", confidence)
    if confidence.shape != keypoints.shape[:2]:
        raise UserError(
            f"{path}: 'confidence' must have shape {keypoints.shape[:2]}, as the "
            f"keypoints, has {confidence.shape}."
        )
    detections.refuse(path, confidence < 0, "'confidence' is negative")
    found.follow(person, keypoints, confidence)
