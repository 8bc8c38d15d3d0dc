"""Turns a skeleton's joint positions into rotations of bones of constant length.

Rest is a T-pose in y-up axes: legs down, trunk up, arms to the sides, facing +z with
the left to +x. Each bone has the median of its lengths over the clip, and mirrored
bones the mean of both. A joint with one child turns its bone the shortest way from
where its parent's turn has brought it, so that nothing is said of the twist about a
bone, which joint positions do not show. A joint with several children turns as one
body, the nearest fit to their directions; what is left for each bone is a turn of a
joint in the same place, `<joint>_to_<child>`. So every bone points where it pointed.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.spatial.transform import Rotation

_UP, _DOWN, _LEFT, _RIGHT = (0, 1, 0), (0, -1, 0), (1, 0, 0), (-1, 0, 0)


@dataclasses.dataclass(frozen=True, eq=False)
class Node:
    """A joint of the rotating skeleton in F frames.

    Attributes:
        name: a joint of the skeleton, or `<joint>_to_<child>`.
        parent: index of the node that it hangs from; -1 for the root.
        offset: (3,) metres from that one, where nothing is turned.
        turns: F rotations relative to the parent's.
        leaf: whether nothing hangs from it.
    """

    name: str
    parent: int
    offset: np.ndarray
    turns: Rotation
    leaf: bool


def solve(positions: np.ndarray, skeleton) -> list[Node]:
    """Returns the nodes, each after its parent, of (F, N, 3) metres in y-up axes."""
    positions = np.asarray(positions, np.float64)
    children = [
        [child for child, parent in enumerate(skeleton.parents) if parent == joint]
        for joint in range(len(skeleton.joints))
    ]
    lengths = bone_lengths(positions, skeleton)
    rest = np.array([rest_direction(name) for name in skeleton.joints], np.float64)
    still = Rotation.from_quat(np.tile([0.0, 0.0, 0.0, 1.0], (len(positions), 1)))
    nodes: list[Node] = []

    def add(name, parent, offset, turns, leaf=False):
        nodes.append(Node(name, parent, np.asarray(offset, np.float64), turns, leaf))
        return len(nodes) - 1

    def visit(joint, parent, above):
        """Adds a joint; `above` is its parent's turn relative to the world."""
        name = skeleton.joints[joint]
        offset = lengths[joint] * rest[joint]
        found = children[joint]
        ways = [_directions(positions, joint, child, rest) for child in found]
        if not found:
            add(name, parent, offset, still, leaf=True)
        elif len(found) == 1:
            turn = _shortest(rest[found[0]], above.inv().apply(ways[0]))
            visit(found[0], add(name, parent, offset, turn), above * turn)
        else:
            body = _body(rest[found], np.stack(ways, axis=1))
            node = add(name, parent, offset, above.inv() * body)
            for child, way in zip(found, ways, strict=True):
                turn = _shortest(rest[child], body.inv().apply(way))
                own = f"{name}_to_{skeleton.joints[child]}"
                visit(child, add(own, node, (0, 0, 0), turn), body * turn)

    visit(skeleton.root, -1, still)
    return nodes


def bone_lengths(positions: np.ndarray, skeleton) -> np.ndarray:
    """Returns each joint's (N,) distance from its parent, metres; 0 for the root."""
    lengths = np.zeros(len(skeleton.joints))
    for joint, parent in skeleton.edges:
        bone = positions[:, joint] - positions[:, parent]
        lengths[joint] = np.median(np.linalg.norm(bone, axis=-1))
    return (lengths + lengths[list(skeleton.mirror)]) / 2


def rest_direction(name: str) -> tuple[int, int, int]:
    """Returns where the bone to a joint points in the T-pose, by the joint's name."""
    side, _, part = name.partition("_")
    if side not in ("left", "right"):
        return _UP
    if part in ("knee", "ankle"):
        return _DOWN
    if part not in ("hip", "shoulder", "elbow", "wrist"):
        raise ValueError(f"`name` must be a known joint's, got {name!r}.")
    return _LEFT if side == "left" else _RIGHT


def _directions(positions, joint, child, rest) -> np.ndarray:
    """Returns the (F, 3) unit vectors to a child; the rest's where it has no length."""
    bone = positions[:, child] - positions[:, joint]
    length = np.linalg.norm(bone, axis=-1, keepdims=True)
    some = length > 1e-9
    return np.where(some, bone / np.where(some, length, 1.0), rest[child])


def _shortest(rest: np.ndarray, directions: np.ndarray) -> Rotation:
    """Returns the F turns of least angle from (3,) to (F, 3) unit vectors."""
    axis = np.cross(rest, directions)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    angle = np.arctan2(sine[:, 0], directions @ rest)
    # Straight back any axis across will do: always the same one.
    across = np.cross(rest, np.roll(rest, 1))
    unit = np.where(sine > 1e-12, axis / np.where(sine > 1e-12, sine, 1.0), across)
    return Rotation.from_rotvec(unit * angle[:, None])


def _body(rest: np.ndarray, directions: np.ndarray) -> Rotation:
    """Returns the F turns that bring (C, 3) nearest to (F, C, 3) unit vectors."""
    # Kabsch's solution for all frames at once.
    u, _, v = np.linalg.svd(np.einsum("fci,cj->fij", directions, rest))
    u[..., -1] *= np.linalg.det(u @ v)[:, None]  # A turn, not a reflection.
    return Rotation.from_matrix(u @ v)
