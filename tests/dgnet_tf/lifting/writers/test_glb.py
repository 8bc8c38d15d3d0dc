"""Binary glTF files, read back with pygltflib and moved as the standard says."""

import dataclasses
import json
import struct

import numpy as np
import pygltflib
import pytest
from scipy.spatial.transform import Rotation
from support import motions

from dgnet_tf import axes, skeletons
from dgnet_tf.lifting import pose_files
from dgnet_tf.lifting.writers import glb

TYPES = {5126: np.dtype("<f4"), 5121: np.dtype("u1")}
WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def read(people) -> pygltflib.GLTF2:
    return pygltflib.GLTF2.load_from_bytes(glb.content(people))


def array(found, index) -> np.ndarray:
    accessor = found.accessors[index]
    view = found.bufferViews[accessor.bufferView]
    kind, width = TYPES[accessor.componentType], WIDTHS[accessor.type]
    assert view.byteOffset % kind.itemsize == 0
    assert view.byteLength == accessor.count * width * kind.itemsize
    data = found.binary_blob()[view.byteOffset :][: view.byteLength]
    values = np.frombuffer(data, kind).reshape(accessor.count, width)
    if accessor.min:
        np.testing.assert_array_equal(accessor.min, values.min(axis=0))
        np.testing.assert_array_equal(accessor.max, values.max(axis=0))
    return values


def matrices(found, time):
    """Every node's (4, 4) matrix at a time, between keys as the standard has it."""
    moved = {}
    (animation,) = found.animations
    for channel in animation.channels:
        sampler = animation.samplers[channel.sampler]
        assert sampler.interpolation in (None, "LINEAR")
        times = array(found, sampler.input)[:, 0]
        assert (np.diff(times) > 0).all()
        values = array(found, sampler.output)
        where = np.interp(time, times, np.arange(len(times)))
        low, share = int(where), where - int(where)
        high = min(low + 1, len(values) - 1)
        value = (1 - share) * values[low] + share * values[high]
        if channel.target.path == "rotation":
            np.testing.assert_allclose(np.linalg.norm(values, axis=1), 1, atol=1e-6)
            assert (values[1:] * values[:-1]).sum(axis=1).min(initial=1) >= 0
        moved[channel.target.node, channel.target.path] = value
    result = {}

    def visit(index, above):
        node = found.nodes[index]
        place = np.eye(4)
        place[:3, 3] = moved.get((index, "translation"), node.translation or [0, 0, 0])
        turn = moved.get((index, "rotation"), [0, 0, 0, 1])
        place[:3, :3] = Rotation.from_quat(turn).as_matrix()
        result[index] = above @ place
        for child in node.children or ():
            visit(child, result[index])

    for index in found.scenes[0].nodes:
        visit(index, np.eye(4))
    return result


def joints(found, skin, skeleton, time):
    """The (N, 3) joints of a person's skin at a time."""
    placed = matrices(found, time)
    by_name = {found.nodes[j].name: placed[j][:3, 3] for j in found.skins[skin].joints}
    return np.array([by_name[name] for name in skeleton.joints])


def expected(person):
    """Where the joints should be: as they were lifted, on bones of constant length."""
    return motions.normalised(axes.place(person, "y_up"), person.skeleton)


def walking(name="1", frames=6, seed=0, skeleton=motions.SKELETON, **options):
    walk = motions.random_walk(skeleton, frames, seed)
    return motions.lifted(walk, name, skeleton=skeleton, **options)


@pytest.mark.parametrize("name", sorted(skeletons.SKELETONS))
def test_joints_stand_where_they_were_lifted_to_on_constant_bones(name):
    skeleton = skeletons.get(name)
    person = walking(frames=5, skeleton=skeleton, fps=25.0)
    found = read([person])
    for frame, places in enumerate(expected(person)):
        there = joints(found, 0, skeleton, frame / 25)
        np.testing.assert_allclose(there, places, atol=2e-6)


def test_people_keep_their_frames_names_and_places():
    root = np.arange(12.0).reshape(4, 3)
    people = [
        walking("Anna", 6, first_frame=30, fps=29.97),
        walking("7", 4, seed=1, first_frame=33, fps=29.97, root=root),
    ]
    found = read(people)
    assert found.scenes[0].extras["first_frame"] == 30
    tops = [found.nodes[index] for index in found.scenes[0].nodes]
    assert [node.extras for node in tops if node.skin is None] == [
        {"person": "Anna", "first_frame": 30},
        {"person": "7", "first_frame": 33},
    ]
    skeleton = motions.SKELETON
    for skin, person in enumerate(people):
        first = person.first_frame - 30
        for frame, places in enumerate(expected(person)):
            there = joints(found, skin, skeleton, (first + frame) / 29.97)
            np.testing.assert_allclose(there, places, atol=1e-5)
    still = joints(found, 1, skeleton, 0.0)
    np.testing.assert_allclose(still, expected(people[1])[0], atol=1e-6)


def test_late_frames_of_long_videos_have_times_of_their_own():
    found = read([walking(first_frame=10**9)])
    times = array(found, found.animations[0].samplers[0].input)[:, 0]
    np.testing.assert_allclose(times, np.arange(6) / 50, rtol=1e-6)


def test_frames_of_a_video_have_its_own_times():
    person = walking(frames=4, first_frame=7)
    seconds = np.array([3.0, 3.02, 3.1, 3.11])
    found = read([dataclasses.replace(person, times=seconds)])
    times = array(found, found.animations[0].samplers[0].input)[:, 0]
    np.testing.assert_allclose(times, [0, 0.02, 0.1, 0.11], atol=1e-6)
    there = joints(found, 0, motions.SKELETON, 0.1)
    np.testing.assert_allclose(there, expected(person)[2], atol=1e-5)


def test_halfway_between_two_frames_a_joint_is_halfway():
    """Quaternions of opposite signs would send it the long way round."""
    turns = np.radians(np.arange(0, 720, 50.0))
    x, y, z = np.moveaxis(motions.t_pose()[0], -1, 0)[:, None]
    c, s = np.cos(turns)[:, None], np.sin(turns)[:, None]
    person = motions.lifted(np.stack([c * x + s * z, y + 0 * c, c * z - s * x], -1))
    found = read([person])
    radius = np.hypot(*motions.t_pose()[0, 13, [0, 2]])
    for frame in range(len(turns) - 1):
        place = joints(found, 0, motions.SKELETON, (frame + 0.5) / 50)[13]
        angle = (turns[frame] + turns[frame + 1]) / 2
        where = radius * np.array([np.cos(angle), -np.sin(angle)])
        np.testing.assert_allclose(place[[0, 2]], where, atol=1e-5)


def test_rest_is_a_t_pose_on_the_floor():
    found = read([walking()])
    by_name = {node.name: node for node in found.nodes}
    names = [node.name for node in found.nodes]

    def rest(name):
        place = np.array(by_name[name].translation or [0.0, 0, 0])
        index = names.index(name)
        above = [n.name for n in found.nodes if index in (n.children or ())]
        return place + (rest(above[0]) if above else 0)

    left, right = rest("left_ankle"), rest("right_ankle")
    assert left[1] == pytest.approx(axes.ANKLE_HEIGHT)
    assert left[0] == pytest.approx(-right[0]) and left[0] > 0
    assert rest("left_wrist")[1] == pytest.approx(rest("left_shoulder")[1])
    assert all(node.rotation is None for node in found.nodes)


def test_the_body_is_carried_by_the_bones():
    """Skinned as the standard has it, shapes reach from joint to joint."""
    person = walking(frames=2)
    found = read([person])
    (skin,), (mesh,) = found.skins, found.meshes
    placed = matrices(found, 1 / 50)
    back = array(found, skin.inverseBindMatrices).reshape(-1, 4, 4).transpose(0, 2, 1)
    carried = np.stack([placed[j] for j in skin.joints]) @ back
    corners, colours = [], []
    for primitive in mesh.primitives:
        places = array(found, primitive.attributes.POSITION)
        ways = array(found, primitive.attributes.NORMAL)
        np.testing.assert_allclose(np.linalg.norm(ways, axis=1), 1, atol=1e-5)
        owners = array(found, primitive.attributes.JOINTS_0)
        weights = array(found, primitive.attributes.WEIGHTS_0)
        np.testing.assert_array_equal(weights, [[1, 0, 0, 0]] * len(weights))
        whole = np.concatenate([places, np.ones((len(places), 1))], axis=1)
        moved = np.einsum("vij,vj->vi", carried[owners[:, 0]], whole)[:, :3]
        corners.append(moved)
        colours.append(found.materials[primitive.material].name)
        # Counter-clockwise: the edges' product points along the normal.
        one, two, three = places.reshape(-1, 3, 3).transpose(1, 0, 2)
        assert (np.cross(two - one, three - one) * ways[::3]).sum(axis=1).min() > 0
    assert colours == ["left", "right", "middle"]
    corners = np.concatenate(corners)
    assert len(corners) == 16 * 24
    for place in expected(person)[1]:
        assert np.linalg.norm(corners - place, axis=1).min() < 1e-5


def test_the_container_is_the_standards(tmp_path):
    path = tmp_path / "poses.GLB"
    assert pose_files.write([walking("Zoë", 1)], path) == [path]
    content = path.read_bytes()
    magic, version, length = struct.unpack("<4sII", content[:12])
    assert (magic, version, length) == (b"glTF", 2, len(content))
    size, kind = struct.unpack("<I4s", content[12:20])
    assert kind == b"JSON" and size % 4 == 0
    document = json.loads(content[20 : 20 + size])
    assert document["asset"]["version"] == "2.0"
    rest, kind = struct.unpack("<I4s", content[20 + size : 28 + size])
    assert kind == b"BIN\0" and 28 + size + rest == length
    assert document["buffers"] == [{"byteLength": rest}]
    assert document["nodes"][0]["name"] == "Zoë"
    with pytest.raises(ValueError, match="a .glb file is always m, `units` is 'cm'"):
        pose_files.write([walking()], path, units="cm")
