"""Rotations of bones: by hand, and back to the joints by a loop over the tree."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from support import motions
from support.motions import normalised

from dgnet_tf import skeletons
from dgnet_tf.lifting.writers import joint_rotations

SKELETON = motions.SKELETON


def by_name(positions, skeleton=SKELETON):
    return {node.name: node for node in joint_rotations.solve(positions, skeleton)}


def degrees(node, frame=0):
    """Angle of a node's turn, and the axis that it turns about."""
    vector = node.turns[frame].as_rotvec(degrees=True)
    angle = np.linalg.norm(vector)
    return angle, vector / angle if angle else vector


def forward(nodes, root):
    """Joints of one frame after another, by plain loops."""
    frames = []
    for frame, place in enumerate(root):
        places, turns, found = [], [], {}
        for node in nodes:
            own = node.turns[frame].as_matrix()
            if node.parent < 0:
                places.append(place)
                turns.append(own)
            else:
                above = turns[node.parent]
                places.append(places[node.parent] + above @ node.offset)
                turns.append(above @ own)
            found[node.name] = places[-1]
        frames.append(found)
    return frames


def test_in_a_t_pose_nothing_is_turned():
    for node in joint_rotations.solve(motions.t_pose(3), SKELETON):
        assert node.turns.magnitude().max() < 1e-7, node.name
    offsets = {name: node.offset for name, node in by_name(motions.t_pose()).items()}
    np.testing.assert_allclose(offsets["left_wrist"], [0.25, 0, 0], atol=1e-12)
    np.testing.assert_allclose(offsets["right_wrist"], [-0.25, 0, 0], atol=1e-12)
    np.testing.assert_allclose(offsets["left_ankle"], [0, -0.45, 0], atol=1e-12)
    np.testing.assert_allclose(offsets["head"], [0, 0.1, 0], atol=1e-12)
    np.testing.assert_array_equal(offsets["thorax_to_left_shoulder"], [0, 0, 0])


def test_a_bent_elbow_is_a_turn_of_90_degrees_of_the_elbow_alone():
    pose = motions.t_pose()
    joint = SKELETON.joints.index
    # The left forearm points forward: +z.
    pose[0, joint("left_wrist")] = pose[0, joint("left_elbow")] + [0, 0, 0.25]
    nodes = by_name(pose)
    angle, axis = degrees(nodes.pop("left_elbow"))
    assert angle == pytest.approx(90)
    np.testing.assert_allclose(axis, [0, -1, 0], atol=1e-12)
    for name, node in nodes.items():
        assert node.turns.magnitude().max() < 1e-7, name


def test_a_raised_leg_turns_the_hip_of_its_side():
    pose = motions.t_pose()
    joint = SKELETON.joints.index
    # The right thigh points forward, the shin down.
    pose[0, joint("right_knee")] = pose[0, joint("right_hip")] + [0, 0, 0.45]
    pose[0, joint("right_ankle")] = pose[0, joint("right_knee")] + [0, -0.45, 0]
    nodes = by_name(pose)
    angle, axis = degrees(nodes["right_hip"])
    assert angle == pytest.approx(90)
    np.testing.assert_allclose(axis, [-1, 0, 0], atol=1e-12)
    angle, axis = degrees(nodes["right_knee"])
    assert angle == pytest.approx(90)
    np.testing.assert_allclose(axis, [1, 0, 0], atol=1e-12)
    assert degrees(nodes["left_hip"])[0] < 1e-6


def test_a_turned_body_turns_the_root_alone():
    turn = Rotation.from_euler("ZXY", [20, -35, 140], degrees=True)
    pose = turn.apply(motions.t_pose()[0])[None]
    nodes = by_name(pose)
    assert (nodes.pop("hip").turns[0].inv() * turn).magnitude() < 1e-6
    for name, node in nodes.items():
        assert node.turns.magnitude().max() < 1e-6, name


@pytest.mark.parametrize("name", sorted(skeletons.SKELETONS))
def test_every_bone_points_where_it_pointed(name):
    skeleton = skeletons.get(name)
    positions = motions.random_walk(skeleton, frames=6)
    nodes = joint_rotations.solve(positions, skeleton)
    assert all(node.parent < index for index, node in enumerate(nodes))
    expected = normalised(positions, skeleton)
    frames = forward(nodes, positions[:, skeleton.root])
    for frame, found in enumerate(frames):
        for joint, joint_name in enumerate(skeleton.joints):
            np.testing.assert_allclose(
                found[joint_name], expected[frame, joint], atol=1e-9
            )


def test_lengths_are_medians_and_the_same_on_both_sides():
    poses = motions.t_pose(5)
    joint = SKELETON.joints.index
    poses[:, joint("left_wrist"), 0] += [0.0, 0.01, 0.02, 0.04, 9.0]
    lengths = joint_rotations.bone_lengths(poses, SKELETON)
    assert lengths[joint("left_wrist")] == pytest.approx((0.27 + 0.25) / 2)
    assert lengths[joint("right_wrist")] == lengths[joint("left_wrist")]
    assert lengths[joint("hip")] == 0.0


def test_bones_without_length_and_straight_back_have_an_answer():
    pose = motions.t_pose(2)
    joint = SKELETON.joints.index
    pose[:, joint("head")] = pose[:, joint("neck")]
    pose[:, joint("left_ankle")] = pose[:, joint("left_hip")]  # Folded up.
    nodes = by_name(pose)
    assert nodes["neck"].turns.magnitude().max() < 1e-7
    assert degrees(nodes["left_knee"])[0] == pytest.approx(180)
    assert np.isfinite(nodes["left_knee"].turns.as_quat()).all()


def test_a_name_that_says_no_direction_is_refused():
    with pytest.raises(ValueError, match="`name` must be a known joint's"):
        joint_rotations.rest_direction("left_wing")
