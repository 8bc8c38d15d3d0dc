"""Skeletons as data: joint names, parents, sides and root."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection


@dataclasses.dataclass(frozen=True)
class Skeleton:
    """A tree of N joints.

    Attributes:
        name: name by which configurations and records refer to the skeleton.
        joints: N joint names, in array order.
        parents: index of each joint's parent; -1 for the root.
        left, right: indices of the left and right joints; `left[i]` mirrors
            `right[i]`.
    """

    name: str
    joints: tuple[str, ...]
    parents: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]

    @property
    def root(self) -> int:
        """Index of the joint that positions are relative to."""
        return self.parents.index(-1)

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """The bones as (joint, parent) pairs."""
        return tuple((j, p) for j, p in enumerate(self.parents) if p >= 0)

    @property
    def symmetric_pairs(self) -> tuple[tuple[int, int], ...]:
        """The (left, right) pairs of mirrored joints."""
        return tuple(zip(self.left, self.right, strict=True))

    @property
    def mirror(self) -> tuple[int, ...]:
        """Joint order after a left-right flip: an involution on 0..N-1."""
        order = list(range(len(self.joints)))
        for left, right in self.symmetric_pairs:
            order[left], order[right] = right, left
        return tuple(order)

    @property
    def below_hips(self) -> tuple[int, ...]:
        """The knees and ankles."""
        legs = ("left_knee", "right_knee", "left_ankle", "right_ankle")
        return tuple(self.joints.index(name) for name in legs)

    def without(self, missing: Collection[int]) -> tuple[int, ...]:
        """Returns whose place each joint takes if some are never seen.

        A missing joint's is the nearest joint towards the root that is seen. Where
        there is none it is the missing joint itself.
        """
        found = []
        for joint in range(len(self.joints)):
            place = joint
            while place in missing:
                place = self.parents[place]
            found.append(joint if place < 0 else place)
        return tuple(found)


_SKELETONS = (
    # Human3.6M's 32 joints reduced to the 17 that the field scores; shoulders
    # hang from the thorax.
    Skeleton(
        name="human36m_17",
        joints=(
            "hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee",
            "left_ankle", "spine", "thorax", "neck", "head", "left_shoulder",
            "left_elbow", "left_wrist", "right_shoulder", "right_elbow", "right_wrist",
        ),
        parents=(-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 9, 8, 11, 12, 8, 14, 15),
        left=(4, 5, 6, 11, 12, 13),
        right=(1, 2, 3, 14, 15, 16),
    ),
    # The same without the neck/nose joint.
    Skeleton(
        name="human36m_16",
        joints=(
            "hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee",
            "left_ankle", "spine", "thorax", "head", "left_shoulder", "left_elbow",
            "left_wrist", "right_shoulder", "right_elbow", "right_wrist",
        ),
        parents=(-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 8, 10, 11, 8, 13, 14),
        left=(4, 5, 6, 10, 11, 12),
        right=(1, 2, 3, 13, 14, 15),
    ),
    Skeleton(
        name="humaneva_15",
        joints=(
            "pelvis", "thorax", "left_shoulder", "left_elbow", "left_wrist",
            "right_shoulder", "right_elbow", "right_wrist", "left_hip", "left_knee",
            "left_ankle", "right_hip", "right_knee", "right_ankle", "head",
        ),
        parents=(-1, 0, 1, 2, 3, 1, 5, 6, 0, 8, 9, 0, 11, 12, 1),
        left=(2, 3, 4, 8, 9, 10),
        right=(5, 6, 7, 11, 12, 13),
    ),
    # MPI-INF-3DHP's "relevant" joints; the root is the pelvis at index 14.
    Skeleton(
        name="mpi_inf_3dhp_17",
        joints=(
            "head_top", "neck", "right_shoulder", "right_elbow", "right_wrist",
            "left_shoulder", "left_elbow", "left_wrist", "right_hip", "right_knee",
            "right_ankle", "left_hip", "left_knee", "left_ankle", "pelvis", "spine",
            "head",
        ),
        parents=(1, 15, 1, 2, 3, 1, 5, 6, 14, 8, 9, 14, 11, 12, -1, 14, 1),
        left=(5, 6, 7, 11, 12, 13),
        right=(2, 3, 4, 8, 9, 10),
    ),
)  # fmt: skip

SKELETONS = {skeleton.name: skeleton for skeleton in _SKELETONS}


def get(name: str) -> Skeleton:
    """Returns the skeleton of that name; a ValueError lists the known ones."""
    if name not in SKELETONS:
        known = sorted(SKELETONS)
        raise ValueError(f"`skeleton` must be one of {known}, got {name!r}.")
    return SKELETONS[name]
