"""The fitted root against its equations, other solvers and hand-made scenes."""

import math

import numpy as np
import pytest
import scipy.optimize

from dgnet_tf import cameras
from dgnet_tf.inference import root_trajectory

INTRINSICS = np.array([1145.0, 1130.0, 512.0, 498.0, 0, 0, 0, 0, 0])


def scene(frames=6, joints=17, seed=0):
    """Root-relative poses, their root's trajectory and exact keypoints."""
    rng = np.random.default_rng(seed)
    positions = rng.normal(0, 0.4, (frames, joints, 3))
    positions[:, 0] = 0.0
    root = rng.uniform([-1, -1, 3], [1, 1, 6], (frames, 3))
    return (
        positions,
        root,
        cameras.project_linear(positions + root[:, None], INTRINSICS),
    )


def residuals(root, positions, keypoints, weights):
    """Weighted differences of both sides of both equations, by loops."""
    fx, fy, cx, cy = INTRINSICS[:4]
    found = []
    for (x, y, z), (u, v), w in zip(positions, keypoints, weights, strict=True):
        depth = root[2] + z
        found.append(math.sqrt(w) * (fx * (root[0] + x) - (u - cx) * depth))
        found.append(math.sqrt(w) * (fy * (root[1] + y) - (v - cy) * depth))
    return found


def test_two_joints_by_hand():
    # A bone of 0.5 m across the view, 50 pixels long at a focal length of 1000, is
    # 10 m away; its root is seen 20 pixels right of and 30 below the centre.
    intrinsics = np.array([1000.0, 1000, 500, 400, 0, 0, 0, 0, 0])
    positions = np.array([[[0.0, 0, 0], [0.5, 0, 0]]])
    keypoints = np.array([[[520.0, 430], [570, 430]]])
    root = root_trajectory.fit_root(positions, keypoints, intrinsics)
    np.testing.assert_allclose(root, [[0.2, 0.3, 10.0]], atol=1e-12)


def test_exact_keypoints_give_the_root_back():
    positions, root, keypoints = scene(frames=50)
    fitted = root_trajectory.fit_root(positions, keypoints, INTRINSICS)
    np.testing.assert_allclose(fitted, root, atol=1e-10)


def test_noisy_keypoints_give_the_generic_optimisers_minimum():
    positions, _, keypoints = scene(seed=1)
    rng = np.random.default_rng(2)
    keypoints = keypoints + rng.normal(0, 8.0, keypoints.shape)
    weights = rng.uniform(0, 1, keypoints.shape[:2])
    weights[2, 3:9] = 0.0
    fitted = root_trajectory.fit_root(positions, keypoints, INTRINSICS, weights)
    for f in range(len(positions)):
        best = scipy.optimize.least_squares(
            residuals,
            [0.0, 0.0, 5.0],
            args=(positions[f], keypoints[f], weights[f]),
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
        )
        np.testing.assert_allclose(fitted[f], best.x, atol=1e-6)


def test_joints_without_confidence_do_not_count():
    positions, root, keypoints = scene()
    keypoints[:, 4] += 300.0
    confidence = np.ones(keypoints.shape[:2])
    confidence[:, 4] = 0.0
    fitted = root_trajectory.fit_root(positions, keypoints, INTRINSICS, confidence)
    np.testing.assert_allclose(fitted, root, atol=1e-10)
    misled = root_trajectory.fit_root(positions, keypoints, INTRINSICS)
    assert np.abs(misled - root).max() > 0.1


def test_distortion_is_not_looked_at():
    positions, root, keypoints = scene()
    bent = np.concatenate([INTRINSICS[:4], [-0.2, 0.24, 0.1, 0.01, 0.02]])
    fitted = root_trajectory.fit_root(positions, keypoints, bent)
    np.testing.assert_allclose(fitted, root, atol=1e-10)


def test_frames_without_an_answer_are_interpolated():
    positions, root, keypoints = scene(frames=7)
    confidence = np.ones(keypoints.shape[:2])
    keypoints[0] = 500.0  # All in one point.
    confidence[3] = 0.0  # Nothing seen.
    confidence[4, 1:] = 0.0  # One joint seen.
    keypoints[6] = 2 * INTRINSICS[2:4] - keypoints[6]  # Upside down: behind.
    alone = root_trajectory.fit_each_frame(positions, keypoints, INTRINSICS, confidence)
    np.testing.assert_array_equal(np.isnan(alone[:, 0]), [1, 0, 0, 1, 1, 0, 1])
    np.testing.assert_array_equal(np.isnan(alone).any(1), np.isnan(alone).all(1))
    np.testing.assert_allclose(alone[[1, 2, 5]], root[[1, 2, 5]], atol=1e-10)

    fitted = root_trajectory.fit_root(positions, keypoints, INTRINSICS, confidence)
    np.testing.assert_allclose(fitted[0], root[1], atol=1e-10)
    np.testing.assert_allclose(fitted[3], (2 * root[2] + root[5]) / 3, atol=1e-10)
    np.testing.assert_allclose(fitted[4], (root[2] + 2 * root[5]) / 3, atol=1e-10)
    np.testing.assert_allclose(fitted[6], root[5], atol=1e-10)


def test_a_joint_behind_the_camera_is_no_answer_unless_it_is_not_counted():
    positions, _, _ = scene(frames=1)
    positions[0, 5] = [0.1, 0.1, -4.0]
    root = np.array([[0.2, 0.1, 3.5]])  # Joint 5 lies 0.5 m behind the camera.
    keypoints = cameras.project_linear(positions + root, INTRINSICS)
    assert np.isnan(
        root_trajectory.fit_each_frame(positions, keypoints, INTRINSICS)
    ).all()
    confidence = np.ones((1, 17))
    confidence[0, 5] = 0.0
    fitted = root_trajectory.fit_root(positions, keypoints, INTRINSICS, confidence)
    np.testing.assert_allclose(fitted, root, atol=1e-10)


def test_a_video_without_any_answer_is_refused():
    positions, _, keypoints = scene()
    with pytest.raises(ValueError, match="cannot be fitted in any of the 6 frames"):
        root_trajectory.fit_root(positions, np.zeros_like(keypoints), INTRINSICS)
    with pytest.raises(ValueError, match="two joints of confidence above 0"):
        root_trajectory.fit_root(positions, keypoints, INTRINSICS, np.zeros((6, 17)))


def test_no_frames_give_no_root():
    empty = root_trajectory.fit_root(
        np.zeros((0, 17, 3)), np.zeros((0, 17, 2)), INTRINSICS
    )
    assert empty.shape == (0, 3)


def test_wrong_arguments_are_refused_by_name():
    positions, _, keypoints = scene()

    def refused(message, *changed):
        with pytest.raises(ValueError, match=message):
            root_trajectory.fit_root(*changed)

    refused(r"`positions` must have.*\(17, 3\)", positions[0], keypoints, INTRINSICS)
    refused(r"`keypoints` must have.*\(6, 16, 2\)", positions, keypoints[:, 1:], 0)
    refused(r"`intrinsics` must have shape \(9,\)", positions, keypoints, np.ones(4))
    refused("`intrinsics` must have focal.*0", positions, keypoints, np.zeros(9))
    refused(
        "`keypoints` has values that are not finite",
        positions,
        np.full_like(keypoints, np.nan),
        INTRINSICS,
    )
    weights = np.ones((6, 17))
    weights[1, 2] = -0.5
    refused("`confidence` must be 0.*-0.5", positions, keypoints, INTRINSICS, weights)


def test_assumed_intrinsics_see_fifty_degrees_of_the_longer_side():
    for size in ([1920, 1080], [1080, 1920]):
        intrinsics = root_trajectory.assumed_intrinsics(size)
        np.testing.assert_allclose(intrinsics[2:], [size[0] / 2, size[1] / 2, *[0] * 5])
        assert intrinsics[0] == intrinsics[1]
        angle = 2 * math.degrees(math.atan(960 / intrinsics[0]))
        assert angle == pytest.approx(50.0, abs=1e-9)


def test_a_given_focal_length_is_kept():
    intrinsics = root_trajectory.assumed_intrinsics((1000, 1002), focal_px=1145.0)
    np.testing.assert_array_equal(intrinsics[:4], [1145, 1145, 500, 501])
    for focal in (0.0, -3.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="`focal_px` must be above 0"):
            root_trajectory.assumed_intrinsics((1000, 1000), focal)
    with pytest.raises(ValueError, match="`image_size` must be two sizes above 0"):
        root_trajectory.assumed_intrinsics((1000, 0))
