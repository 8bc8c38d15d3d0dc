"""Reads 2-D keypoints from Sports2D's `.trc` files: one person in pixels each.

Sports2D writes `<video>_Sports2D_px_person00.trc`: tab-separated text with a header of
five lines, names of markers over their columns x, y and z, z being 0. Its unit says
"m" all the same. What is in metres, as Sports2D's own `_m_` files and Pose2Sim's, is no
2-D keypoint and refused: by z, or by a person smaller than any in a picture.

Markers go by name (`RHip`, `LBigToe`), whatever their order: keypoints of the layout
that have none are missing, and markers that are none of the layout's are left out. An
empty cell is a missing keypoint, and so is 0, 0. Frames are the times by the file's own
rate. There is no confidence: it is 1.
"""

from __future__ import annotations

import pathlib
import re

import numpy as np

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.sightings import Sightings

FORMAT = (
    "Sports2D: `_px_person00.trc` and so on, one person in pixels each; states the "
    "frame rate"
)
SUFFIXES = (".trc",)
MAX_BYTES = 128 << 20
_HEAD = 5  # lines
# Whose height and width, usual in a file, add up to less is no person in pixels.
_SMALLEST = 10.0
_OTHER_NAMES = {"hip": "mid_hip", "head": "head_top", "c_hip": "mid_hip"}


def fits(content) -> bool:
    """Says whether a `.trc` file is of this format: all are taken to be."""
    return True


def read(path, content, layout: str, image_size=None, fps=None) -> Sightings:
    """Returns the person, and the file's frame rate."""
    with open(path, encoding="utf-8", errors="replace", newline=None) as file:
        lines = file.read().split("\n")
    rate, markers = _head(path, lines[:_HEAD])
    rows = [(n, line) for n, line in enumerate(lines, 1) if n > _HEAD and line.strip()]
    if not rows:
        raise UserError(f"{path}: has no frame. Give keypoints of one frame or more.")
    values = np.stack([_row(f"{path}: line {n}", r, len(markers)) for n, r in rows])
    times, places = values[:, 1], values[:, 2:].reshape(len(rows), len(markers), 3)
    _check_pixels(path, places)
    chosen = _chosen(path, markers, layout)
    found = Sightings(path)
    found.fps = rate
    match = re.search(r"person_?(\d{1,4})$", pathlib.Path(path).stem)
    person = str(int(match[1])) if match else "1"
    frames: dict[int, int] = {}
    for (number, _), time, pose in zip(rows, times, places, strict=True):
        where = f"{path}: line {number}"
        if not 0 <= time * rate < 1e9:  # NaN is not, either.
            raise UserError(f"{where}: 'Time' is {time:g}, must be seconds from 0 on.")
        frame = round(time * rate)
        if (other := frames.setdefault(frame, number)) != number:
            raise UserError(
                f"{where}: is frame {frame} at {rate:g} a second, as is line {other}."
            )
        found.add(where, frame, _keypoints(pose, chosen), person)
    return found


def _head(path, lines) -> tuple[float, list[str]]:
    """Returns frame rate and markers."""
    cells = [line.rstrip("\r").split("\t") for line in lines]
    if len(cells) < _HEAD or cells[0][0] != "PathFileType":
        raise UserError(
            f"{path}: is not a .trc file; its first line must begin with PathFileType."
        )
    stated = dict(zip(cells[1], cells[2], strict=False))
    try:
        rate = float(stated.get("DataRate", ""))
    except ValueError:
        rate = 0.0
    if not 0.1 <= rate <= 1e5:
        raise UserError(
            f"{path}: 'DataRate' must be frames a second, is "
            f"{shortened(stated.get('DataRate', ''))}."
        )
    markers = [name.strip() for name in cells[3][2::3]]
    while markers and not markers[-1]:
        markers.pop()
    twice = {name for name in markers if markers.count(name) > 1}
    if not markers or "" in markers or twice or len(markers) > 500:
        raise UserError(
            f"{path}: line 4 must name each marker once over the first of its three "
            "columns."
        )
    return rate, markers


def _row(where, line: str, markers: int) -> np.ndarray:
    """Returns frame, time and the markers' x, y and z; NaN for an empty cell."""
    cells = line.rstrip("\r").split("\t")
    wanted = 2 + 3 * markers
    if len(cells) < 3 or any(cell.strip() for cell in cells[wanted:]):
        raise UserError(
            f"{where}: has {len(cells)} columns, {markers} markers have {wanted}."
        )
    try:
        found = [float(cell) if cell.strip() else np.nan for cell in cells[:wanted]]
    except ValueError:
        raise UserError(f"{where}: must hold numbers only.") from None
    return np.array(found + [np.nan] * (wanted - len(found)))


def _check_pixels(path, places: np.ndarray):
    """Raises a UserError if markers (F, M, 3) are no pixels of an image."""
    shown = np.isfinite(places[..., :2]).all(axis=-1) & places[..., :2].any(axis=-1)
    flat = not np.nan_to_num(places[..., 2][shown]).any()
    sizes = [
        np.ptp(pose[seen, :2], axis=0).sum()
        for pose, seen in zip(places, shown, strict=True)
        if seen.sum() > 1
    ]
    if not flat or (sizes and np.median(sizes) < _SMALLEST):
        raise UserError(
            f"{path}: holds positions in metres, as Pose2Sim's .trc files and "
            "Sports2D's with _m_ in their names do, not 2-D keypoints. Give Sports2D's "
            "_px_ file, or the keypoints that the positions were made from."
        )


def _chosen(path, markers, layout) -> list[int | None]:
    """Returns which marker each of the layout's keypoints is; None for none."""
    names = [_joint(marker) for marker in markers]
    joints = layouts.get(layout).joints
    for index, name in enumerate(names):
        other = _OTHER_NAMES.get(name)
        if name not in joints and other in joints and other not in names:
            names[index] = other
    chosen = [names.index(joint) if joint in names else None for joint in joints]
    if not any(index is not None for index in chosen):
        raise UserError(
            f"{path}: none of its markers ({', '.join(markers[:8])}) is a keypoint of "
            f"layout {layout!r}."
        )
    return chosen


def _joint(marker: str) -> str:
    """Returns the name of a marker as layouts have it: RBigToe is right_big_toe."""
    match = re.fullmatch(r"([LR])([A-Z].*)", marker)
    side = {"L": "left_", "R": "right_"}[match[1]] if match else ""
    part = match[2] if match else marker
    return side + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", part).lower()


def _keypoints(pose: np.ndarray, chosen) -> np.ndarray:
    rows = np.zeros((len(chosen), 3))
    for joint, index in enumerate(chosen):
        if index is not None and np.isfinite(pose[index, :2]).all():
            rows[joint] = *pose[index, :2], 1.0
    return rows
