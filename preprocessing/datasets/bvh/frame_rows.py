"""The numbers below the line MOTION: frame after frame, one row of numbers each."""

from __future__ import annotations

import re

import numpy as np

from dgnet_tf.errors import UserError, shortened
from preprocessing.datasets.bvh import text
from preprocessing.datasets.bvh.text import Lines

SLOWEST, FASTEST = 10.0, 1000.0  # frames per second
MAX_NUMBERS = 1 << 27  # 1 GiB


def read_head(lines: Lines) -> tuple[int, float]:
    """Reads the two lines after MOTION.

    Returns:
        The number of frames that the file states, and frames per second.

    Raises:
        UserError: if they are not there, or the rate is none.
    """
    frames = _field(lines, r"Frames\s*:?\s*([0-9]+)", "Frames: NUMBER")
    seconds = _field(lines, r"Frame\s*Time\s*:?\s*([^\s:]\S*)", "Frame Time: SECONDS")
    # Python converts no numbers of more than 4300 digits.
    return int(frames[:20]), _fps(lines, seconds)


def read_rows(lines: Lines, frames: int, channels: int) -> np.ndarray:
    """Reads the frames, up to the file's end.

    A frame may take several lines. It begins on a line of its own, unless all lines
    hold the same number of numbers.

    Args:
        lines: of the file, after `read_head`.
        frames: how many it states.
        channels: numbers of a frame.

    Returns:
        (frames, channels) float64.

    Raises:
        UserError: if something is no number or beyond `text.FARTHEST`, or if there
            are fewer or more.
    """
    stated = f"states {frames} frames of {channels} channels"
    _check_room(lines, stated, frames * channels)
    values, rows = np.empty(frames * channels), _Rows(channels)
    while (line := lines.next()) is not None:
        numbers = _numbers(lines, line)
        room = values[rows.numbers : rows.numbers + len(numbers)]
        room[:] = numbers[: len(room)]
        rows.add(len(numbers), lines.number)
    if rows.numbers != len(values):
        whole, rest = divmod(rows.numbers, channels)
        holds = f"{whole} and {rest} numbers" if rest else f"{whole}"
        raise UserError(
            f"{lines.path}: {stated} and holds {holds}{rows.odd()}. The file is cut "
            "off or damaged; export it again."
        )
    if rows.mixed():
        raise UserError(
            f"{lines.path}: its frames do not begin on lines of their own{rows.odd()}. "
            "The file is damaged; export it again."
        )
    return values.reshape(frames, channels)


class _Rows:
    """How the numbers are spread over lines."""

    def __init__(self, channels):
        self.channels, self.numbers = channels, 0
        self._lines = self._whole = 0  # Lines, and those of just one frame.
        self._first = self._last = 0  # Numbers of the first line and of the last.
        self._even, self._aligned = True, True
        self._odd = None  # The first line of another length than a frame.

    def add(self, numbers, line):
        if self._lines:
            # The last of evenly filled lines may be shorter.
            self._even &= self._last == self._first and numbers <= self._first
        else:
            self._first = numbers
        begun = self.numbers % self.channels
        self._aligned &= begun + numbers <= self.channels
        if numbers == self.channels:
            self._whole += 1
        elif self._odd is None:
            self._odd = (line, numbers)
        self._lines, self._last = self._lines + 1, numbers
        self.numbers += numbers

    def mixed(self) -> bool:
        """Whether it is unclear which numbers belong to which frame."""
        return not (self._aligned or self._even)

    def odd(self) -> str:
        """Returns where the first line is that is not a frame, if most are."""
        if self._odd is None or 2 * self._whole < self._lines:
            return ""
        line, numbers = self._odd
        return f"; line {line} holds {numbers} numbers, a frame has {self.channels}"


def _numbers(lines, line) -> np.ndarray:
    tokens = line.split()
    try:
        # Python reads 1_000 and other alphabets' digits too.
        if line.isascii() and "_" not in line:
            numbers = np.array(list(map(float, tokens)))
            if (np.abs(numbers) <= text.FARTHEST).all():
                return numbers
        return np.array([text.number(token) for token in tokens])
    except ValueError:
        pass
    for token in tokens:
        try:
            text.number(token)
        except ValueError as error:
            raise lines.error(str(error)) from error
    raise AssertionError("one of the tokens is no number")


def _check_room(lines, stated, numbers):
    """Refuses what the file cannot hold before memory is taken for it."""
    if not numbers:
        raise UserError(f"{lines.path}: {stated}; there is no motion in it.")
    # A number takes a digit and a space.
    if numbers > (lines.size + 1) // 2:
        raise UserError(
            f"{lines.path}: {stated}, for which its {lines.size} bytes are too few. "
            "The file is cut off or damaged; export it again."
        )
    if numbers > MAX_NUMBERS:
        raise UserError(
            f"{lines.path}: {stated}; a file may hold {MAX_NUMBERS} numbers. Cut it "
            "into takes."
        )


def _field(lines, pattern, expected) -> str:
    line = (lines.next(text.MAX_HEADER) or "").strip()
    match = re.fullmatch(pattern, line, re.IGNORECASE | re.ASCII)
    if not match:
        raise lines.error(
            f"after MOTION must come a line '{expected}', found {shortened(line)}"
        )
    return match.group(1)


def _fps(lines, seconds) -> float:
    try:
        period = text.number(seconds)
    except ValueError as error:
        raise lines.error(f"'Frame Time': {error}") from error
    if not 1.0 / FASTEST <= period <= 1.0 / SLOWEST:
        raise lines.error(
            f"'Frame Time: {seconds[:40]}' must be the seconds between frames, "
            f"{1.0 / FASTEST:g} to {1.0 / SLOWEST:g}"
        )
    fps = 1.0 / period
    # Files round 1/120 to .0083333 and 1/30 to 0.033333.
    return float(round(fps)) if abs(fps - round(fps)) < 1e-4 * fps else fps
