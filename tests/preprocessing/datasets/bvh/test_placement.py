"""Where spine and head are put, and what position channels change of it."""

import numpy as np
import pytest
from support.datasets import bvh_documents as documents

from dgnet_tf.errors import UserError
from preprocessing.datasets.bvh import bvh, choices, files, mappings, placement

JOINTS = bvh.SKELETON.joints
HUMANIK = "UpLeg Leg Foot Arm ForeArm Hand"
BIOVISION = "Hip Knee Ankle Shoulder Elbow Wrist"
ROKOKO = "Thigh Shin Foot Arm ForeArm Hand"
NUMBERED = [
    ("Spine", "Spine1", "Spine2", "Spine3", "Spine4", "Spine5")[:n] for n in range(7)
]
CHESTS = ("Chest", "Chest2", "Chest3", "Chest4")


def place(tmp_path, tree, rows=None):
    path = documents.write(
        tmp_path / "a.bvh", tree, [[0.0] * 9] if rows is None else rows
    )
    motion = files.read_rest(path) if rows is None else files.read_motion(path)
    mapping = mappings.choose(path, motion.hierarchy)
    return placement.place(path, mapping, motion), motion


def rest(tmp_path, tree):
    found, motion = place(tmp_path, tree)
    (poses,) = found.poses(motion)
    return found, dict(zip(JOINTS, poses, strict=True))


def spread(names, low, high):
    """Spine joints at heights from low to high, of a trunk from 0 to 50."""
    return list(zip(names, np.linspace(low, high, len(names) + 2)[1:-1], strict=True))


@pytest.mark.parametrize("heights", [(0, 50), (0, 25), (25, 50), (5, 12)])
@pytest.mark.parametrize(
    ("names", "limbs"),
    [
        *((names, HUMANIK) for names in NUMBERED),
        (CHESTS[:1], BIOVISION),
        (CHESTS, BIOVISION),
        (NUMBERED[4][1:] + ("Spine4",), ROKOKO),
    ],
)
def test_the_spine_is_half_way_up_any_trunk(tmp_path, names, limbs, heights):
    tree = documents.trunk(spread(names, *heights), limbs=limbs)
    _, joints = rest(tmp_path, tree)
    trunk = joints["thorax"] - joints["hip"]
    np.testing.assert_allclose(trunk, [0, 50, 0], atol=1e-4)
    np.testing.assert_allclose(joints["spine"] - joints["hip"], [0, 25, 0], atol=1e-4)


@pytest.mark.parametrize("count", [1, 2, 4, 6])
def test_the_spine_stays_half_way_along_a_bent_trunk(tmp_path, count):
    tree = documents.trunk(spread(NUMBERED[count], 0, 50))
    rows = documents.motion(tree, 40, size=15.0)
    path = documents.write(tmp_path / "a.bvh", tree, rows)
    (take,) = bvh.takes(path, fps=60.0)
    positions = dict(
        zip(JOINTS, np.moveaxis(take.sequence().positions, 1, 0), strict=True)
    )
    for frame, row in enumerate(rows):
        places = documents.pose(tree, row)
        hip = (places["LeftUpLeg"] + places["RightUpLeg"]) / 2
        chain = [hip, *(places[name] for name in NUMBERED[count]), places["Neck"]]
        lengths = [
            np.linalg.norm(b - a) for a, b in zip(chain, chain[1:], strict=False)
        ]
        along = np.cumsum([0.0, *lengths])
        half = [np.interp(along[-1] / 2, along, axis) for axis in np.transpose(chain)]
        found = positions["spine"][frame] - positions["hip"][frame]
        x, y, z = (half - hip) / 100
        np.testing.assert_allclose(found, [x, -z, y], atol=1e-6)


def test_shoulders_neck_and_limbs_are_the_joints_themselves(tmp_path):
    for names, limbs in ((NUMBERED[4], HUMANIK), (CHESTS, BIOVISION)):
        _, joints = rest(tmp_path, documents.trunk(spread(names, 0, 50), limbs=limbs))
        expected = {
            "thorax": (0, 50, 0), "neck": (0, 60, 0), "head": (0, 79, 0),
            "left_hip": (9, 0, 0), "left_knee": (9, -42, 0), "left_ankle": (9, -83, 0),
            "right_ankle": (-9, -83, 0), "left_elbow": (45, 46 - 8, 0),
        }  # fmt: skip
        top = spread(names, 0, 50)[-1][1]
        expected["left_elbow"] = (45, top - 4, 0)
        expected["right_shoulder"] = (-17, top - 4, 0)
        expected["right_wrist"] = (-70, top - 4, 0)
        for name, at in expected.items():
            found = joints[name] - joints["hip"]
            np.testing.assert_allclose(found, at, atol=1e-4, err_msg=name)


def headed(*ends):
    """A trunk whose head has other ends."""
    tree = documents.trunk(spread(NUMBERED[3], 0, 50))

    def changed(node):
        if node[0] == "Head":
            return (*node[:3], list(ends))
        if len(node) < 4:
            return node
        return (*node[:3], [changed(child) for child in node[3]])

    return changed(tree)


def end(name, *offset):
    return (name, offset, documents.ZYX, [])


TOP = placement.TOP * 50


@pytest.mark.parametrize(
    ("ends", "top", "guessed"),
    [
        ([("End Site", (0, 19, 2))], (0, 19, 2), False),
        ([end("Head_End", 0, 18, 0)], (0, 18, 0), False),
        ([end("HeadNub", 0, 18, 0)], (0, 18, 0), False),
        ([end("LeftEye", 3, 8, 9), ("End Site", (0, 19, 0))], (0, 19, 0), False),
        ([end("LeftEye", 3, 8, 9), end("RightEye", -3, 8, 9)], (0, TOP, 0), True),
        ([end("Jaw", 0, 0, 9)], (0, TOP, 0), True),
        ([], (0, TOP, 0), True),
        ([("End Site", (0, 0, 0))], (0, TOP, 0), True),
        ([("End Site", (0, 0, 1))], (0, TOP, 0), True),
        ([("End Site", (0, 100, 0))], (0, TOP, 0), True),
    ],
)
def test_the_top_of_the_head_is_its_end_or_on_the_line_from_the_neck(
    tmp_path, capsys, ends, top, guessed
):
    found, joints = rest(tmp_path, headed(*ends))
    assert found.guessed_head == guessed
    np.testing.assert_allclose(joints["head"] - joints["neck"], top, atol=1e-4)
    bvh.takes(tmp_path / "a.bvh")
    assert ("the top of the head is not in" in capsys.readouterr().err) == guessed


def poses(tmp_path, tree, rows, unit=None):
    path = documents.write(tmp_path / "b.bvh", tree, rows)
    (take,) = bvh.takes(path, fps=60.0, scale=unit)
    return take.sequence().positions, take


TREE = documents.trunk(spread(NUMBERED[3], 0, 50))
ROWS = documents.motion(TREE, 40)


@pytest.mark.parametrize(
    ("scale", "offsets"),
    [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (1.0, 0.393701), (1.0, 3.0)],
)
def test_positions_on_every_joint_give_the_poses_of_offsets(
    tmp_path, capsys, scale, offsets
):
    expected, _ = poses(tmp_path, TREE, ROWS)
    capsys.readouterr()
    tree, rows = documents.with_positions(TREE, ROWS, scale, offsets)
    found, take = poses(tmp_path, tree, rows)
    assert take.scale == 0.01
    np.testing.assert_allclose(found, expected, atol=1e-5)
    said = capsys.readouterr().err
    assert ("displacements from them" in said) == (scale == 0.0)


@pytest.mark.parametrize("unit", choices.UNITS.values())
def test_the_unit_is_the_motions_not_the_offsets(tmp_path, unit):
    tree = documents.person(unit=unit)
    rows = documents.motion(tree, 60, unit)
    expected, three = poses(tmp_path, tree, rows)
    for offsets in (1.0, 0.01, 100.0):
        found, six = poses(
            tmp_path, *documents.with_positions(tree, rows, 1.0, offsets)
        )
        assert three.scale == six.scale == unit
        body = [j for j, name in enumerate(JOINTS) if name != "head"]  # An End Site's.
        np.testing.assert_allclose(found[:, body], expected[:, body], atol=1e-4)


@pytest.mark.parametrize("factor", [0.01, 1 / 2.54, 0.5, 2.54, 10.0])
def test_end_sites_may_be_in_the_offsets_unit(tmp_path, capsys, factor):
    expected, _ = poses(tmp_path, TREE, ROWS)
    tree, rows = documents.with_positions(TREE, ROWS, 1.0, factor)

    def scaled(node):
        if node[0] == "End Site":
            return (node[0], tuple(factor * number for number in node[1]))
        return (*node[:3], [scaled(child) for child in node[3]])

    found, take = poses(tmp_path, scaled(tree), rows)
    assert take.scale == 0.01 and not take.placement.guessed_head
    # OFFSETs are rounded to a few digits, which a factor of 0.01 makes fewer.
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_some_joints_with_positions_and_some_without(tmp_path):
    expected, _ = poses(tmp_path, TREE, ROWS)
    tree, rows = documents.with_positions(TREE, ROWS, 1.0, 1.0)
    names = [
        (node[0], channel)
        for node in documents.nodes(tree)
        for channel in node[2].split()
    ]
    kept = [name.startswith(("Left", "Spine", "Hips")) for name, _ in names]
    keep = [
        k or channel.endswith("rotation")
        for k, (_, channel) in zip(kept, names, strict=True)
    ]

    def changed(node):
        if node[0] == "End Site":
            return node
        left = node[0].startswith(("Left", "Spine", "Hips"))
        offset = (0.0, 0.0, 0.0) if left else node[1]
        channels = node[2] if left else documents.ZYX
        return (node[0], offset, channels, [changed(child) for child in node[3]])

    found, _ = poses(tmp_path, changed(tree), rows[:, keep])
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_bones_that_positions_stretch_are_measured_in_the_motion(tmp_path):
    tree, rows = documents.with_positions(TREE, ROWS, 1.0, 0.0)
    _, take = poses(tmp_path, tree, rows)
    tall = rows.copy()
    names = [channel for node in documents.nodes(tree) for channel in node[2].split()]
    moved = [name.endswith("position") for name in names]
    tall[:, moved] *= 1.1
    _, taller = poses(tmp_path, tree, tall)
    ratio = taller.placement.length / take.placement.length
    assert 1.08 < ratio < 1.1  # But for the End Site of the head.


def test_cmus_lost_bone_is_put_back_where_positions_lose_it_too(tmp_path):
    tree = documents.person()
    rows = documents.motion(tree, 60)
    expected, _ = poses(tmp_path, tree, rows)
    for scale, offsets in ((1.0, 1.0), (0.0, 1.0), (1.0, 0.0)):
        found, take = poses(
            tmp_path, *documents.with_positions(tree, rows, scale, offsets)
        )
        assert take.mapping.name == "cmu"
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_joints_all_in_one_place_are_a_clear_error(tmp_path):
    tree, rows = documents.with_positions(TREE, ROWS, 0.0, 0.0)
    with pytest.raises(UserError, match="b.bvh: mapping 'motionbuilder' puts "):
        poses(tmp_path, tree, rows)
