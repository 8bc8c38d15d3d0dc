"""Reads MediaPipe's 33 pose landmarks from CSV, x and y from 0 to 1.

A header, then either a row for each frame, with columns such as `nose_x`,
`nose_y` and `nose_visibility` (or `x0`, `y0`, `visibility0`; numbers may also start
at 1, and `v` stands for visibility), or a row for each landmark, with columns `frame`,
`landmark` (name or number from 0 on), `x`, `y` and `visibility`. A column `frame`
numbers the rows of the first kind, which count from 0 without it. Cells of a missing
landmark are empty.
"""

from __future__ import annotations

import csv
import math
import re

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import layouts, tracks
from dgnet_tf.keypoints.readers import json_fields, mediapipe
from dgnet_tf.keypoints.tracks import KeypointFile

FORMAT = "MediaPipe: `.csv` of its landmarks, from 0 to 1"
SUFFIXES = (".csv",)
_NAMES = layouts.get(mediapipe.LAYOUT).joints
_AXES = {"x": 0, "y": 1, "v": 2, "visibility": 2}
_COLUMN = re.compile(
    r"(?P<a>x|y|v|visibility)_?(?P<i>[0-9]{1,2})"
    r"|(?:landmark_?)?(?P<key>[0-9]{1,2}|[a-z_]+)_(?P<b>x|y|v|visibility)"
)


def fits(content) -> bool:
    """Says whether a CSV file is of this format: all are taken to be."""
    return True


def read(path, content, layout: str, image_size) -> KeypointFile:
    """Returns the person of all frames; an image size must be given."""
    mediapipe.check(path, layout, image_size)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{path}: is not readable CSV ({error}).") from error
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if {"frame", "landmark", "x", "y"} <= set(header):
        cells = _long(path, header, rows[1:])
    else:
        cells = _wide(path, header, rows[1:])
    found = [
        mediapipe.detection(f"{path}: frame {frame}", frame, values, image_size)
        for frame, values in cells.items()
    ]
    return KeypointFile(tracks.join(path, found))


def _long(path, header, rows) -> dict[int, np.ndarray]:
    found = {}
    for line, row in enumerate(rows, start=2):
        where = f"{path}: row {line}"
        values = _cells(where, header, row)
        frame = json_fields.whole(f"{where}: 'frame'", _number(where, values["frame"]))
        name = values["landmark"].strip().lower()
        joint = _NAMES.index(name) if name in _NAMES else _number(where, name)
        joint = json_fields.whole(f"{where}: 'landmark'", joint)
        if joint >= len(_NAMES):
            raise UserError(f"{where}: has landmark {joint}; they are 0 to 32.")
        cells = (values["x"], values["y"], values.get("visibility", "1"))
        table = found.setdefault(frame, np.zeros((len(_NAMES), 3)))
        table[joint] = _values(where, *cells)
    return found


def _wide(path, header, rows) -> dict[int, np.ndarray]:
    columns = _columns(path, header)
    found = {}
    for index, row in enumerate(rows):
        where = f"{path}: row {index + 2}"
        values = _cells(where, header, row)
        frame = _number(where, values.get("frame", str(index)))
        frame = json_fields.whole(f"{where}: 'frame'", frame)
        if frame in found:
            raise UserError(f"{where}: frame {frame} occurs twice.")
        values[None] = "1"  # Of a column that is not there.
        found[frame] = np.array(
            [_values(where, *(values[name] for name in names)) for names in columns]
        )
    return found


def _columns(path, header) -> list[tuple]:
    """Returns the names of each landmark's columns x, y and visibility (or None)."""
    numbered, named = {}, {}
    for name in header:
        match = _COLUMN.fullmatch(name)
        if match:
            key, axis = match["i"] or match["key"], _AXES[match["a"] or match["b"]]
            if key.isdigit():
                numbered[int(key), axis] = name
            elif key in _NAMES:
                named[_NAMES.index(key), axis] = name
    first = 0 if (0, 0) in numbered else 1
    found = named or {(k - first, axis): name for (k, axis), name in numbered.items()}
    for joint, name in enumerate(_NAMES):
        if (joint, 0) not in found or (joint, 1) not in found:
            raise UserError(
                f"{path}: has no columns of x and y for landmark {joint}, {name!r}. "
                f"Name them '{name}_x' and '{name}_y', or x0, y0 to x32, y32."
            )
    return [tuple(found.get((j, axis)) for axis in range(3)) for j in range(33)]


def _cells(where, header, row) -> dict[str, str]:
    if len(row) != len(header):
        raise UserError(f"{where}: has {len(row)} cells under {len(header)} headings.")
    return dict(zip(header, row, strict=True))


def _values(where, *cells) -> list[float]:
    """Returns x, y and visibility of a landmark; zeros if x or y is not given."""
    x, y, visibility = (_number(where, cell) for cell in cells)
    missing = math.isnan(x) or math.isnan(y) or math.isnan(visibility)
    return [0.0, 0.0, 0.0] if missing else [x, y, visibility]


def _number(where, cell: str) -> float:
    if not cell.strip():
        return math.nan
    try:
        return float(cell)
    except ValueError:
        raise UserError(f"{where}: {cell[:40]!r} is not a number.") from None
