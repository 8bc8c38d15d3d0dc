"""Finds in a table's header where MediaPipe's landmarks stand, and of what rows are."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import entry_names, layouts

_NAMES = layouts.get("mediapipe_33").joints
_X, _Y, _VISIBILITY, _SCORE = range(4)
_AXES = {
    **{"x": _X, "y": _Y},
    **dict.fromkeys(("v", "vis", "visible", "visibility"), _VISIBILITY),
    # Taken where there is no visibility.
    **dict.fromkeys(("score", "conf", "confidence", "likelihood"), _SCORE),
}
_AXIS = "|".join(_AXES)
_OF = r"(?:pose_?)?(?:landmarks?_?|lm_?|keypoint_?|kp_?|joint_?|point_?)?"
_JOINT = re.compile(
    rf"{_OF}(?P<i>[0-9]{{1,2}})_?(?P<a>{_AXIS})|(?P<b>{_AXIS})_?{_OF}(?P<j>[0-9]{{1,2}})"
    rf"|{_OF}(?P<k>{'|'.join(_NAMES)})_(?P<c>{_AXIS})"
    rf"|(?P<d>{_AXIS})_{_OF}(?P<l>{'|'.join(_NAMES)})"
)
# Depth, presence, and landmarks of hands, face and world.
_OTHERS = re.compile(
    rf".*_(?:{_AXIS}|z|presence)|(?:{_AXIS}|z|presence)_?[0-9]+"
    rf"|(?:{_AXIS}|z|presence)_.*|.*[0-9](?:{_AXIS}|z)|z|presence"
)
_LANDMARK = re.compile(
    r"(?:pose_?)?(?:landmarks?|joints?|keypoints?|points?|body_?part|marker)"
    r"(?:_?(?:numbers?|num|no|ids?|idx|index|name|i))?"
)


@dataclasses.dataclass(frozen=True)
class Columns:
    """Indices of columns.

    Attributes:
        joints: x, y and visibility (or None) of each landmark; of a table with a row
            for each landmark, of that one.
        landmark: the landmark's name or number in such a table; else None.
        keys, key_names: of what frame and person a row is.
    """

    joints: tuple[tuple[int | None, ...], ...]
    landmark: int | None
    keys: tuple[int, ...]
    key_names: tuple[str, ...]


def in_header(path, header: Sequence[str]) -> Columns:
    """Finds the columns of a header.

    Raises:
        UserError: if a landmark has no x or y, or a column is there twice.
    """
    names = [entry_names.words(name) for name in header]
    if {"x", "y"} <= set(names):
        return _long(path, header, names)
    found, keys = {}, []
    for index, name in enumerate(names):
        match = _JOINT.fullmatch(name)
        if match:
            joint = match["i"] or match["j"] or match["k"] or match["l"]
            axis = _AXES[match["a"] or match["b"] or match["c"] or match["d"]]
            joint = int(joint) if joint.isdigit() else joint
            _once(path, header, found.setdefault((joint, axis), index), index)
        elif not _OTHERS.fullmatch(name):
            keys.append(index)
    named = any(isinstance(joint, str) for joint, _ in found)
    first = 0 if (0, _X) in found else 1
    ids = _NAMES if named else range(first, first + len(_NAMES))
    joints = [tuple(_axes(found, joint)) for joint in ids]
    for joint, axes in enumerate(joints):
        if None in axes[:2]:
            name = _NAMES[joint]
            raise UserError(
                f"{path}: has no columns of x and y for landmark {joint}, {name!r}. "
                f"Name them '{name}_x' and '{name}_y', or x0, y0 to x32, y32."
            )
    return Columns(tuple(joints), None, tuple(keys), tuple(header[i] for i in keys))


def _axes(found, joint):
    for axis in (_X, _Y):
        yield found.get((joint, axis))
    yield found.get((joint, _VISIBILITY), found.get((joint, _SCORE)))


def _long(path, header, names) -> Columns:
    found, keys, landmarks = {}, [], []
    for index, name in enumerate(names):
        if name in _AXES:
            _once(path, header, found.setdefault(_AXES[name], index), index)
        elif _LANDMARK.fullmatch(name):
            landmarks.append(index)
        elif name not in ("z", "presence") and not _OTHERS.fullmatch(name):
            keys.append(index)
    if not landmarks:
        raise UserError(
            f"{path}: has columns x and y, but none of the landmark's name or number. "
            "Call it 'landmark'."
        )
    kinds = {index: entry_names.kind(header[index]) for index in keys}
    of_frames = (entry_names.FRAME, entry_names.TIME, entry_names.FILE)
    left_out = [entry_names.OTHER]  # A landmark's own, perhaps.
    if any(kind in of_frames for kind in kinds.values()):
        left_out.append(entry_names.ROW)
    elif entry_names.ROW not in kinds.values():
        raise UserError(
            f"{path}: has a row for each landmark, but no column of frame numbers. "
            "Call it 'frame'."
        )
    keys = [index for index in keys if kinds[index] not in left_out]
    axes = (found[_X], found[_Y], found.get(_VISIBILITY, found.get(_SCORE)))
    names = tuple(header[index] for index in keys)
    return Columns((axes,), landmarks[0], tuple(keys), names)


def _once(path, header, first: int, index: int):
    if first != index:
        raise UserError(
            f"{path}: columns {first + 1} and {index + 1}, {header[first][:40]!r} and "
            f"{header[index][:40]!r}, are the same. Leave one out."
        )
