"""Estimates from keypoints and depth, against loops and exact scenes."""

import dataclasses

import numpy as np
import pytest

from dgnet_tf import cameras, metrics
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import balance

# Lens and all: Human3.6M's distortion is far from nothing.
INTRINSICS = np.array([1145.0, 1143.8, 512.5, 515.5, -0.2, 0.24, -0.002, 0.001, 0.003])
ROOT = 3


def scene(frames=5, joints=9, intrinsics=INTRINSICS, seed=0):
    """A view, and its true pose relative to the root."""
    rng = np.random.default_rng(seed)
    root = rng.uniform([-0.5, -0.5, 4], [0.5, 0.5, 5], (frames, 1, 3))
    positions = root + rng.uniform(-0.8, 0.8, (frames, joints, 3))
    view = View(
        keypoints=cameras.project(positions, intrinsics),
        confidence=np.ones((frames, joints)),
        positions=positions,
        valid=np.ones(frames, bool),
        intrinsics=intrinsics,
        image_size=np.array([1000.0, 1000.0]),
        fps=50.0,
        **dict(subject="S1", action="a", take="b", camera="c"),
    )
    return view, positions - positions[:, ROOT, None]


def estimates(view, predicted):
    return balance.all_estimates(view, view.keypoints, predicted, ROOT)


def test_true_depths_and_keypoints_give_the_truth_back():
    view, target = scene()
    found, fitted = estimates(view, target)
    assert list(found) == list(balance.CONSUMES)
    assert fitted.all()
    for name, estimate in found.items():
        np.testing.assert_allclose(estimate, target, atol=1e-8, err_msg=name)


def test_uvd_by_hand():
    # Depths 4 and 4 - 0.5; 250 and 70 pixels right of the centre at focal 1000.
    intrinsics = np.array([1000.0, 1000, 500, 500, 0, 0, 0, 0, 0])
    pixels = np.array([[[750.0, 500], [570, 400]]])
    predicted = np.array([[[0.0, 0, 0], [9, 9, -0.5]]])
    found = balance.from_depth(pixels, np.array([4.0]), predicted, intrinsics, 0)
    np.testing.assert_allclose(found[0, 0], [0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(found[0, 1], [0.07 * 3.5 - 1.0, -0.1 * 3.5, -0.5])


def test_uvd_takes_only_depth_from_the_network():
    view, target = scene()
    wrong = target.copy()
    wrong[:, np.arange(9) != ROOT, :2] += 0.3
    found, _ = estimates(view, wrong)
    np.testing.assert_allclose(found["uvd_true_root"], target, atol=1e-8)
    np.testing.assert_array_equal(found["xyz"], wrong)
    for source in ("true", "fitted"):
        np.testing.assert_allclose(
            found[f"balanced_{source}_root"],
            (found["xyz"] + found[f"uvd_{source}_root"]) / 2,
            atol=1e-12,
        )
    errors = [metrics.mpjpe(found[name], target).mean() for name in found]
    assert errors[0] > 0.3
    assert errors[2] == pytest.approx(errors[0] / 2, abs=1e-6)  # Balanced.
    # A shift of all joints but the root looks like a root elsewhere.
    assert 1e-3 < errors[3] < errors[0]


def test_uvd_equals_a_loop_over_joints():
    view, target = scene(intrinsics=np.concatenate([INTRINSICS[:4], np.zeros(5)]))
    rng = np.random.default_rng(1)
    predicted = target + rng.normal(0, 0.05, target.shape)
    predicted -= predicted[:, ROOT, None]
    view.keypoints[:] += rng.normal(0, 5, view.keypoints.shape)
    found, _ = estimates(view, predicted)
    fx, fy, cx, cy = INTRINSICS[:4]
    for f in range(5):
        points = []
        for (u, v), z in zip(view.keypoints[f], predicted[f, :, 2], strict=True):
            depth = view.positions[f, ROOT, 2] + z
            points.append([(u - cx) * depth / fx, (v - cy) * depth / fy, depth])
        expected = np.array(points) - points[ROOT]
        np.testing.assert_allclose(
            found["uvd_true_root"][f], expected, rtol=0, atol=1e-9
        )


def test_the_fitted_root_does_not_look_at_the_truth():
    view, target = scene()
    first, _ = estimates(view, target)
    view.positions[:] += [0.0, 0.0, 2.0]
    second, _ = estimates(view, target)
    for name in ("uvd_fitted_root", "balanced_fitted_root"):
        np.testing.assert_array_equal(first[name], second[name])
    assert np.abs(first["uvd_true_root"] - second["uvd_true_root"]).max() > 0.1


def test_confidence_weighs_the_fitted_root():
    view, target = scene()
    view.keypoints[:, 5] += 200.0
    view.confidence[:, 5] = 0.0
    found, _ = estimates(view, target)
    others = np.arange(9) != 5
    np.testing.assert_allclose(
        found["uvd_fitted_root"][:, others], target[:, others], atol=1e-8
    )


def test_frames_without_a_fitted_root_keep_the_networks_estimate():
    view, target = scene()
    view.confidence[2] = 0.0
    wrong = target * [1.2, 0.9, 1.0]
    found, fitted = estimates(view, wrong)
    np.testing.assert_array_equal(fitted, [1, 1, 0, 1, 1])
    for name in ("uvd_fitted_root", "balanced_fitted_root"):
        np.testing.assert_array_equal(found[name][2], wrong[2])
        assert np.abs(found[name][1] - wrong[1]).max() > 0.01


def test_every_estimate_has_its_root_at_zero():
    view, target = scene(seed=3)
    found, _ = estimates(view, 0.7 * target)
    for estimate in found.values():
        np.testing.assert_array_equal(estimate[:, ROOT], np.zeros((5, 3)))


def test_a_view_without_intrinsics_is_refused():
    view, target = scene()
    view = dataclasses.replace(view, intrinsics=np.zeros(9, np.float32))
    with pytest.raises(UserError, match="S1/a/b/c: .*no intrinsics.*without --balance"):
        estimates(view, target)
