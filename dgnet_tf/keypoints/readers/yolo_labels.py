"""Reads the labels of YOLO's pose models: a text file for each frame.

Ultralytics' `predict(save_txt=True)` makes `labels/<video>_<frame>.txt`, and none of a
frame that shows nobody. A line is one person: class, the box's x, y, width and height,
then x and y of each keypoint, with its confidence where the model gives one, all as
shares of the image; behind that the person's confidence (`save_conf=True`), and the
track's number (`track`). Where one number stands there it is a track's if all that the
files have are whole numbers from 1 on.
"""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.keypoints import detections, json_lists, layouts
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = (
    "YOLO's labels (Ultralytics' `save_txt=True`): a folder of `.txt` files named by "
    "frame, from 0 to 1, with or without confidence and tracks"
)
SUFFIXES = (".txt",)
MAX_BYTES = 4 << 20  # of one frame
_BOX = 5  # numbers before the keypoints, the class among them


def load(path) -> list[str]:
    """Returns the lines of a file that are not empty.

    Raises:
        UserError: if it is no text, or too large for one frame.
    """
    path = pathlib.Path(path)
    json_lists.check_bytes(path, MAX_BYTES)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is no text ({error.reason}).") from error
    return [line for line in text.splitlines() if line.strip()]


def fits(content) -> bool:
    """Says whether lines are labels, by the first: a class and at least a box."""
    if not content:
        return False
    cells = content[0].split()
    try:
        [float(cell) for cell in cells]
    except ValueError:
        return False
    return len(cells) >= _BOX and cells[0].isdigit()


def read_frames(folder, frames, layout: str, image_size=None) -> Sightings:
    """Returns the people of a video; an image size must be given.

    Args:
        folder: for messages.
        frames: number and file of each frame.
        layout, image_size: see `readers`.

    Raises:
        UserError: if a file is not as the module describes it.
    """
    found = _Labels(folder, layout, image_size)
    for frame, path in frames:
        found.add(path, frame, load(path))
    return found.settled()


class _Labels:
    """Collects a video's people, and what their last numbers can be."""

    def __init__(self, path, layout, image_size):
        if not image_size:
            raise UserError(
                f"{path}: YOLO's labels go from 0 to 1. Give the video's --image_size, "
                "as in 1920x1080."
            )
        self._found = Sightings(path)
        self._layout, self._size = layout, image_size
        self._joints = len(layouts.get(layout).joints)
        self._each: int | None = None  # numbers of a keypoint
        self._ids = True

    def add(self, path, frame: int, lines):
        for number, line in enumerate(lines, 1):
            where = f"{path}: line {number}"
            values = _numbers(where, line)
            each, behind = self._form(where, len(values))
            if self._each not in (None, each):
                raise UserError(
                    f"{where}: has {each} numbers for a keypoint, others have "
                    f"{self._each}. Keep each model's labels in a folder of their own."
                )
            self._each = each
            rows = values[_BOX : len(values) - behind].reshape(self._joints, each)
            if each == 2:
                rows = np.column_stack([rows, np.ones(len(rows))])
            detections.check_shares(where, "YOLO's labels", rows)
            person = None
            if behind:
                last = values[-1]
                whole = 1 <= last < 1e9 and last == int(last)
                if behind == 2 and not whole:
                    raise UserError(
                        f"{where}: {last:g} at its end is not a track's number."
                    )
                self._ids &= whole or behind == 2
                person = str(int(last)) if whole else None
            self._found.add(where, frame, rows, person, self._size)

    def settled(self) -> Sightings:
        if not self._ids:  # The last numbers are confidences.
            self._found.found = [
                dataclasses.replace(one, person=None) for one in self._found.found
            ]
        return self._found

    def _form(self, where, count) -> tuple[int, int]:
        """Returns how many numbers a keypoint has, and how many stand behind all."""
        for each in (3, 2):
            behind = count - _BOX - each * self._joints
            if 0 <= behind <= 2:
                return each, behind
        if count <= _BOX + 2:
            raise UserError(
                f"{where}: has a box, but no keypoints. Let a pose model predict, such "
                "as yolo11n-pose.pt."
            )
        layouts.check_count(where, (count - _BOX) // 3, self._layout)
        raise UserError(f"{where}: has {count} numbers, which is no line of labels.")


def _numbers(where, line: str) -> np.ndarray:
    try:
        return np.array([float(cell) for cell in line.split()])
    except ValueError:
        raise UserError(f"{where}: {shortened(line)} must hold numbers only.") from None
