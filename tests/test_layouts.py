"""From keypoint layouts to skeletons."""

import numpy as np
import pytest

from dgnet_tf import layouts, skeletons
from dgnet_tf.errors import UserError

# A person facing the camera: image x grows to the person's left, y downwards.
COCO = {
    "nose": (0, -70), "left_eye": (4, -76), "right_eye": (-2, -74),
    "left_ear": (8, -72), "right_ear": (-8, -72), "left_shoulder": (20, -50),
    "right_shoulder": (-16, -54), "left_elbow": (24, -20),
    "right_elbow": (-25, -21), "left_wrist": (26, 0), "right_wrist": (-27, 1),
    "left_hip": (12, 0), "right_hip": (-8, 4), "left_knee": (13, 40),
    "right_knee": (-14, 41), "left_ankle": (15, 80), "right_ankle": (-17, 81),
}  # fmt: skip


def convert_coco(confidence=None):
    keypoints = np.array(list(COCO.values()), float)[None]
    confidence = np.ones((1, 17)) if confidence is None else confidence
    result, sure = layouts.convert(keypoints, confidence, "coco_17", "human36m_17")
    names = skeletons.get("human36m_17").joints
    return (
        {name: tuple(xy) for name, xy in zip(names, result[0], strict=True)},
        dict(zip(names, sure[0], strict=True)),
    )


def test_coco_order_is_that_of_the_data_set():
    assert layouts.get("coco_17").joints == tuple(COCO)


def test_coco_limbs_keep_their_names_and_sides():
    made, _ = convert_coco()
    for limb in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        for side in ("left", "right"):
            assert made[f"{side}_{limb}"] == COCO[f"{side}_{limb}"]


def test_the_trunk_and_head_are_means_of_coco_keypoints():
    made, _ = convert_coco()
    assert made["hip"] == (2, 2)
    assert made["thorax"] == (2, -52)
    assert made["spine"] == (2, -25)  # Midway between those two.
    assert made["neck"] == (0, -70)
    assert made["head"] == (1, -75)


def test_a_derived_joint_is_as_sure_as_its_least_sure_keypoint():
    confidence = np.full((1, 17), 0.9)
    confidence[0, list(COCO).index("left_hip")] = 0.2
    confidence[0, list(COCO).index("left_ear")] = 0.0
    _, sure = convert_coco(confidence)
    assert sure["hip"] == sure["spine"] == sure["left_hip"] == 0.2
    others = set(sure) - {"hip", "spine", "left_hip"}
    assert {sure[name] for name in others} == {0.9}


@pytest.mark.parametrize("name", sorted(skeletons.SKELETONS))
def test_a_skeletons_own_layout_changes_nothing(name):
    joints = len(skeletons.get(name).joints)
    keypoints = np.random.default_rng(0).normal(size=(3, 2, joints, 2))
    confidence = np.random.default_rng(1).uniform(size=(3, 2, joints))
    made, sure = layouts.convert(keypoints, confidence, name, name)
    np.testing.assert_array_equal(made, keypoints)
    np.testing.assert_array_equal(sure, confidence)


def test_every_conversion_names_joints_that_exist():
    for layout in layouts.LAYOUTS.values():
        assert len(set(layout.joints)) == len(layout.joints)
        for name, made in layout.skeletons.items():
            joints = skeletons.get(name).joints
            assert set(made) <= set(joints)
            for joint in joints:
                assert set(made.get(joint, (joint,))) <= set(layout.joints)


def test_unknown_and_unfitting_layouts_are_refused():
    with pytest.raises(UserError, match=r"layout must be one of \['coco_17'.*'coco'"):
        layouts.get("coco")
    keypoints, confidence = np.zeros((1, 17, 2)), np.ones((1, 17))
    with pytest.raises(UserError, match="no conversion to .*'mpi_inf_3dhp_17'.*one of"):
        layouts.convert(keypoints, confidence, "coco_17", "mpi_inf_3dhp_17")
    with pytest.raises(ValueError, match="`keypoints` must have 17 joints.*got 15"):
        layouts.convert(keypoints[:, :15], confidence[:, :15], "coco_17", "human36m_17")
