"""Finds the frame's number among the numbers in files' and images' names.

Names that are alike but for their numbers are compared: the frame's number is the one
that takes the most values; of several, the one whose values lie closest together, as a
time beside it runs faster; and of several still, the last.
"""

from __future__ import annotations

import itertools
import pathlib
import re
import statistics
from collections.abc import Sequence

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints.readers import json_fields

MAX_DIGITS = 15


def parts(name: str) -> list[str]:
    """Divides a name into text, digits, text, ..., text."""
    return re.split(r"([0-9]+)", name)


def place(where: str, names: Sequence[Sequence[str]]) -> int:
    """Returns which part of names that are alike, at least one, is the frame's.

    Raises:
        UserError: if they hold seconds with decimals; it begins with `where`.
    """
    values = _values(names)

    def rank(part):
        numbers = [int(digits[: MAX_DIGITS + 1]) for digits in values[part]]
        return len(numbers), min(numbers) - max(numbers), part

    frame = max(values, key=rank)
    for decimals in {frame, frame + 2} & values.keys() - {1}:
        if names[0][decimals - 1] == "." and _are_seconds(names, decimals):
            raise UserError(
                f"{where}: names hold seconds with decimals, such as "
                f"{'.'.join(names[0][decimals - 2 : decimals + 1 : 2])[:40]}. Name the "
                "files or images by frame number."
            )
    return frame


def others(names: Sequence[Sequence[str]], frame: int) -> list[int]:
    """Returns the numbers that tell videos apart.

    Not those that change with every frame, such as its time: by them each frame would
    be a video of its own.

    Args:
        names: alike but for their numbers.
        frame: which part is the frame's number.
    """
    values = _values(names)
    found = [part for part in values if part != frame]
    if len({tuple(name[part] for part in found) for name in names}) < len(names):
        return found
    most = len(values[frame])
    if most == len(names):  # Of one video: what changes changes with the frame.
        most = 2
    return [part for part in found if len(values[part]) < most]


def of_image(where: str, image) -> int:
    """Returns the frame of an image: its number, or the one that its name ends in.

    Raises:
        UserError: if it is neither.
    """
    if isinstance(image, str):
        match = re.search(r"([0-9]{1,15})[^0-9]*$", pathlib.PurePath(image).stem)
        if not match:
            raise UserError(
                f"{where} is {image[:60]!r}, which does not end in a frame number, as "
                "'12.jpg' does. Name the images by number."
            )
        return int(match[1])
    return json_fields.whole(where, image)


def of_images(wheres: Sequence[str], images: Sequence) -> list[int]:
    """Returns the frames of images, each a number or a name with one.

    Where names are not alike, each ends in its frame's number.

    Raises:
        UserError: if an image is neither; it begins with the image's `wheres`.
    """
    stems = [pathlib.PurePath(i).stem if isinstance(i, str) else "" for i in images]
    names = [parts(stem) for stem in stems]
    alike = len({tuple(name[::2]) for name in names}) == 1
    if alike and len(names[0]) > 3:
        frame = place(wheres[0], names)
        images = [name[frame] for name in names]
    return [of_image(*pair) for pair in zip(wheres, images, strict=True)]


def _values(names) -> dict[int, set[str]]:
    return {part: {name[part] for name in names} for part in range(1, len(names[0]), 2)}


def _are_seconds(names, decimals: int) -> bool:
    """Says whether a number counts on from that before it, as decimals do.

    Of frames in numbered videos, each video's begin anew.
    """
    numbers = [(name[decimals - 2], name[decimals]) for name in names]
    seconds, shares = map(set, zip(*numbers, strict=True))
    if len(shares) < 2 or max(map(len, seconds | shares)) > MAX_DIGITS:
        return False
    width = max(map(len, shares))
    second = 10**width
    # Once each, for a third number may tell cameras or people apart.
    times = sorted({int(whole + share.ljust(width, "0")) for whole, share in numbers})
    steps = [b - a for a, b in itertools.pairwise(times)]
    over = [b - a for a, b in itertools.pairwise(times) if a // second < b // second]
    if not over:
        return False
    step = statistics.median(steps)
    # Each time was rounded to its last digit.
    return abs(statistics.median(over) - step) <= min(1, step / 3)
