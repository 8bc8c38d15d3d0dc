"""Gaps: filled as lifting fills them, also from frames outside of the window."""

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.data.augmentation import missing_joints
from dgnet_tf.keypoints import interpolation

LEGS = [(side, joint) for side in ("left", "right") for joint in ("knee", "ankle")]


def filled(values, seen, indices=None):
    """Fills (L, N, 2) in windows of `indices`, by default each frame by itself."""
    indices = np.arange(len(values))[:, None] if indices is None else indices
    values = np.asarray(values, np.float32)
    return missing_joints.fill(
        values[indices],
        indices,
        tf.constant(seen),
        lambda frames: missing_joints.take(values, frames),
    ).numpy()


def test_gaps_by_hand():
    x = np.array([10, 0, 0, 40, 0, 60, 0], np.float32)
    seen = np.array([0, 0, 0, 1, 0, 1, 0], bool)
    values = np.stack([x, -x], axis=-1)[:, None]
    found = filled(values, seen[:, None])[:, 0, 0]
    assert list(found[:, 0]) == [40, 40, 40, 40, 50, 60, 60]
    assert list(found[:, 1]) == [-40, -40, -40, -40, -50, -60, -60]


def test_gaps_are_filled_as_lifting_fills_them():
    generator = np.random.default_rng(0)
    values = generator.normal(size=(40, 17, 2)).astype(np.float32)
    seen = generator.random((40, 17)) < 0.4
    seen[0, 3] = True  # No joint is missing throughout.
    assert seen.any(axis=0).all() and not seen[:, :].all(axis=0).any()
    expected = interpolation.fill_gaps(np.where(seen[..., None], values, np.nan))
    np.testing.assert_allclose(filled(values, seen)[:, 0], expected, atol=1e-6)


def test_windows_reach_for_frames_outside_of_them():
    values = np.arange(10, dtype=np.float32)[:, None, None] ** 2 + np.zeros((10, 2, 2))
    seen = np.ones((10, 2), bool)
    seen[3:7, 1] = False
    found = filled(values, seen, np.array([[4, 5], [6, 7]]))
    # Joint 1 goes from 4 in frame 2 to 49 in frame 7, by 9 a frame.
    expected = [[[16, 22], [25, 31]], [[36, 40], [49, 49]]]
    np.testing.assert_allclose(found[..., 0], expected, rtol=1e-6)


def test_a_joint_that_is_never_seen_is_left_as_it_is():
    values = np.arange(8, dtype=np.float32).reshape(4, 1, 2)
    found = filled(values, np.zeros((4, 1), bool))
    np.testing.assert_array_equal(found[:, 0], values)


def test_a_share_of_the_windows_has_knees_and_ankles_at_the_hips():
    skeleton = skeletons.get("human36m_17")
    keypoints = np.random.default_rng(0).normal(size=(2000, 4, 17, 2))
    found, missing = missing_joints.drop_legs(keypoints, skeleton, 0.3, [1, 2])
    found = found.numpy()
    legs = [skeleton.joints.index(f"{s}_{j}") for s, j in LEGS]
    hips = [skeleton.joints.index(f"{s}_hip") for s, _ in LEGS]
    dropped = (found[:, :, legs] == keypoints[:, :, hips]).all(axis=(1, 2, 3))
    assert abs(dropped.mean() - 0.3) < 4 * (0.3 * 0.7 / 2000) ** 0.5
    np.testing.assert_array_equal(found[~dropped], keypoints[~dropped])
    others = np.setdiff1d(np.arange(17), legs)
    np.testing.assert_array_equal(found[:, :, others], keypoints[:, :, others])
    expected = dropped[:, None, None] & np.isin(np.arange(17), legs)
    np.testing.assert_array_equal(missing, expected)
