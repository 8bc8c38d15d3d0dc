"""BVH motion capture files: a tree of joints, then one row of numbers per frame.

A joint's CHANNELS name the numbers that it takes of each row, in order. Rotations
are degrees about the joint's own axes, applied in the order they are named: R = Rz Ry
Rx for `Zrotation Yrotation Xrotation`. Positions take the place of the OFFSET from
the parent; beside the root, other joints may have them too (MotionBuilder, Blender
and Axis Neuron write such files). An End Site of joint A is called `A/end` here.
"""

from __future__ import annotations

import dataclasses
import math
import os
import re
from collections.abc import Iterable

import numpy as np
from scipy.spatial.transform import Rotation

from dgnet_tf.errors import UserError
from preprocessing.datasets.bvh import hierarchy as bvh_hierarchy
from preprocessing.datasets.bvh.hierarchy import Hierarchy

MAX_BYTES = 1 << 30
MAX_HEADER = 1 << 20  # characters; the tree of a person with fingers has 30,000
SLOWEST, FASTEST = 10.0, 1000.0  # frames per second
FARTHEST = 1e6  # units or degrees


@dataclasses.dataclass(frozen=True, eq=False)
class Motion:
    """What a BVH file holds.

    Attributes:
        hierarchy: its joints.
        values: (F, C) one row per frame, C the channels of all joints.
        fps: frames per second.
    """

    hierarchy: Hierarchy
    values: np.ndarray
    fps: float

    def after(self, frames: int, hierarchy: Hierarchy) -> Motion:
        """Returns the motion after some frames, on bones of other lengths."""
        return Motion(hierarchy, self.values[frames:], self.fps)


def read_hierarchy(path) -> Hierarchy:
    """Reads a file's joints alone.

    Raises:
        UserError: if it is not a BVH file; the message names the place.
    """
    with _open(path) as file:
        return _hierarchy(path, file)


def read_motion(path) -> Motion:
    """Reads a file.

    Raises:
        UserError: if it is not a BVH file, if it has another number of frames or of
            numbers in a frame than it states, or numbers that are not finite.
    """
    with _open(path) as file:
        hierarchy = _hierarchy(path, file)
        frames = int(_line(path, file, r"Frames\s*:\s*(\d{1,9})", "Frames: NUMBER"))
        seconds = _line(path, file, r"Frame\s+Time\s*:\s*(\S+)", "Frame Time: SECONDS")
        fps, values = _fps(path, seconds), _values(path, file)
    channels = sum(len(names) for names in hierarchy.channels)
    if values.shape != (frames, channels):
        raise UserError(
            f"{path}: states {frames} frames of {channels} channels and holds "
            f"{values.shape[0]} rows of {values.shape[1]} numbers. The file is cut off "
            "or damaged; export it again."
        )
    bad = np.argwhere(~(np.abs(values) <= FARTHEST))
    if len(bad):
        raise UserError(
            f"{path}: {len(bad)} numbers are NaN or beyond {FARTHEST:g}, the first is "
            f"number {bad[0, 1] + 1} of frame {bad[0, 0]}. Cut those frames out."
        )
    return Motion(hierarchy, values, fps)


def positions(motion: Motion, joints: Iterable[int]) -> dict[int, np.ndarray]:
    """Forward kinematics: where joints are in each frame.

    Args:
        motion: what `read_motion` returned.
        joints: indices of the joints wanted.

    Returns:
        Joint to (F, 3), in the file's units and axes.
    """
    hierarchy = motion.hierarchy
    places, turns = {}, {}
    for joint in hierarchy.with_ancestors(joints):
        parent = hierarchy.parents[joint]
        local, turn = _local(motion, joint)
        if parent < 0:
            places[joint], turns[joint] = local, turn
        else:
            places[joint] = places[parent] + _turned(turns[parent], local)
            columns = [_turned(turns[parent], turn[..., axis]) for axis in range(3)]
            turns[joint] = np.stack(columns, axis=-1)
    return {joint: places[joint] for joint in joints}


def _open(path):
    size = os.path.getsize(path)
    if size > MAX_BYTES:
        raise UserError(
            f"{path}: has {size >> 20} MiB; a BVH file may have {MAX_BYTES >> 20}. Cut "
            "it into takes."
        )
    return open(path, encoding="utf-8-sig", errors="replace")


def _hierarchy(path, file) -> Hierarchy:
    """Reads up to and including the line MOTION."""
    lines, size = [], 0
    while size <= MAX_HEADER:
        line = file.readline(MAX_HEADER)
        if line.strip().upper() == "MOTION":
            return bvh_hierarchy.parse(path, "".join(lines))
        if not line:
            break
        lines.append(line)
        size += len(line)
    raise UserError(
        f"{path}: has no line MOTION after its joints; it is cut off or not a BVH file."
    )


def _line(path, file, pattern, expected) -> str:
    line = "\n"
    while line and not line.strip():
        line = file.readline(MAX_HEADER)
    match = re.fullmatch(pattern, line.strip(), re.IGNORECASE)
    if not match:
        raise UserError(
            f"{path}: after MOTION must come a line '{expected}', found "
            f"{line.strip()[:40]!r}."
        )
    return match.group(1)


def _fps(path, text) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 1.0 / FASTEST <= seconds <= 1.0 / SLOWEST:
        raise UserError(
            f"{path}: 'Frame Time: {text[:40]}' must be the seconds between frames, "
            f"{1.0 / FASTEST:g} to {1.0 / SLOWEST:g}."
        )
    fps = 1.0 / seconds
    # Files round 1/120 to .0083333 and 1/30 to 0.033333.
    return float(round(fps)) if abs(fps - round(fps)) < 1e-4 * fps else fps


def _values(path, file) -> np.ndarray:
    start = file.tell()
    if not any(line.strip() for line in file):
        return np.empty((0, 0))  # loadtxt would warn.
    file.seek(start)
    try:
        return np.loadtxt(file, np.float64, comments=None, ndmin=2)
    except ValueError as error:
        raise UserError(
            f"{path}: its frames are not rows of numbers of one length ({error}). The "
            "file is cut off or damaged; export it again."
        ) from error


def _local(motion, joint):
    """Returns a joint's (F, 3) place and (F, 3, 3) turn in its parent's axes."""
    hierarchy = motion.hierarchy
    frames = len(motion.values)
    place = np.tile(hierarchy.offsets[joint], (frames, 1))
    first = sum(len(names) for names in hierarchy.channels[:joint])
    order, angles = "", []
    for column, name in enumerate(hierarchy.channels[joint], first):
        if name.endswith("position"):
            place[:, "XYZ".index(name[0])] = motion.values[:, column]
        else:
            order += name[0]
            angles.append(motion.values[:, column])
    if not order:
        return place, np.broadcast_to(np.eye(3), (frames, 3, 3))
    turn = Rotation.from_euler(order, np.stack(angles, axis=-1), degrees=True)
    return place, turn.as_matrix()


def _turned(turn, vectors):
    # Written out: a BLAS product may differ in the last digit between machines.
    return (
        turn[..., 0] * vectors[:, 0:1]
        + turn[..., 1] * vectors[:, 1:2]
        + turn[..., 2] * vectors[:, 2:3]
    )
