"""From keypoint layouts to skeletons."""

import numpy as np
import pytest

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import layouts

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


def made_from(layout, skeleton="human36m_17"):
    """Each joint's pixels, made from keypoints (i, i^2) of a layout."""
    index = np.arange(len(layouts.get(layout).joints), dtype=float)
    keypoints = np.stack([index, index**2], axis=-1)
    made, _ = layouts.convert(keypoints, np.ones(len(index)), layout, skeleton)
    return dict(zip(skeletons.get(skeleton).joints, made.tolist(), strict=True))


def mean(*indices):
    return [np.mean(indices), np.mean(np.square(indices))]


# Where each detector's documents put the limbs: left and right of each.
LIMBS = {
    "coco_17": [(5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)],
    "openpose_18": [(5, 2), (6, 3), (7, 4), (11, 8), (12, 9), (13, 10)],
    "openpose_25": [(5, 2), (6, 3), (7, 4), (12, 9), (13, 10), (14, 11)],
    "openpose_25b": [(5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)],
    "halpe_26": [(5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)],
    "mediapipe_33": [(11, 12), (13, 14), (15, 16), (23, 24), (25, 26), (27, 28)],
    # The left ones of its README are the viewer's.
    "penn_action_13": [(2, 1), (4, 3), (6, 5), (8, 7), (10, 9), (12, 11)],
}


@pytest.mark.parametrize("layout", LIMBS)
@pytest.mark.parametrize("skeleton", ["human36m_17", "human36m_16", "humaneva_15"])
def test_limbs_stand_where_the_detectors_documents_put_them(layout, skeleton):
    made = made_from(layout, skeleton)
    limbs = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for limb, (left, right) in zip(limbs, LIMBS[layout], strict=True):
        assert made[f"left_{limb}"] == mean(left)
        assert made[f"right_{limb}"] == mean(right)


# hip, spine, thorax, neck and head of human36m_17, and HumanEva's head.
TRUNKS = {
    "coco_17": ((11, 12), (11, 12, 5, 6), (5, 6), (0,), (1, 2), (0,)),
    "openpose_18": ((8, 11), (8, 11, 1, 1), (1,), (0,), (14, 15), (0,)),
    "openpose_25": ((8,), (8, 1), (1,), (0,), (15, 16), (0,)),
    "openpose_25b": ((11, 12), (11, 12, 5, 6), (5, 6), (0,), (18,), (0,)),
    "halpe_26": ((19,), (18, 19), (18,), (0,), (17,), (0,)),
    "mediapipe_33": ((23, 24), (23, 24, 11, 12), (11, 12), (0,), (2, 5), (0,)),
    "penn_action_13": ((7, 8), (7, 8, 1, 2), (1, 2), (1, 2, 0, 0), (0,), (0,)),
}


@pytest.mark.parametrize("layout", TRUNKS)
def test_trunks_and_heads_are_made_as_stated(layout):
    hip, spine, thorax, neck, head, middle = (mean(*i) for i in TRUNKS[layout])
    made = made_from(layout)
    assert [made[name] for name in ("hip", "spine", "thorax", "neck", "head")] == [
        *(hip, spine, thorax, neck, head)
    ]
    del made["neck"]
    assert made_from(layout, "human36m_16") == made
    made = made_from(layout, "humaneva_15")
    assert [made[name] for name in ("pelvis", "thorax", "head")] == [
        *(hip, thorax, middle)
    ]


def test_toes_of_openpose_and_halpe_stand_in_their_own_orders():
    openpose = layouts.get("openpose_25").joints
    assert openpose[19:] == layouts.get("openpose_25b").joints[19:]
    assert (openpose[20], openpose[21]) == ("left_small_toe", "left_heel")
    halpe = layouts.get("halpe_26").joints
    assert (halpe[20], halpe[21], halpe[25]) == (
        *("left_big_toe", "right_big_toe", "right_heel"),
    )


def test_16_joints_are_17_without_the_neck():
    made = made_from("human36m_17", "human36m_16")
    assert made["head"] == mean(10)
    assert made["right_wrist"] == mean(16)
    assert "neck" not in made


def test_counts_of_joints_are_checked_and_fitting_layouts_named():
    layouts.check_count("a.json", 26, "halpe_26")
    with pytest.raises(UserError, match="a.json: has 25 .*openpose_25, openpose_25b"):
        layouts.check_count("a.json", 25, "halpe_26")
    with pytest.raises(UserError, match="with 99 joints there are none"):
        layouts.check_count("a.json", 99, "halpe_26")


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


def test_joints_of_which_a_part_is_never_seen_are_lacking():
    confidence = np.ones((3, 17))
    confidence[:, 3] = 0  # An ear, which no joint is made from.
    assert layouts.lacking(confidence, "coco_17", "human36m_17") == []
    confidence[:2, 11] = 0  # Seen in the last frame.
    confidence[:, 10] = 0
    assert layouts.lacking(confidence, "coco_17", "human36m_17") == ["right_wrist"]
    confidence[:, 12] = 0
    found = layouts.lacking(confidence, "coco_17", "human36m_17")
    assert found == ["hip", "right_hip", "spine", "right_wrist"]


def test_detectors_layouts_have_signatures_in_exports():
    exported = [one.name for one in layouts.LAYOUTS.values() if one.exported]
    assert exported == [
        *("coco_17", "openpose_25", "openpose_25b", "halpe_26", "mediapipe_33")
    ]
    assert set(exported).isdisjoint(skeletons.SKELETONS)
