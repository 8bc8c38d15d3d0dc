import math

import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf import cameras

# Focal length, principal point, radial and tangential distortion.
INTRINSICS = np.array([1145.0, 1143.8, 512.5, 515.5, -0.2, 0.24, -0.002, 0.001, 0.003])


def _rotation():
    turn, tilt = math.radians(30), math.radians(20)
    about_z = [
        [math.cos(turn), -math.sin(turn), 0],
        [math.sin(turn), math.cos(turn), 0],
        [0, 0, 1],
    ]
    about_x = [
        [1, 0, 0],
        [0, math.cos(tilt), -math.sin(tilt)],
        [0, math.sin(tilt), math.cos(tilt)],
    ]
    return np.array(about_x) @ np.array(about_z)


def test_the_screens_corners_and_centre_are_normalised_by_the_width():
    pixels = np.array([[0.0, 0.0], [1920.0, 1080.0], [960.0, 540.0]])
    normalised = cameras.normalize_screen(pixels, np.array([1920.0, 1080.0]))
    np.testing.assert_allclose(normalised, [[-1, -0.5625], [1, 0.5625], [0, 0]])


def test_unnormalising_gives_the_pixels_back():
    generator = np.random.default_rng(0)
    pixels = generator.uniform(-100, 2000, (2, 5, 17, 2))
    sizes = np.array([[1000.0, 1002.0], [1920.0, 1080.0]])[:, None]  # one a video
    normalised = cameras.normalize_screen(pixels, sizes)
    assert not np.allclose(normalised[0], normalised[1])
    np.testing.assert_allclose(cameras.unnormalize_screen(normalised, sizes), pixels)


def test_tensors_and_arrays_normalise_alike():
    pixels = np.random.default_rng(1).uniform(0, 1000, (4, 17, 2)).astype(np.float32)
    size = np.array([1000.0, 800.0], np.float32)
    for function in (cameras.normalize_screen, cameras.unnormalize_screen):
        tensor = function(tf.constant(pixels), tf.constant(size))
        assert isinstance(tensor, tf.Tensor)
        np.testing.assert_allclose(tensor, function(pixels, size), rtol=1e-6)


def test_world_to_camera_by_hand():
    # The camera stands 5 m behind the origin, looks along world y and is upright.
    rotation = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    center = np.array([0.0, -5.0, 1.0])
    point = np.array([0.25, 1.0, 1.75])
    np.testing.assert_allclose(
        cameras.world_to_camera(point, rotation, center), [0.25, -0.75, 6.0]
    )


def test_camera_to_world_undoes_world_to_camera():
    points = np.random.default_rng(2).normal(size=(3, 17, 3))
    rotation, center = _rotation(), np.array([1.0, -4.0, 1.5])
    moved = cameras.world_to_camera(points, rotation, center)
    expected = [rotation @ (point - center) for point in points.reshape(-1, 3)]
    np.testing.assert_allclose(moved.reshape(-1, 3), expected, atol=1e-12)
    back = cameras.camera_to_world(moved, rotation, center)
    np.testing.assert_allclose(back, points, atol=1e-12)


def test_a_linear_projection_by_hand():
    intrinsics = np.array([1000.0, 1200, 500, 400, 9, 9, 9, 9, 9])
    pixels = cameras.project_linear(np.array([[1.0, -0.5, 4.0]]), intrinsics)
    np.testing.assert_allclose(pixels, [[500 + 250, 400 - 150]])


def test_a_distorted_projection_by_hand():
    # x = 0.5, y = -0.25, r2 = 0.3125.
    k1, k2, k3, p1, p2 = 0.1, -0.2, 0.3, 0.01, 0.04
    intrinsics = np.array([1000.0, 1200, 500, 400, k1, k2, k3, p1, p2])
    radial = 1 + 0.1 * 0.3125 - 0.2 * 0.09765625 + 0.3 * 0.030517578125
    # In metadata.xml's order the first coefficient goes with y, the second with x,
    # and the shift takes them the other way round.
    tangential = 0.01 * -0.25 + 0.04 * 0.5
    x = 0.5 * (radial + tangential) + 0.04 * 0.3125
    y = -0.25 * (radial + tangential) + 0.01 * 0.3125
    pixels = cameras.project(np.array([1.0, -0.5, 2.0]), intrinsics)
    np.testing.assert_allclose(pixels, [500 + 1000 * x, 400 + 1200 * y], rtol=1e-12)


def test_swapped_tangential_coefficients_project_elsewhere():
    point = np.array([1.0, -0.5, 4.0])
    swapped = INTRINSICS[[0, 1, 2, 3, 4, 5, 6, 8, 7]]
    distance = np.linalg.norm(
        cameras.project(point, INTRINSICS) - cameras.project(point, swapped)
    )
    assert distance > 0.1


def test_without_distortion_both_projections_agree():
    points = np.random.default_rng(3).normal(size=(4, 17, 3)) + [0, 0, 6]
    intrinsics = np.concatenate([INTRINSICS[:4], np.zeros(5)])
    np.testing.assert_allclose(
        cameras.project(points, intrinsics),
        cameras.project_linear(points, intrinsics),
        rtol=1e-13,
    )


@pytest.mark.parametrize("shape", [(3,), (2, 17, 3)])
def test_back_projection_undoes_the_linear_projection(shape):
    points = np.random.default_rng(4).normal(size=shape) + [0, 0, 6]
    pixels = cameras.project_linear(points, INTRINSICS)
    back = cameras.back_project(pixels, points[..., 2], INTRINSICS)
    np.testing.assert_allclose(back, points, atol=1e-12)


def test_undistorted_pixels_are_those_of_the_linear_projection():
    points = np.random.default_rng(5).uniform([-2, -2, 5], [2, 2, 6], (200, 17, 3))
    distorted = cameras.project(points, INTRINSICS)
    linear = cameras.project_linear(points, INTRINSICS)
    assert np.abs(distorted - linear).max() > 10
    np.testing.assert_allclose(
        cameras.undistort(distorted, INTRINSICS), linear, atol=1e-9
    )


def test_without_distortion_pixels_stay():
    pixels = np.random.default_rng(6).uniform(0, 1000, (4, 17, 2))
    intrinsics = np.concatenate([INTRINSICS[:4], np.zeros(5)])
    np.testing.assert_allclose(
        cameras.undistort(pixels, intrinsics), pixels, rtol=1e-14
    )
