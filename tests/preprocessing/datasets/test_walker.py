import numpy as np
import pytest

from dgnet_tf import skeletons
from preprocessing.datasets import walker

SKELETON = skeletons.get("human36m_17")
ACTIONS = ("walk", "squat", "wave")


def lengths(positions):
    child, parent = zip(*SKELETON.edges, strict=True)
    difference = positions[:, list(child)] - positions[:, list(parent)]
    return dict(zip(child, np.linalg.norm(difference, axis=-1).T, strict=True))


@pytest.mark.parametrize("action", ACTIONS)
def test_bones_are_rigid_alike_on_both_sides_and_of_human_size(action):
    for person in range(4):
        bones = lengths(walker.motion(person, action, 150))
        for bone in bones.values():
            np.testing.assert_allclose(bone, bone[0], rtol=1e-12)
        for left, right in SKELETON.symmetric_pairs:
            np.testing.assert_allclose(bones[left][0], bones[right][0], rtol=1e-12)
        body = sum(bones[joint][0] for joint in (5, 6, 7, 8, 9, 10))
        assert 1.3 < body < 2.0


@pytest.mark.parametrize("action", ACTIONS)
def test_the_lower_foot_stands_on_the_floor(action):
    ankles = walker.motion(3, action, 200)[:, [3, 6], 2]
    np.testing.assert_allclose(ankles.min(axis=1), 0.08, atol=1e-12)


def test_a_walk_goes_where_the_person_faces():
    positions = walker.motion(0, "walk", 200)
    step = np.diff(positions[:, 0, :2], axis=0)
    across = (positions[:, 4] - positions[:, 1])[1:]
    facing = np.cross(across, [0.0, 0.0, 1.0])[:, :2]
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    speed = 50.0 * np.linalg.norm(step, axis=1)
    assert 0.7 < speed.min() and speed.max() < 2.2
    along = 50.0 * (step * facing).sum(axis=1)
    np.testing.assert_allclose(along, speed, rtol=0.05)
    assert np.ptp(positions[:, 0, :2], axis=0).max() < 3.2


def test_a_squat_lowers_the_hips_and_a_wave_raises_a_wrist():
    hip = walker.motion(1, "squat", 250)[:, 0, 2]
    assert hip.min() < 0.8 * hip.max()
    wave = walker.motion(1, "wave", 250)
    wrists = np.sort(wave[:, [13, 16], 2], axis=1)
    assert (wrists[:, 1] > wave[:, 8, 2]).all()
    assert (wrists[:, 0] < wave[:, 8, 2]).all()


def test_arms_swing_against_the_legs():
    positions = walker.motion(1, "walk", 200)
    across = positions[:, 4] - positions[:, 1]
    facing = np.cross(across, [0.0, 0.0, 1.0])
    legs = ((positions[:, 6] - positions[:, 3]) * facing).sum(axis=1)
    arms = ((positions[:, 13] - positions[:, 16]) * facing).sum(axis=1)
    assert np.corrcoef(legs, arms)[0, 1] < -0.8


def test_left_is_left_of_the_facing_direction():
    positions = walker.motion(2, "walk", 50)
    shoulders = positions[:, 11] - positions[:, 14]
    hips = positions[:, 4] - positions[:, 1]
    assert ((shoulders * hips).sum(axis=1) > 0).all()
    facing = np.cross(hips, [0.0, 0.0, 1.0])
    toward_nose = positions[:, 9] - positions[:, 8]
    assert ((facing * toward_nose).sum(axis=1) > 0).all()


def test_motion_depends_on_person_action_and_seed():
    first = walker.motion(0, "walk", 20, seed=0)
    np.testing.assert_array_equal(first, walker.motion(0, "walk", 20, seed=0))
    assert not np.allclose(first, walker.motion(1, "walk", 20, seed=0))
    assert not np.allclose(first, walker.motion(0, "walk", 20, seed=1))
    np.testing.assert_allclose(first[:10], walker.motion(0, "walk", 10, seed=0))


def test_an_unknown_action_is_an_error():
    with pytest.raises(ValueError, match="`action` must be one of .*got 'fly'"):
        walker.motion(0, "fly", 10)
