"""Reads MediaPipe's 33 pose landmarks from CSV, x and y from 0 to 1.

Cells are divided by commas, by semicolons or by tabs; with these, decimals may have
commas. A header, then either a row for each frame and person, with columns such as
`nose_x`, `nose_y` and `nose_visibility` (or `x0`, `y0`, `visibility0`; numbers may
also start at 1, and `v` stands for visibility), or a row for each landmark, with
columns `landmark` (name or number from 0 on), `x`, `y` and `visibility`. Columns of
frame numbers, times and people have any usual name (`frame_numbers`); rows of the first
kind count from 0 without them. Cells of a missing landmark are empty.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import (
    entry_names,
    frame_numbers,
    landmark_columns,
    layouts,
)
from dgnet_tf.keypoints.readers import json_fields, mediapipe
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = "MediaPipe: `.csv` of its landmarks, from 0 to 1"
SUFFIXES = (".csv",)
MAX_BYTES = 512 << 20
DELIMITERS = ",;\t"  # the one that the header has most of
MAX_LINES = 10_000_000
MAX_LINE, MAX_CELL = 1 << 20, 64  # characters
MAX_TABLES = 250_000  # people and frames whose landmarks are being gathered
_NAMES = layouts.get(mediapipe.LAYOUT).joints


def fits(content) -> bool:
    """Says whether a CSV file is of this format: all are taken to be."""
    return True


def read(path, content, layout: str, image_size, fps=None) -> Sightings:
    """Returns the people of all frames; an image size must be given."""
    mediapipe.check(path, layout, image_size)
    found = Sightings(path)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = _rows(path, file)
            _, header = next(rows, (1, []))
            columns = landmark_columns.in_header(path, header)
            tables = (_long if columns.landmark is not None else _wide)(
                path, columns, rows
            )
            names = [header[index].strip() for index in columns.keys]
            keys, places = _add(path, found, tables, image_size)
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{path}: is not readable CSV ({error}).") from error
    numbered = frame_numbers.of_entries(path, names, keys, places, fps, "row")
    found.renumber(dict(enumerate(numbered)))
    return found


def _add(path, found, tables, image_size):
    """Adds the tables, whose frames count from 0; their key cells and rows."""
    keys, places = [], []
    for line, key, table in tables:
        where = f"{path}: row {line}"
        mediapipe.add_person(found, where, len(keys), table, image_size)
        keys.append(key)
        places.append(line)
    return keys, places


def _rows(path, file) -> Iterator[tuple[int, list[str]]]:
    """Yields the number and cells of each row: what one line can hold, and no more."""
    number, cells, delimiter = 0, 0, ""
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if number > MAX_LINES:
            raise UserError(f"{path}: has more than {MAX_LINES} rows. Split the video.")
        if len(line) > MAX_LINE:
            raise UserError(f"{path}: row {number} is longer than {MAX_LINE} letters.")
        delimiter = delimiter or max(DELIMITERS, key=line.count)
        row = next(csv.reader([line], delimiter=delimiter), [])
        if not row:
            continue
        if delimiter != "," and cells:  # Where commas may stand before decimals.
            row = [cell.replace(",", ".") for cell in row]
        cells = cells or len(row)
        if len(row) != cells:
            raise UserError(
                f"{path}: row {number} has {len(row)} cells under {cells} headings."
            )
        yield number, row


def _wide(path, columns, rows):
    """Yields row, key cells and (33, 3) of each row."""
    for line, row in rows:
        where = f"{path}: row {line}"
        key = _key(where, columns, row)
        values = [
            _values(where, *("1" if index is None else row[index] for index in three))
            for three in columns.joints
        ]
        yield line, key, np.array(values)


def _long(path, columns, rows):
    """Yields row, key cells and (33, 3) of the rows that have the same key cells."""
    tables: dict[tuple, tuple[int, np.ndarray]] = {}
    count = 0
    for line, row in rows:
        count += 1
        where = f"{path}: row {line}"
        key = _key(where, columns, row)
        joint = _joint(where, row[columns.landmark])
        if key not in tables and len(tables) == MAX_TABLES:
            raise UserError(
                f"{where}: more than {MAX_TABLES} people and frames. Split the video."
            )
        table = tables.setdefault(key, (line, np.full((len(_NAMES), 3), np.nan)))[1]
        if not np.isnan(table[joint, 0]):
            of = ", ".join(
                f"{name.strip()} {cell}"
                for name, cell in zip(columns.key_names, key, strict=True)
            )
            raise UserError(
                f"{where}: landmark {joint} ({_NAMES[joint]}) of {of} is given twice. "
                "A column 'person' tells people apart."
            )
        (three,) = columns.joints
        cells = ("1" if index is None else row[index] for index in three)
        table[joint] = _values(where, *cells)
    if 1 < count == len(tables):
        raise UserError(
            f"{path}: each row is of another {columns.key_names[0]!r}, though it holds "
            "one landmark. Give the landmarks of a frame its number, as 'frame'."
        )
    while tables:  # Let go of as they are taken.
        key = next(iter(tables))
        line, table = tables.pop(key)
        yield line, key, np.nan_to_num(table)


def _key(where, columns, row) -> tuple[str, ...]:
    key = tuple(row[index].strip() for index in columns.keys)
    for name, cell in zip(columns.key_names, key, strict=True):
        if len(cell) > MAX_CELL:
            raise UserError(
                f"{where}: {name[:40]!r} has {len(cell)} letters; up to {MAX_CELL} "
                "are read."
            )
    return key


def _joint(where, cell: str) -> int:
    name = entry_names.words(cell).removeprefix("pose_landmark_")
    joint = _NAMES.index(name) if name in _NAMES else _number(where, cell)
    joint = json_fields.whole(f"{where}: 'landmark'", joint)
    if joint >= len(_NAMES):
        raise UserError(f"{where}: has landmark {joint}; they are 0 to 32.")
    return joint


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
