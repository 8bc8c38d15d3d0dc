"""Makes tracks of the keypoints that Python callers pass: arrays or a dict of them."""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.keypoints import detections, image_sizes, layouts
from dgnet_tf.keypoints.readers import arrays
from dgnet_tf.keypoints.sightings import Sightings
from dgnet_tf.keypoints.tracks import Track


def tracks(keypoints, confidence, layout: str, image_size) -> list[Track]:
    """Returns a track of each person, checked as keypoint files are.

    Args:
        keypoints: (F, J, 2) of one person, (P, F, J, 2) of several, or a dict of a
            name to (F, J, 2) of each; pixels. With a last axis of 3, the third column
            is the confidence. A dict may also hold `tracks.Track`.
        confidence: the same without the last axis, or None: a joint is missing where
            its confidence is 0, where it is at exactly 0,0 or -1,-1 or, without
            confidence, where its coordinates are NaN.
        layout: name of the keypoints' layout.
        image_size: width and height of the video, pixels.

    Raises:
        UserError: if keypoints do not fit the layout or image, are not numbers, or a
            person is never seen.
        ValueError: if image size or confidence are not what is described.
    """
    check_size(image_size)
    layouts.get(layout)
    people = [_track(*one, layout) for one in _people(keypoints, confidence)]
    for person in people:
        if not person.confidence.any():
            raise UserError(
                f"`keypoints`: every joint of person {person.person} is missing in "
                "every frame."
            )
    image_sizes.check("`keypoints`", people, tuple(image_size))
    image_sizes.warn_if_upside_down("`keypoints`", people, layout)
    return people


def check_size(image_size):
    """Raises ValueError if width and height are not two numbers from 1 to 10^6."""
    size = _array("image_size", image_size)
    numbers = size.shape == (2,) and size.dtype.kind in "fiu"
    if not numbers or not ((size >= 1) & (size <= detections.MAX_PIXEL)).all():
        raise ValueError(
            "`image_size` must be width and height in pixels, each from 1 to "
            f"{detections.MAX_PIXEL:,.0f}, got {shortened(image_size)}."
        )


def split(where: str, keypoints, confidence=None):
    """Returns (..., J, 2) keypoints and (..., J) confidence, a third column's, or None.

    Raises:
        UserError: if the last axis has neither 2 nor 3 columns.
        ValueError: if there are a third column and `confidence`.
    """
    keypoints = _array(where, keypoints)
    confidence = None if confidence is None else _array("`confidence`", confidence)
    if keypoints.ndim < 2 or keypoints.shape[-1] not in (2, 3):
        raise UserError(
            f"{where}: must end in (joints, 2) or (joints, 3), has shape "
            f"{keypoints.shape}."
        )
    if keypoints.shape[-1] == 2:
        return keypoints, confidence
    if confidence is not None:
        raise ValueError(
            "`confidence` must be None where `keypoints` have a third column."
        )
    return keypoints[..., :2], keypoints[..., 2]


def numbers(where: str, values) -> np.ndarray:
    """Returns numbers as float64; of anything else raises a UserError."""
    return detections.number_array(where, _array(where, values))


def _people(keypoints, confidence):
    """Yields where, name, keypoints and confidence of each person."""
    if isinstance(keypoints, dict):
        if not keypoints:
            raise UserError("`keypoints`: is an empty dict. Give at least one person.")
        if confidence is None:
            confidence = dict.fromkeys(keypoints)
        elif not isinstance(confidence, dict):
            raise ValueError("`confidence` must be a dict as `keypoints` is, or None.")
        lacking = set(keypoints) ^ set(confidence)
        if lacking:
            raise ValueError(
                "`confidence` must hold the people of `keypoints`; "
                f"{sorted(map(str, lacking))} are in only one of them."
            )
        for name, rows in keypoints.items():
            yield f"`keypoints` of {name}", str(name), rows, confidence[name]
        return
    array = _array("`keypoints`", keypoints)
    if array.ndim != 4:
        yield "`keypoints`", "1", array, confidence
        return
    if not len(array):
        raise UserError(f"`keypoints`: has no person; its shape is {array.shape}.")
    if confidence is None:
        confidence = [None] * len(array)
    elif len(confidence) != len(array):
        raise ValueError(
            f"`confidence` must be of the {len(array)} people of `keypoints`, got "
            f"{len(confidence)}."
        )
    for number, (rows, score) in enumerate(zip(array, confidence, strict=True), 1):
        yield f"`keypoints` of {number}", str(number), rows, score


def _track(where, name, rows, score, layout) -> Track:
    if isinstance(rows, Track):
        layouts.check_count(where, rows.confidence.shape[-1], layout)
        return rows
    rows, score = split(where, rows, score)
    found = Sightings(where)
    arrays.add(found, where, rows, score, layout, name)
    return found.people()[0]


def _array(where, values) -> np.ndarray:
    try:
        return np.asarray(values)
    except ValueError as error:  # Rows of different lengths.
        raise UserError(
            f"{where}: is not an array of numbers; its parts differ in shape ({error})."
        ) from error
