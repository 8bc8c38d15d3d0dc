"""Where in a file the joints of `human36m_17` are, in particular spine and head.

Spines of motion capture have one to six joints at any height, and the ends of heads are
given, missing or no more than a stub. So where a mapping leaves these two open:

- spine lies half-way along the trunk, from the hip over the spine's joints to the
  thorax, on the bone between the two joints that are next to it;
- head is the End Site of the head's joint, or its child that is called an end, if it is
  away from it as the top of a head is. Otherwise it lies above it on the line from
  the neck.

Lengths are measured in poses, so that channels of position count, not OFFSETs that they
replace. An End Site has nothing but its OFFSET: where the others' are in another unit,
it is read in that too, and the more usual length is taken.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Mapping as Weights

import numpy as np

from dgnet_tf.errors import UserError
from preprocessing.conversion import checks
from preprocessing.datasets.bvh import kinematics
from preprocessing.datasets.bvh.files import Motion
from preprocessing.datasets.bvh.joint_mapping import SKELETON, Mapping

POSES = 100  # that lengths are measured in
HALF = 0.5
# From the head's joint to its top, as parts of the trunk; a trunk has half a metre.
TOP, SHORTEST_TOP, LONGEST_TOP = 0.35, 0.1, 0.9
_HIP, _SPINE, _THORAX, _NECK, _HEAD, _LEFT, _RIGHT = (
    SKELETON.joints.index(name)
    for name in ("hip", "spine", "thorax", "neck", "head", "left_hip", "right_hip")
)
_END = re.compile(r"end|top|nub|tip|leaf|site", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Placement:
    """Which joints of a file become those of `human36m_17`.

    Attributes:
        joints: for each joint of `human36m_17`, in its order, (index, weight) pairs
            of the file's joints that it is the sum of.
        added: joints whose positions add to OFFSET, see `kinematics.displaced`.
        displaced: whether that makes a difference.
        guessed_head: whether the file does not give the top of the head.
        length: from the left ankle over the root to the head, in the file's units.
    """

    joints: tuple[tuple[tuple[int, float], ...], ...]
    added: frozenset[int]
    displaced: bool
    guessed_head: bool
    length: float

    def poses(self, motion: Motion) -> np.ndarray:
        """Returns (F, 17, 3) in the file's units and axes."""
        wanted = sorted({joint for pairs in self.joints for joint, _ in pairs})
        places = kinematics.positions(motion, wanted, self.added)
        return np.stack(
            [sum(weight * places[j] for j, weight in pairs) for pairs in self.joints],
            axis=1,
        )


def place(path, mapping: Mapping, motion: Motion) -> Placement:
    """Finds the joints of `human36m_17` in a file.

    Args:
        path: the file, for messages.
        mapping: its naming; the file has its joints.
        motion: the whole file, or one frame of zeros where only the root has
            channels of position.

    Raises:
        UserError: if two joints that a bone of `human36m_17` joins are in one place.
    """
    added = kinematics.displaced(motion)
    motion = mapping.mend(motion, added).spread(POSES)
    weights = [dict(pairs) for pairs in mapping.weights(motion.hierarchy)]
    trunk = _trunk(weights, motion.hierarchy)
    tops = _tops(weights, motion.hierarchy)
    wanted = {joint for pairs in (*weights, *trunk, *tops) for joint in pairs}
    places = kinematics.positions(motion, wanted, added)

    def length(one: Weights[int, float], other: Weights[int, float]) -> float:
        ends = [sum(w * places[j] for j, w in pairs.items()) for pairs in (one, other)]
        return float(np.median(np.sqrt(((ends[0] - ends[1]) ** 2).sum(-1))))

    bones = [length(*pair) for pair in itertools.pairwise(trunk)]
    whole = sum(bones)
    if not weights[_SPINE]:
        weights[_SPINE] = _along(trunk, bones, HALF * whole)
    guessed = False
    if not weights[_HEAD]:
        factor = kinematics.stretch(motion, added)

        def usual(top):
            """The End Site as it stands, or in the unit of the other OFFSETs."""
            both = top, _between(weights[_NECK], top, factor)
            return min(both, key=lambda t: abs(length(t, weights[_NECK]) - TOP * whole))

        tops = [usual(top) for top in tops]
        low, high = SHORTEST_TOP * whole, LONGEST_TOP * whole
        tops = [top for top in tops if low <= length(top, weights[_NECK]) <= high]
        guessed = len(tops) != 1
        weights[_HEAD] = _beyond(weights, length, TOP * whole) if guessed else tops[0]
    lengths = [length(weights[j], weights[parent]) for j, parent in SKELETON.edges]
    for (joint, parent), found in zip(SKELETON.edges, lengths, strict=True):
        if not found > 0.0:
            both = f"{SKELETON.joints[joint]!r} where {SKELETON.joints[parent]!r} is"
            raise UserError(
                f"{path}: mapping {mapping.name!r} puts {both}. Give other joints by "
                "--mapping=FILE.json."
            )
    return Placement(
        joints=tuple(tuple(pairs.items()) for pairs in weights),
        added=added,
        displaced=bool(motion.hierarchy.offsets[list(added)].any()),
        guessed_head=guessed,
        length=sum(lengths[bone] for bone in checks.body(SKELETON)),
    )


def _trunk(weights, hierarchy) -> list[dict[int, float]]:
    """Returns the points from hip to thorax: joints that only the upper body has."""
    legs = hierarchy.with_ancestors([*weights[_LEFT], *weights[_RIGHT]])
    above = hierarchy.with_ancestors(weights[_THORAX])
    between = [j for j in above if j not in legs and j not in weights[_THORAX]]
    return [weights[_HIP], *({joint: 1.0} for joint in between), weights[_THORAX]]


def _along(points, bones, distance) -> dict[int, float]:
    """Returns the point that far along a chain."""
    for bone, length in enumerate(bones):
        if distance <= length and length:
            return _between(points[bone], points[bone + 1], distance / length)
        distance -= length
    return points[-1]


def _between(one, other, part) -> dict[int, float]:
    weights = {joint: (1.0 - part) * weight for joint, weight in one.items()}
    for joint, weight in other.items():
        weights[joint] = weights.get(joint, 0.0) + part * weight
    return weights


def _beyond(weights, length, distance) -> dict[int, float]:
    """Returns the point above the neck on the line from the thorax."""
    neck, thorax = weights[_NECK], weights[_THORAX]
    return _between(thorax, neck, 1.0 + distance / max(length(neck, thorax), 1e-9))


def _tops(weights, hierarchy) -> list[dict[int, float]]:
    """Returns the ends of the head's joint."""
    children = [j for j, p in enumerate(hierarchy.parents) if p in weights[_NECK]]
    names = [hierarchy.names[joint].rsplit(":", 1)[-1] for joint in children]
    found = zip(children, names, strict=True)
    return [{joint: 1.0} for joint, name in found if _END.search(name)]
