"""BVH motion capture files: a tree of joints, then one row of numbers per frame.

A joint's CHANNELS name the numbers that it takes of each row, in order. Rotations
are degrees about the joint's own axes, applied in the order they are named: R = Rz Ry
Rx for `Zrotation Yrotation Xrotation`. An End Site of joint A is called `A/end` here.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from preprocessing.datasets.bvh import frame_rows
from preprocessing.datasets.bvh import hierarchy as bvh_hierarchy
from preprocessing.datasets.bvh.hierarchy import Hierarchy
from preprocessing.datasets.bvh.text import Lines


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

    def after(self, frames: int) -> Motion:
        """Returns the motion without its first frames."""
        return dataclasses.replace(self, values=self.values[frames:])

    def spread(self, frames: int) -> Motion:
        """Returns about so many frames at most, spread over the motion."""
        step = -(-len(self.values) // frames)
        return dataclasses.replace(self, values=self.values[::step])


def read_rest(path) -> Motion:
    """Reads a file's joints and rate alone.

    Returns:
        One frame in which all numbers are 0.

    Raises:
        UserError: if it is not a BVH file; the message names the line.
    """
    with Lines(path) as lines:
        hierarchy = bvh_hierarchy.read_tree(lines)
        _, fps = frame_rows.read_head(lines)
    return Motion(hierarchy, np.zeros((1, _count(hierarchy))), fps)


def read_motion(path) -> Motion:
    """Reads a file.

    Raises:
        UserError: if it is not a BVH file, if it has another number of frames or of
            numbers in a frame than it states, or numbers that are none or too large;
            the message names the line.
    """
    with Lines(path) as lines:
        hierarchy = bvh_hierarchy.read_tree(lines)
        frames, fps = frame_rows.read_head(lines)
        values = frame_rows.read_rows(lines, frames, _count(hierarchy))
    return Motion(hierarchy, values, fps)


def _count(hierarchy) -> int:
    return sum(len(names) for names in hierarchy.channels)
