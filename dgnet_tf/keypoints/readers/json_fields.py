"""Checked access to the fields of JSON that keypoint detectors write.

Each check raises a `UserError` that begins with `where` if a value is something else.
"""

from __future__ import annotations

import functools
import reprlib

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import entry_names
from dgnet_tf.keypoints.json_lists import JsonList

_MAX_WHOLE = 1 << 53
_NOBODY = ("", "-1", "-1.0", "none", "null", "nan")


def is_list(content) -> bool:
    """Says whether the content of a JSON file is a list."""
    return isinstance(content, list | JsonList)


def first(content):
    """Returns the first entry of a JSON file that is a list; None for any other."""
    if isinstance(content, JsonList):
        return content.first
    return content[0] if isinstance(content, list) and content else None


def first_names(content) -> list[str]:
    """Returns the fields of a list's first entry, where that is an object; else []."""
    entry = first(content)
    return list(entry) if isinstance(entry, dict) else []


def starts_with(content, name: str) -> bool:
    """Says whether `content` is a list, and its first entry an object with a field."""
    return name in first_names(content)


def field(where: str, mapping, name: str, check=None):
    """Returns a field of an object, through one of the checks below if it is given."""
    if not isinstance(mapping, dict):
        raise UserError(f"{where}: must be an object, is {reprlib.repr(mapping)}.")
    if name not in mapping:
        raise UserError(
            f"{where}: has no field {name!r}, only {reprlib.repr(sorted(mapping))}."
        )
    value = mapping[name]
    return check(f"{where}: {name!r}", value) if check else value


def listed(where: str, value) -> list:
    """Returns `value`, which must be a list."""
    if not is_list(value):
        raise UserError(f"{where}: must be a list, is {reprlib.repr(value)}.")
    return value


def numbers(where: str, values) -> np.ndarray:
    """Returns a list of numbers as a float64 array (n,)."""
    for value in listed(where, values):
        if type(value) not in (int, float):
            raise UserError(
                f"{where}: must hold numbers only, holds {reprlib.repr(value)}."
            )
    try:
        return np.array(values, np.float64)
    except OverflowError:
        raise UserError(f"{where}: holds a number that is too large.") from None


def triples(where: str, values) -> np.ndarray:
    """Returns a flat list x, y, score, x, y, score, ... as an array (n, 3)."""
    flat = numbers(where, values)
    if len(flat) % 3:
        raise UserError(
            f"{where}: must hold x, y and score of each joint, holds {len(flat)} "
            "numbers."
        )
    return flat.reshape(-1, 3)


def whole(where: str, value) -> int:
    """Returns a whole number from 0 on; 3.0 is one, too."""
    if type(value) in (int, float) and 0 <= value < _MAX_WHOLE and value == int(value):
        return int(value)
    raise UserError(
        f"{where}: must be a whole number from 0 on, is {reprlib.repr(value)}."
    )


def person(where: str, value) -> str | None:
    """Returns the name of a track: a whole number or a short word; None for none.

    For none, trackers also write a negative number, NaN, or a word for it. Of a list
    the first entry counts.
    """
    while isinstance(value, list) and value:
        value = value[0]
    if value is None or value == [] or _is_nobody(value):
        return None
    if isinstance(value, str):
        # What is not printable, such as half a surrogate pair, cannot be written.
        if len(value) <= 64 and value.isprintable() and "/" not in value:
            return value
        raise UserError(f"{where}: {reprlib.repr(value)} is not a name of a person.")
    return str(whole(where, value))


def person_of(where: str, entry: dict) -> str | None:
    """Returns the name of the track in the first of the fields that usually hold it."""
    usual = [name for name in ("track_id", "idx") if name in entry]
    for name in (*usual, *filter(_is_person, entry)):
        return person(f"{where}: {name!r}", entry[name])
    return None


@functools.lru_cache(maxsize=1000)
def _is_person(name: str) -> bool:
    return entry_names.kind(name) == entry_names.PERSON


def _is_nobody(value) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in _NOBODY
    return type(value) in (int, float) and not value >= 0
