"""Where the joints of a BVH file are in each frame.

Channels of position take the place of a joint's OFFSET from its parent; beside the
root, other joints may have them too (MotionBuilder, Blender and Axis Neuron write such
files). Some exporters write displacements from OFFSET, mostly zeros: see `displaced`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.spatial.transform import Rotation

from preprocessing.datasets.bvh.files import Motion

# Displacements are small beside OFFSETs, and do not point where they do: positions that
# do are OFFSETs in a larger unit.
SMALL, PARALLEL = 0.1, 0.9


def displaced(motion: Motion) -> frozenset[int]:
    """Returns the joints whose channels of position are displacements from OFFSET.

    These are joints whose positions are 0 throughout. All other joints (but the root)
    are too where their positions are a tenth of the OFFSETs, root mean square over all,
    and their means do not point the same way.
    """
    still, moving, offsets, means, squares = [], [], [], [], []
    for joint in motion.hierarchy.positioned():
        columns, axes = zip(*_positions(motion.hierarchy, joint), strict=True)
        values = motion.values[:, columns]
        if not values.any():
            still.append(joint)
            continue
        moving.append(joint)
        offsets += list(motion.hierarchy.offsets[joint, list(axes)])
        means += list(values.mean(axis=0))
        squares += list((values**2).mean(axis=0))
    length, mean, size = (
        np.sqrt(np.sum(np.square(offsets))),
        np.sqrt(np.sum(np.square(means))),
        np.sqrt(np.sum(squares)),
    )
    if size < SMALL * length and not _parallel(offsets, means, length, mean):
        still += moving
    return frozenset(still)


def positions(
    motion: Motion, joints: Iterable[int], added: frozenset[int] = frozenset()
) -> dict[int, np.ndarray]:
    """Forward kinematics: where joints are in each frame.

    Args:
        motion: what `read_motion` returned.
        joints: indices of the joints wanted.
        added: joints whose positions add to their OFFSET, see `displaced`.

    Returns:
        Joint to (F, 3), in the file's units and axes.
    """
    hierarchy = motion.hierarchy
    places, turns = {}, {}
    for joint in hierarchy.with_ancestors(joints):
        parent = hierarchy.parents[joint]
        local = _place(motion, joint, joint in added)
        turn = _turn(motion, joint)
        if parent < 0:
            places[joint], turns[joint] = local, turn
        else:
            places[joint] = places[parent] + _turned(turns[parent], local)
            columns = [_turned(turns[parent], turn[..., axis]) for axis in range(3)]
            turns[joint] = np.stack(columns, axis=-1)
    return {joint: places[joint] for joint in joints}


def offsets(motion: Motion, added: frozenset[int]) -> np.ndarray:
    """Returns each joint's usual place in its parent's axes, (J, 3)."""
    found = motion.hierarchy.offsets.copy()
    for joint in motion.hierarchy.positioned():
        found[joint] = np.median(_place(motion, joint, joint in added), axis=0)
    return found


def stretch(motion: Motion, added: frozenset[int]) -> float:
    """Returns how much longer bones are in the motion than their OFFSETs say.

    1 where OFFSETs do not point as the bones do, or are 0.
    """
    joints = [j for j in motion.hierarchy.positioned() if j not in added]
    stated = motion.hierarchy.offsets[joints]
    found = offsets(motion, added)[joints] * stated.any(axis=1, keepdims=True)
    lengths = np.linalg.norm(stated), np.linalg.norm(found)
    if not joints or not all(lengths) or not _parallel(stated, found, *lengths):
        return 1.0
    return float(lengths[1] / lengths[0])


def _parallel(one, other, length, other_length) -> bool:
    return bool(np.vdot(one, other) >= PARALLEL * length * other_length)


def _positions(hierarchy, joint):
    """Returns where a joint's positions stand in a row, and their axes."""
    named = zip(hierarchy.columns(joint), hierarchy.channels[joint], strict=True)
    return [
        (column, "XYZ".index(name[0]))
        for column, name in named
        if name.endswith("position")
    ]


def _place(motion, joint, added) -> np.ndarray:
    """Returns a joint's (F, 3) place in its parent's axes."""
    offset = motion.hierarchy.offsets[joint]
    place = np.tile(offset, (len(motion.values), 1))
    for column, axis in _positions(motion.hierarchy, joint):
        place[:, axis] = motion.values[:, column] + added * offset[axis]
    return place


def _turn(motion, joint) -> np.ndarray:
    """Returns a joint's (F, 3, 3) turn in its parent's axes."""
    columns, order = motion.hierarchy.columns(joint), ""
    angles = []
    for column, name in zip(columns, motion.hierarchy.channels[joint], strict=True):
        if name.endswith("rotation"):
            order += name[0]
            angles.append(motion.values[:, column])
    if not order:
        return np.broadcast_to(np.eye(3), (len(motion.values), 3, 3))
    turn = Rotation.from_euler(order, np.stack(angles, axis=-1), degrees=True)
    return turn.as_matrix()


def _turned(turn, vectors):
    # Written out: a BLAS product may differ in the last digit between machines.
    return (
        turn[..., 0] * vectors[:, 0:1]
        + turn[..., 1] * vectors[:, 1:2]
        + turn[..., 2] * vectors[:, 2:3]
    )
