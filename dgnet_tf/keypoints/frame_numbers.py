"""Which frame and which person the entries of a table or a list are of.

By columns or keys of any usual name (`entry_names`): a frame's number, else a time in
s, ms, us or ns, else a row's number; and a person's id. Without any of these, entries
count from 0.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf.errors import UserError, warn
from dgnet_tf.keypoints import entry_names, name_numbers
from dgnet_tf.keypoints.readers import json_fields

_WANTED = (
    "Call frame numbers 'frame', times 'time_s' or 'time_ms', people 'person', or "
    "leave it out"
)
# Frames from one time to the next, where only their size says what unit they have.
_FEWEST, _MOST = 0.5, 20.0
_SLOWEST, _FASTEST = 5.0, 500.0  # frames a second, where none are given
_SAME = 0.03  # share by which a time's step may differ from whole frames
_FARTHEST = 1e6  # frames; times that begin later count from their first


def of_entries(
    path, names: Sequence[str], rows: Sequence, places, fps: float | None, what="entry"
) -> list[tuple[int, str | None]]:
    """Returns frame and person of each entry.

    Args:
        path: the file, for messages.
        names: of its columns or keys, those of coordinates left out.
        rows: for each entry its values, in the order of `names`; None where it has
            none. Numbers, or text.
        places: for each entry a number, for messages: "path: entry 5".
        fps: frames per second of the video, if known.
        what: what an entry is called in messages.

    Raises:
        UserError: if a number is none, if two entries are of one frame and person, or
            if a column that changes is not known.
    """
    table = _Table(path, names, rows, places, what)
    found = list(zip(table.frames(fps), table.people(), strict=True))
    first = {}
    for index, (frame, person) in enumerate(found):
        other = first.setdefault((frame, person), index)
        if other != index:
            of = "" if person is None else f" of person {person}"
            raise UserError(
                f"{table.where(index)}: frame {frame}{of} occurs twice, first in "
                f"{what} {places[other]}. Give each frame once; 'person' tells people "
                "apart."
            )
    return found


class _Table:
    """The columns of a file that may say of what its entries are."""

    def __init__(self, path, names, rows, places, what):
        self.path, self.places, self.length = path, places, len(rows)
        self.what = what
        columns = zip(names, zip(*rows, strict=True), strict=True) if rows else ()
        self.columns, self.kinds, self.distinct = {}, {}, {}
        for name, values in columns:
            self.columns[name] = values
            self.kinds[name] = entry_names.kind(name)
            self.distinct[name] = len(set(map(str, values)))
            if self.kinds[name] is None and self.distinct[name] > 1:
                refuse_unknown(path, name, values)
        self.ids_of_rows = False

    def where(self, index) -> str:
        return f"{self.path}: {self.what} {self.places[index]}"

    def of_kind(self, *kinds) -> list[str]:
        """Returns the columns of a kind, those that change first."""
        names = [name for name in self.columns if self.kinds[name] in kinds]
        return sorted(names, key=lambda name: self.distinct[name] < 2)

    def frames(self, fps) -> list[int]:
        files = [n for n in self.of_kind(entry_names.FILE) if self.distinct[n] > 1]
        candidates = [
            *self.of_kind(entry_names.FRAME), *self.of_kind(entry_names.TIME), *files,
        ]  # fmt: skip
        candidates.sort(key=lambda name: self.distinct[name] < 2)
        if candidates:
            name = candidates[0]
            if self.kinds[name] == entry_names.TIME:
                return self._of_times(name, fps)
            return name_numbers.of_images(
                [f"{self.where(i)}: {name!r}" for i in range(self.length)],
                [_number_or_name(value) for value in self.columns[name]],
            )
        return self._of_rows()

    def _of_rows(self) -> list[int]:
        names = self.of_kind(entry_names.ROW, entry_names.ID)
        people = self.of_kind(entry_names.PERSON)[:1]
        alone = not people or self.distinct[people[0]] < 2
        for name in names:
            numbers = [_whole(value) for value in self.columns[name]]
            # Of several people's rows, some have the same frame.
            unique = len(set(numbers)) == self.length
            if None not in numbers and unique == alone:
                self.ids_of_rows = self.kinds[name] == entry_names.ID
                return numbers
        for name in (*names, *self.of_kind(entry_names.PERSON)):
            if self.distinct[name] > 1:
                raise UserError(
                    f"{self.path}: has {name[:40]!r}, but nothing that tells frames. "
                    "Give frame numbers as 'frame'."
                )
        return list(range(self.length))

    def people(self) -> list[str | None]:
        names = self.of_kind(entry_names.PERSON)
        if not names and not self.ids_of_rows:
            names = [n for n in self.of_kind(entry_names.ID) if self._names_people(n)]
        if not names:
            return [None] * self.length
        return [
            _person(f"{self.where(index)}: {names[0]!r}", value)
            for index, value in enumerate(self.columns[names[0]])
        ]

    def _names_people(self, name) -> bool:
        """Says whether an id is a person's: a number that comes again."""
        numbers = {_whole(value) for value in self.columns[name]}
        return None not in numbers and (self.length == 1 or len(numbers) < self.length)

    def _of_times(self, name, fps) -> list[int]:
        times = np.array(
            [
                _number(f"{self.where(index)}: {name!r}", value)
                for index, value in enumerate(self.columns[name])
            ]
        )
        distinct, inverse = np.unique(times, return_inverse=True)
        numbers = _numbered(f"{self.path}: {name!r}", name, distinct, fps)
        return [numbers[index] for index in inverse.ravel()]


def refuse_unknown(path, name: str, values):
    """Raises a UserError that names a column or key that might matter."""
    some = list(dict.fromkeys(map(str, values)))[:3]
    raise UserError(
        f"{path}: what is {name[:40]!r}, with values such as "
        f"{', '.join(reprlib.repr(value) for value in some)}? {_WANTED}."
    )


def _numbered(where, name, times: np.ndarray, fps) -> list[int]:
    """Returns the frames of different times in rising order."""
    if len(times) < 2:
        return [0] * len(times)
    step = _step(times)
    unit = _unit(where, name, step, fps)
    rate = 1 / (step * unit)
    one = step
    if fps is None:
        warn(f"{where} are {rate:.3g} frames a second. Give --fps={rate:.3g}.")
    else:
        whole = max(1, round(fps / rate))
        one = step / whole
        if abs(fps / rate / whole - 1) > _SAME:  # Times at another rate than the video.
            one = 1 / (fps * unit)
        if one != step:
            warn(f"{where} are {rate:.3g} frames a second, --fps is {fps:g}.")
    first = round(times[0] / one) if 0 <= times[0] / one <= _FARTHEST else 0
    numbers = [first + round(value) for value in ((times - times[0]) / one).tolist()]
    for index, (number, following) in enumerate(
        zip(numbers, numbers[1:], strict=False)
    ):
        if number == following:
            raise UserError(
                f"{where}: {times[index]:.10g} and {times[index + 1]:.10g} are both of "
                f"frame {number}{f' at --fps={fps:g}' if fps else ''}. The times are "
                f"of about {rate:.3g} frames a second; give that, or frame numbers."
            )
    return numbers


def _step(times: np.ndarray) -> float:
    """Returns the time from a frame to the next: the usual step, gaps apart."""
    steps = np.diff(times)
    step = float(np.median(steps))
    for _ in range(2):  # Times rounded to ms would add up to wrong gaps.
        step = float(
            (times[-1] - times[0]) / np.maximum(1, np.rint(steps / step)).sum()
        )
    return step


def _unit(where, name, step, fps) -> float:
    """Returns the unit of times, in seconds: as named, or what gives a usual rate."""
    stated = entry_names.seconds(name)
    for unit in entry_names.UNITS if stated is None else (stated,):
        if fps is None:
            fits = _SLOWEST <= 1 / (step * unit) <= _FASTEST
        else:
            fits = (
                _FEWEST <= fps * step * unit <= (_MOST if stated is None else math.inf)
            )
        if fits:
            return unit
    at = f" at --fps={fps:g}" if fps else " at a usual frame rate"
    raise UserError(
        f"{where}: times that are {step:.6g} apart are no times of frames{at}. "
        f"{_WANTED}."
    )


def _number_or_name(value):
    number = _float(value)
    return value if number is None else number


def _number(where, value) -> float:
    number = _float(value)
    if number is None or not math.isfinite(number):
        raise UserError(f"{where}: must be a number, is {reprlib.repr(value)}.")
    return number


def _whole(value) -> int | None:
    number = _float(value)
    if number is None or not 0 <= number < 1 << 53 or number != int(number):
        return None
    return int(number)


def _person(where, value) -> str | None:
    number = _float(value)
    if isinstance(value, str):
        value = value.strip() or None
    return json_fields.person(where, value if number is None else number)


def _float(value) -> float | None:
    """Returns a number, or text that is one, as float; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
