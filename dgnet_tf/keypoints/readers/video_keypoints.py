"""Writes and reads what was found in a video: our own `.npz`, which says what it is.

It holds `layout`, the video's `image_size` (width, height), `times` (V,) in seconds of
its frames from number `first_frame` on, and `fps`, what the video states, or 0. Of the
people `people` has the names; the first's arrays are `keypoints` (F, J, 2) pixels,
`confidence` (F, J), 0 where a joint is missing, and `start`, the number of the first of
the F frames; the second's are `keypoints/2`, `confidence/2`, `start/2`, and so on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import npz_files
from dgnet_tf.files.atomic import write_bytes
from dgnet_tf.keypoints import detections, layouts
from dgnet_tf.keypoints.frame_times import FrameTimes
from dgnet_tf.keypoints.sightings import Sightings
from dgnet_tf.keypoints.tracks import Track

MAX_BYTES = 1 << 30  # of numbers as float64
FORMAT = "keypoints saved by `python -m dgnet_tf.lift --video --save_keypoints`: `.npz`"
SUFFIXES = (".npz",)
_FACTS = ("layout", "image_size", "times", "first_frame", "fps", "people")
_MOST_PEOPLE = 10_000


@dataclasses.dataclass(frozen=True, eq=False)
class SavedVideo:
    """What a file of saved keypoints says of its video.

    Attributes:
        layout: name of the keypoints' layout.
        image_size: width and height, pixels.
        times: of the frames.
        people: their names.
    """

    layout: str
    image_size: tuple[int, int]
    times: FrameTimes
    people: tuple[str, ...]


def write(path, people: Sequence[Track], layout: str, image_size, times: FrameTimes):
    """Writes the keypoints of a video, whole or not at all."""
    facts = {
        "layout": layout,
        "image_size": np.array(image_size, np.int64),
        "times": times.seconds,
        "first_frame": np.int64(times.first),
        "fps": np.float64(times.stated or 0),
        "people": np.array([person.person for person in people]),
    }
    for number, person in enumerate(people):
        facts |= {
            _named("keypoints", number): person.keypoints,
            _named("confidence", number): person.confidence,
            _named("start", number): np.int64(person.first_frame),
        }
    write_bytes(path, npz_files.packed(facts))


def fits(content) -> bool:
    """Says whether an array file with these names is of this format."""
    return content is not None and set(_FACTS) <= set(content)


def video(path) -> SavedVideo:
    """Reads what a file says of its video.

    Raises:
        UserError: if it is missing, damaged or not of this format.
    """
    found = npz_files.read(path, _FACTS, MAX_BYTES)
    layout = _text(path, "layout", found["layout"])
    layouts.get(layout)
    size = _numbers(path, "image_size", found["image_size"], 1)
    if len(size) != 2 or not ((size >= 1) & (size <= detections.MAX_PIXEL)).all():
        raise UserError(f"{path}: 'image_size' must be width and height, is {size}.")
    first = _numbers(path, "first_frame", found["first_frame"], 0)
    fps = _numbers(path, "fps", found["fps"], 0)
    seconds = _numbers(path, "times", found["times"], 1)
    if not 0 <= first <= 2**40 or not 0 <= fps <= 1e6:
        raise UserError(f"{path}: 'first_frame' or 'fps' is out of range.")
    try:
        times = FrameTimes(int(first), seconds, float(fps) or None)
    except ValueError as error:
        raise UserError(f"{path}: 'times': {error}") from error
    names = np.asarray(found["people"])
    if names.ndim != 1 or names.dtype.kind != "U" or not 0 < len(names) <= _MOST_PEOPLE:
        raise UserError(f"{path}: 'people' must be names, is {shortened(names)}.")
    printed = all(str(name).isprintable() and name for name in names)
    if len(set(names)) < len(names) or not printed:
        raise UserError(f"{path}: 'people' must be different names that print.")
    return SavedVideo(layout, tuple(map(int, size)), times, tuple(map(str, names)))


def read(path, content, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the people of a file."""
    said = video(path)
    if layout != said.layout:
        raise UserError(
            f"{path}: holds keypoints of layout {said.layout!r}, not {layout!r}. Leave "
            "--layout out."
        )
    found = Sightings(path)
    found.image_size, found.fps = said.image_size, said.times.fps
    joints = len(layouts.get(layout).joints)
    for number, person in enumerate(said.people):
        names = [_named(n, number) for n in ("keypoints", "confidence", "start")]
        arrays = npz_files.read(path, names, MAX_BYTES)
        keypoints, confidence, start = (arrays[name] for name in names)
        where = f"{path}: person {person}"
        keypoints = detections.number_array(where, keypoints)
        confidence = detections.number_array(where, confidence)
        start = int(_numbers(path, names[2], start, 0))
        frames = len(keypoints) if keypoints.ndim else 0
        last = said.times.first + len(said.times.seconds)
        fitting = (frames, joints, 2), (frames, joints)
        if (keypoints.shape, confidence.shape) != fitting or not frames:
            raise UserError(
                f"{where}: must have (frames, {joints}, 2) keypoints and their "
                f"confidence, has {keypoints.shape} and {confidence.shape}."
            )
        if start < said.times.first or start + frames > last:
            raise UserError(
                f"{where}: has frames {start} to {start + frames - 1}, 'times' has "
                f"{said.times.first} to {last - 1}."
            )
        detections.refuse(where, confidence < 0, "'confidence' is negative")
        found.follow(person, keypoints, confidence, start)
    return found


def _named(name, number) -> str:
    return f"{name}/{number + 1}" if number else name


def _text(path, name, value) -> str:
    value = np.asarray(value)
    if value.ndim or value.dtype.kind != "U":
        raise UserError(f"{path}: {name!r} must be a text, is {shortened(value)}.")
    return str(value)


def _numbers(path, name, value, dimensions) -> np.ndarray:
    value = detections.number_array(f"{path}: {name!r}", np.asarray(value))
    if value.ndim != dimensions or not np.isfinite(value).all():
        raise UserError(
            f"{path}: {name!r} must be {'numbers' if dimensions else 'a number'}, is "
            f"{shortened(value)}."
        )
    return value
