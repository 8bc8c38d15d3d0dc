"""Writes a person's motion as BVH, which Blender and other 3-D programs open.

Axes: y up, the person facing +z in rest. Joints and their rotations are those of
`joint_rotations`; rotations are degrees, `Zrotation Xrotation Yrotation`, which is
R = Rz Rx Ry. The root has positions besides; its OFFSET is 0. Hands, feet and head end
in an End Site of 5 cm that stands for nothing measured.
"""

from __future__ import annotations

import pathlib
import warnings
from collections.abc import Sequence

import numpy as np

from dgnet_tf import axes as placement
from dgnet_tf.lifting.lifted import Lifted
from dgnet_tf.lifting.writers import joint_rotations

SUFFIX = ".bvh"
AXES, UNITS = "y_up", None
ONE_PERSON = True
STEADY = True

ORDER = "ZXY"
END_SITE = 0.05  # metres
_ROTATIONS = " ".join(f"{axis}rotation" for axis in ORDER)
_ROOT = f"CHANNELS 6 Xposition Yposition Zposition {_ROTATIONS}"


def write(people: Sequence[Lifted], path: pathlib.Path, axes: str, units: str):
    """Writes the one person."""
    (person,) = people
    places = placement.place(person, axes)
    written = text(places, person.skeleton, person.fps, units)
    path.write_text(written, encoding="utf-8")


def text(positions: np.ndarray, skeleton, fps: float, units: str = "m") -> str:
    """Returns the text of a BVH file.

    Args:
        positions: (F, N, 3) metres, y-up axes.
        skeleton: of the positions.
        fps: frames a second.
        units: of the file's lengths, see `placement.UNITS`.
    """
    scale = placement.UNITS[units]
    nodes = joint_rotations.solve(positions, skeleton)
    columns = [scale * np.asarray(positions, np.float64)[:, skeleton.root]]
    columns += [_angles(node.turns) for node in nodes]
    # -0.0 and 0.0 are one number: print one.
    values = np.round(np.concatenate(columns, axis=1), 6) + 0.0
    rows = [" ".join(f"{number:.6f}" for number in row) for row in values]
    head = ["HIERARCHY", *_lines(nodes, 0, scale), "MOTION"]
    head += [f"Frames: {len(values)}", f"Frame Time: {1.0 / fps:.8f}"]
    return "\n".join(head + rows) + "\n"


def _lines(nodes, index, scale, depth=0):
    node, tabs = nodes[index], "\t" * depth
    yield f"{tabs}{'JOINT' if depth else 'ROOT'} {node.name}"
    yield tabs + "{"
    yield f"{tabs}\tOFFSET {_numbers(scale * node.offset)}"
    yield f"{tabs}\t" + (f"CHANNELS 3 {_ROTATIONS}" if depth else _ROOT)
    for child, other in enumerate(nodes):
        if other.parent == index:
            yield from _lines(nodes, child, scale, depth + 1)
    if node.leaf:
        end = END_SITE * np.array(joint_rotations.rest_direction(node.name))
        yield tabs + "\tEnd Site"
        yield tabs + "\t{"
        yield f"{tabs}\t\tOFFSET {_numbers(scale * end)}"
        yield tabs + "\t}"
    yield tabs + "}"


def _numbers(vector) -> str:
    return " ".join(f"{number:.6f}" for number in np.round(vector, 6) + 0.0)


def _angles(turns) -> np.ndarray:
    """Returns (F, 3) degrees in `ORDER`, without jumps from frame to frame."""
    with warnings.catch_warnings():
        # At 90 degrees about x, turns about z and y are one: y's becomes 0.
        warnings.filterwarnings("ignore", message="Gimbal lock")
        angles = turns.as_euler(ORDER, degrees=True)
    # (z, x, y) is also (z + 180, 180 - x, y + 180): the one nearer to the last frame.
    other = angles * [1, -1, 1] + 180
    for frame in range(1, len(angles)):
        last = angles[frame - 1]
        choices = np.stack([angles[frame], other[frame]])
        choices += 360 * np.round((last - choices) / 360)
        nearer = np.abs(choices - last).sum(axis=-1).argmin()
        angles[frame] = choices[nearer]
    return angles
