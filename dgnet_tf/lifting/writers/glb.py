"""Writes people's motion as binary glTF 2.0 (`.glb`), which 3-D programs open.

Metres, y up, people facing +z in rest, as the standard has it. Each person is a
skeleton with the joints and rotations of `joint_rotations` and a body of one shape for
each bone, bound to the joint that turns it. Rest is a T-pose on the floor. One
animation moves everybody, linearly between frames: the root by its place, joints by
quaternions. Its time 0 is the first frame of whoever appears first; before their own
first frame and after their last, people stand still, as the standard has it.

The standard is the Khronos Group's glTF 2.0 specification; the container is a header,
a JSON document and a block of arrays, so that no library is needed to write it.
"""

from __future__ import annotations

import json
import pathlib
import struct
from collections.abc import Sequence

import numpy as np

from dgnet_tf import axes as placement
from dgnet_tf.drawing import style
from dgnet_tf.lifting.lifted import Lifted
from dgnet_tf.lifting.writers import bone_shapes, joint_rotations

SUFFIX = ".glb"
AXES, UNITS = "y_up", "m"
ONE_PERSON = False
STEADY = False

_FLOAT, _UNSIGNED_BYTE = 5126, 5121
_VERTICES = 34962  # What a block of arrays is for.
_MAGIC, _JSON, _BINARY = 0x46546C67, 0x4E4F534A, 0x004E4942


def write(people: Sequence[Lifted], path: pathlib.Path, axes: str, units: str):
    """Writes everybody; axes and units are the standard's."""
    path.write_bytes(content(people))


def content(people: Sequence[Lifted]) -> bytes:
    """Returns the bytes of a file that shows people, who have one frame rate."""
    scene = _Scene(min(people, key=lambda person: person.first_frame))
    for person in people:
        scene.add(person)
    return scene.packed(people[0])


class _Scene:
    """Collects the nodes, meshes, skins and channels of a document, and its arrays."""

    def __init__(self, first: Lifted):
        self._first, self._start = first.first_frame, first.seconds[0]
        self._binary = bytearray()
        self._views: list[dict] = []
        self._accessors: list[dict] = []
        self._top: list[int] = []
        self._nodes: list[dict] = []
        self._meshes: list[dict] = []
        self._skins: list[dict] = []
        self._samplers: list[dict] = []
        self._channels: list[dict] = []

    def add(self, person: Lifted):
        """Adds a person."""
        places = placement.place(person, AXES)
        found = joint_rotations.solve(places, person.skeleton)
        rest = _rest(found)
        joints = self._joints(person, found, rest)
        self._skin(person, found, rest, joints)
        self._animate(person, found, places[:, person.skeleton.root], joints)

    def packed(self, person: Lifted) -> bytes:
        """Returns the file's bytes; what holds for all is taken from a person."""
        known = {
            "layout": person.skeleton.name,
            "fps": person.fps,
            "first_frame": self._first,
            "root": "none" if person.root is None else "fit",
            "focal_px": person.focal_px,
        }
        document = {
            "asset": {"version": "2.0", "generator": "dgnet_tf"},
            "scene": 0,
            "scenes": [{"nodes": self._top, "extras": known}],
            "nodes": self._nodes,
            "meshes": self._meshes,
            "skins": self._skins,
            "materials": [_material(side) for side in style.SIDES],
            "animations": [
                {
                    "name": "poses",
                    "samplers": self._samplers,
                    "channels": self._channels,
                }
            ],
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": len(self._binary)}],
        }
        text = json.dumps(document, allow_nan=False, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        chunks = ((_JSON, text), (_BINARY, bytes(self._binary)))
        body = b"".join(
            struct.pack("<II", len(data), kind) + data for kind, data in chunks
        )
        return struct.pack("<III", _MAGIC, 2, 12 + len(body)) + body

    def _joints(self, person, found, rest) -> list[int]:
        """Adds the skeleton below a node of the person; returns the joints' numbers."""
        extras = {"person": person.person, "first_frame": person.first_frame}
        if person.guessed:
            extras["guessed"] = list(person.guessed)
        top = self._node(name=person.person, extras=extras)
        self._top.append(top)
        numbers: list[int] = []
        for node in found:
            offset = node.offset if node.parent >= 0 else rest[0]
            numbers.append(self._node(name=node.name, translation=offset.tolist()))
            parent = numbers[node.parent] if node.parent >= 0 else top
            self._nodes[parent].setdefault("children", []).append(numbers[-1])
        return numbers

    def _skin(self, person, found, rest, joints):
        """Adds the body: the bone to a joint turns with the joint's parent."""
        parts = {side: ([], [], []) for side in style.SIDES}
        for index, node in enumerate(found):
            if node.parent < 0 or not node.offset.any():
                continue
            joint = person.joints.index(node.name)
            shape, normals = bone_shapes.octahedron(rest[node.parent], rest[index])
            places, ways, owners = parts[style.side(person.skeleton, joint)]
            places.append(shape)
            ways.append(normals)
            owners += [node.parent] * len(shape)
        primitives = [
            self._primitive(material, *part)
            for material, part in enumerate(parts.values())
            if part[0]
        ]
        back = np.tile(np.eye(4), (len(found), 1, 1))
        back[:, 3, :3] = -rest  # Columns first: the transposed matrix.
        matrices = self._array(back.reshape(-1, 16), "MAT4")
        skin = {
            "name": person.person,
            "joints": joints,
            "inverseBindMatrices": matrices,
            "skeleton": joints[0],
        }
        self._skins.append(skin)
        self._meshes.append({"name": f"body {person.person}", "primitives": primitives})
        # On top, since nothing but its skin moves it.
        number = len(self._skins) - 1
        body = self._node(name=f"body {person.person}", mesh=number, skin=number)
        self._top.append(body)

    def _primitive(self, material, places, ways, owners) -> dict:
        bound = np.zeros((len(owners), 4), np.uint8)
        bound[:, 0] = owners
        whole = np.zeros((len(owners), 4))
        whole[:, 0] = 1.0
        attributes = {
            "POSITION": self._array(np.concatenate(places), "VEC3", True, _VERTICES),
            "NORMAL": self._array(np.concatenate(ways), "VEC3", False, _VERTICES),
            "JOINTS_0": self._array(bound, "VEC4", False, _VERTICES),
            "WEIGHTS_0": self._array(whole, "VEC4", False, _VERTICES),
        }
        return {"attributes": attributes, "material": material}

    def _animate(self, person, found, root, joints):
        seconds = person.seconds - self._start
        times = self._array(seconds[:, None], "SCALAR", True)
        self._channel(times, joints[0], "translation", self._array(root, "VEC3"))
        for node, joint in zip(found, joints, strict=True):
            if not node.leaf:
                turns = self._array(_unrolled(node.turns.as_quat()), "VEC4")
                self._channel(times, joint, "rotation", turns)

    def _channel(self, times, node, path, values):
        self._samplers.append({"input": times, "output": values})
        target = {"node": node, "path": path}
        self._channels.append({"sampler": len(self._samplers) - 1, "target": target})

    def _node(self, **fields) -> int:
        self._nodes.append(fields)
        return len(self._nodes) - 1

    def _array(self, values, kind: str, bounds: bool = False, target=None) -> int:
        """Adds an array (n, numbers of an element); returns its accessor's number."""
        values = np.asarray(values)
        whole = values.dtype == np.uint8
        values = values.astype(np.uint8 if whole else "<f4") + (0 if whole else 0.0)
        view = {
            "buffer": 0,
            "byteOffset": len(self._binary),
            "byteLength": values.nbytes,
        }
        self._views.append(view if target is None else {**view, "target": target})
        self._binary += values.tobytes() + bytes(-values.nbytes % 4)
        accessor = {
            "bufferView": len(self._views) - 1,
            "componentType": _UNSIGNED_BYTE if whole else _FLOAT,
            "count": len(values),
            "type": kind,
        }
        if bounds:
            accessor["min"] = values.min(axis=0).tolist()
            accessor["max"] = values.max(axis=0).tolist()
        self._accessors.append(accessor)
        return len(self._accessors) - 1


def _rest(found) -> np.ndarray:
    """Returns where the nodes (n, 3) are in rest: on the floor, as `axes` has it."""
    rest = np.zeros((len(found), 3))
    for index, node in enumerate(found):
        if node.parent >= 0:
            rest[index] = rest[node.parent] + node.offset
    rest[:, 1] += placement.ANKLE_HEIGHT - rest[:, 1].min()
    return rest


def _unrolled(quaternions: np.ndarray) -> np.ndarray:
    """Returns (F, 4) x, y, z, w with signs such that neighbours are near each other.

    q and -q are one turn, but what is between two of them is not.
    """
    dots = (quaternions[1:] * quaternions[:-1]).sum(axis=-1)
    signs = np.cumprod(np.where(dots < 0, -1.0, 1.0))
    return np.concatenate([quaternions[:1], signs[:, None] * quaternions[1:]])


def _material(side: str) -> dict:
    code = style.SIDES[side].removeprefix("#")
    shown = np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    # The standard's colours are linear, those of charts are sRGB.
    linear = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    return {
        "name": side,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*np.round(linear, 6).tolist(), 1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": 0.8,
        },
    }
