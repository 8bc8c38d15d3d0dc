"""Metrics against loops written from their definitions, and hand-made cases."""

import math

import numpy as np
import pytest
from support.metric_poses import POSE, TOLERANCE, distance, random_poses

from dgnet_tf import metrics

ALL = (metrics.mpjpe, metrics.p_mpjpe, metrics.n_mpjpe, metrics.pck, metrics.auc)
MOVING = (metrics.mpjve, metrics.acceleration_error)


def rotation(axis, angle):
    """Rodrigues' formula."""
    x, y, z = np.asarray(axis, np.float64) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


def loop_mpjpe(predicted, target):
    return sum(map(distance, predicted, target)) / len(target)


def horn_aligned(predicted, target):
    """Best similarity by Horn's unit quaternions, which cannot mirror."""
    p, t = predicted - predicted.mean(0), target - target.mean(0)
    s = np.zeros((3, 3))
    for j in range(len(p)):
        for a in range(3):
            for b in range(3):
                s[a, b] += p[j, a] * t[j, b]
    ((xx, xy, xz), (yx, yy, yz), (zx, zy, zz)) = s
    n = np.array(
        [
            [xx + yy + zz, yz - zy, zx - xz, xy - yx],
            [yz - zy, xx - yy - zz, xy + yx, zx + xz],
            [zx - xz, xy + yx, -xx + yy - zz, yz + zy],
            [xy - yx, zx + xz, yz + zy, -xx - yy + zz],
        ]
    )
    values, vectors = np.linalg.eigh(n)
    w, x, y, z = vectors[:, -1]
    turn = np.array(
        [
            [w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z],
        ]
    )
    return values[-1] / (p**2).sum() * p @ turn.T + target.mean(0)


def test_mpjpe_is_the_mean_distance_over_joints():
    predicted, target = random_poses(4, 6, 17)
    expected = [
        [loop_mpjpe(p, t) for p, t in zip(a, b, strict=True)]
        for a, b in zip(predicted, target, strict=True)
    ]
    np.testing.assert_allclose(
        metrics.mpjpe(predicted, target), expected, atol=TOLERANCE
    )


def test_mpjpe_of_one_joint_moved_by_3_4_5():
    moved = POSE.copy()
    moved[2] += [0.3, 0.4, 0.0]
    assert metrics.mpjpe(moved, POSE) == pytest.approx(0.5 / 5, abs=TOLERANCE)


def test_p_mpjpe_equals_horns_quaternion_solution():
    predicted, target = random_poses(40, 17, seed=1)
    expected = [
        loop_mpjpe(horn_aligned(p, t), t)
        for p, t in zip(predicted, target, strict=True)
    ]
    np.testing.assert_allclose(
        metrics.p_mpjpe(predicted, target), expected, atol=TOLERANCE
    )


def test_p_mpjpe_does_not_see_rotation_scale_or_shift():
    moved = 2.5 * POSE @ rotation([1, 2, 3], 2.0).T + [4.0, -5.0, 6.0]
    assert metrics.p_mpjpe(moved, POSE) == pytest.approx(0.0, abs=TOLERANCE)
    assert metrics.mpjpe(moved, POSE) > 1.0


def test_p_mpjpe_refuses_a_reflection():
    mirrored = POSE * [-1.0, 1.0, 1.0]
    expected = loop_mpjpe(horn_aligned(mirrored, POSE), POSE)
    assert expected > 0.05
    assert metrics.p_mpjpe(mirrored, POSE) == pytest.approx(expected, abs=TOLERANCE)


def test_p_mpjpe_of_flat_and_straight_poses_is_zero_after_a_rotation():
    for axes_kept in ([1.0, 1.0, 0.0], [1.0, 0.0, 0.0]):
        pose = POSE * axes_kept
        moved = 0.5 * pose @ rotation([3, 1, 2], 1.0).T + 1.0
        assert metrics.p_mpjpe(moved, pose) == pytest.approx(0.0, abs=TOLERANCE)


def test_n_mpjpe_is_mpjpe_after_the_least_squares_scale():
    predicted, target = random_poses(30, 17, seed=2)
    expected = []
    for p, t in zip(predicted, target, strict=True):
        products = sum(p[j, a] * t[j, a] for j in range(17) for a in range(3))
        squares = sum(p[j, a] ** 2 for j in range(17) for a in range(3))
        expected.append(loop_mpjpe(products / squares * p, t))
    np.testing.assert_allclose(
        metrics.n_mpjpe(predicted, target), expected, atol=TOLERANCE
    )


def test_n_mpjpe_does_not_see_scale_but_sees_rotation_and_shift():
    assert metrics.n_mpjpe(3.0 * POSE, POSE) == pytest.approx(0.0, abs=TOLERANCE)
    assert metrics.n_mpjpe(POSE @ rotation([0, 1, 0], 0.5).T, POSE) > 0.05
    assert metrics.n_mpjpe(POSE + 0.2, POSE) > 0.05


def test_mpjve_is_the_error_of_frame_differences():
    predicted, target = random_poses(2, 9, 17, seed=3)
    expected = [
        [loop_mpjpe(p[f + 1] - p[f], t[f + 1] - t[f]) for f in range(8)]
        for p, t in zip(predicted, target, strict=True)
    ]
    result = metrics.mpjve(predicted, target)
    assert result.shape == (2, 8)
    np.testing.assert_allclose(result, expected, atol=TOLERANCE)


def test_mpjve_does_not_see_a_constant_offset_and_is_empty_for_one_frame():
    _, target = random_poses(5, 17)
    np.testing.assert_allclose(
        metrics.mpjve(target + 1.0, target), np.zeros(4), atol=TOLERANCE
    )
    assert metrics.mpjve(target[:1], target[:1]).shape == (0,)


def test_the_acceleration_error_is_that_of_second_differences():
    predicted, target = random_poses(2, 9, 17, seed=7)
    expected = [
        [
            loop_mpjpe(p[f + 2] - 2 * p[f + 1] + p[f], t[f + 2] - 2 * t[f + 1] + t[f])
            for f in range(7)
        ]
        for p, t in zip(predicted, target, strict=True)
    ]
    result = metrics.acceleration_error(predicted, target)
    assert result.shape == (2, 7)
    np.testing.assert_allclose(result, expected, atol=TOLERANCE)


def test_the_acceleration_error_by_hand():
    # One of five joints falls 5 mm in the first frame and 15 mm in the second.
    target = np.tile(POSE, (3, 1, 1))
    fallen = target.copy()
    fallen[1, 3, 1] += 0.005
    fallen[2, 3, 1] += 0.020
    error = metrics.acceleration_error(fallen, target)
    np.testing.assert_allclose(error, [0.010 / 5], atol=TOLERANCE)


def test_the_acceleration_error_does_not_see_an_even_drift():
    _, target = random_poses(6, 17)
    drift = 0.1 + 0.02 * np.arange(6)[:, None, None]
    np.testing.assert_allclose(
        metrics.acceleration_error(target + drift, target), np.zeros(4), atol=TOLERANCE
    )
    assert metrics.mpjve(target + drift, target).min() > 0.03


@pytest.mark.parametrize("frames", [1, 2])
def test_less_than_three_frames_have_no_acceleration(frames):
    _, target = random_poses(frames, 17)
    assert metrics.acceleration_error(target, target).shape == (0,)


def test_unreduced_errors_are_what_the_metrics_average():
    predicted, target = random_poses(5, 17, seed=8)
    for errors, metric in (
        (metrics.joint_errors(predicted, target), metrics.mpjpe),
        (
            metrics.joint_errors(metrics.align(predicted, target), target),
            metrics.p_mpjpe,
        ),
        (
            metrics.joint_errors(metrics.rescale(predicted, target), target),
            metrics.n_mpjpe,
        ),
        (metrics.difference_errors(predicted, target, 1), metrics.mpjve),
        (metrics.difference_errors(predicted, target, 2), metrics.acceleration_error),
    ):
        assert errors.shape[-1] == 17
        np.testing.assert_allclose(
            errors.mean(-1), metric(predicted, target), atol=TOLERANCE
        )


def test_an_aligned_pose_lies_where_horns_solution_puts_it():
    predicted, target = random_poses(17, seed=9)
    np.testing.assert_allclose(
        metrics.align(predicted, target),
        horn_aligned(predicted, target),
        atol=TOLERANCE,
    )


def test_a_prediction_in_one_point_has_defined_errors():
    collapsed = np.full_like(POSE, 0.1)
    to_mean = np.linalg.norm(POSE - POSE.mean(0), axis=-1).mean()
    assert metrics.p_mpjpe(collapsed, POSE) == pytest.approx(to_mean, abs=TOLERANCE)
    to_origin = np.linalg.norm(POSE, axis=-1).mean()
    assert metrics.n_mpjpe(0 * POSE, POSE) == pytest.approx(to_origin, abs=TOLERANCE)


def test_a_target_in_one_point_is_reached_with_scale_zero():
    target = np.zeros_like(POSE)
    assert metrics.p_mpjpe(POSE, target) == pytest.approx(0.0, abs=TOLERANCE)
    assert metrics.n_mpjpe(POSE, target) == pytest.approx(0.0, abs=TOLERANCE)


@pytest.mark.parametrize("metric", ALL)
def test_any_leading_axes_give_the_values_of_single_poses(metric):
    predicted, target = random_poses(2, 3, 5, 17, seed=5)
    result = metric(predicted, target)
    assert result.shape == (2, 3, 5)
    assert result[1, 2, 4] == pytest.approx(metric(predicted[1, 2, 4], target[1, 2, 4]))
    assert metric(predicted[:0], target[:0]).shape == (0, 3, 5)


@pytest.mark.parametrize("metric", [*ALL, *MOVING])
def test_float32_poses_are_computed_in_float64(metric):
    predicted, target = random_poses(6, 17, seed=6)
    low, high = predicted.astype(np.float32), target.astype(np.float32)
    result = metric(low, high)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(
        result, metric(low.astype(np.float64), high.astype(np.float64))
    )


@pytest.mark.parametrize("metric", [*ALL, *MOVING])
def test_wrong_arguments_are_refused_by_name(metric):
    pose = np.zeros((4, 17, 3))
    with pytest.raises(ValueError, match=r"`target` must have the shape.*\(4, 16, 3\)"):
        metric(pose, np.zeros((4, 16, 3)))
    with pytest.raises(ValueError, match=r"`predicted` must have.*\(4, 17, 2\)"):
        metric(pose[..., :2], pose[..., :2])
    with pytest.raises(ValueError, match=r"`predicted` must have.*\(4, 0, 3\)"):
        metric(pose[:, :0], pose[:, :0])
    with pytest.raises(ValueError, match="`target` has values that are not finite"):
        metric(pose, np.full_like(pose, np.nan))


@pytest.mark.parametrize("metric", MOVING)
def test_a_single_pose_has_no_motion(metric):
    with pytest.raises(ValueError, match=r"\(\.\.\., F, N, 3\), got \(5, 3\)"):
        metric(POSE, POSE)
