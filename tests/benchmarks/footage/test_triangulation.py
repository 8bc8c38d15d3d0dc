"""Triangulation of points that synthetic cameras see."""

import itertools

import numpy as np
import pytest
from support.footage.synthetic_rig import DISTORTION, rig, seen

from benchmarks.footage import triangulation


def points():
    return np.random.default_rng(0).uniform([-0.5, -0.5, 0], [0.5, 0.5, 1.8], (3, 5, 3))


def test_a_point_is_projected_as_by_hand():
    (camera,) = rig(1)
    # 2 m ahead of the camera, 0.6 m to its right and 0.2 m up.
    right, down, forward = camera.rotation
    point = camera.center + 2 * forward + 0.6 * right - 0.2 * down
    x, y = 0.3, -0.1
    k1, k2, p1, p2 = DISTORTION
    r2 = x**2 + y**2
    radial = 1 + k1 * r2 + k2 * r2**2
    expected = [
        1200 * (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x**2)) + 510,
        1190 * (y * radial + p1 * (r2 + 2 * y**2) + 2 * p2 * x * y) + 960,
    ]
    np.testing.assert_allclose(triangulation.project(camera, point), expected)
    np.testing.assert_allclose(
        triangulation.undistort(camera, np.array(expected)), [x, y], atol=1e-9
    )


def test_up_in_the_world_is_up_in_the_image():
    for camera in rig():
        low, high = triangulation.project(camera, np.array([[0, 0, 0.5], [0, 0, 1.5]]))
        assert high[1] < low[1]
        assert high[0] == pytest.approx(low[0], abs=40)


@pytest.mark.parametrize("distortion", [np.zeros(4), DISTORTION])
def test_exact_views_give_the_exact_points(distortion):
    cameras = rig(distortion=distortion)
    pixels = seen(cameras, points())
    weights = np.random.default_rng(1).uniform(0.1, 1, pixels.shape[:-1])
    found = triangulation.triangulate(cameras, pixels, weights)
    np.testing.assert_allclose(found, points(), atol=1e-9)


def test_two_views_suffice_and_one_does_not():
    cameras = rig()
    pixels = seen(cameras, points())
    weights = np.zeros(pixels.shape[:-1])
    weights[:2] = 1.0
    weights[1, 0] = 0.0
    pixels[2:] = np.nan  # What nobody weighs may be missing.
    found = triangulation.triangulate(cameras, pixels, weights)
    assert np.isnan(found[0]).all()
    np.testing.assert_allclose(found[1:], points()[1:], atol=1e-9)


def test_surer_views_count_for_more():
    cameras = rig(3)
    pixels = seen(cameras, points())
    pixels[0] += [15.0, -10.0]
    errors = []
    for weight in (1.0, 0.3, 0.01):
        weights = np.ones(pixels.shape[:-1])
        weights[0] = weight
        found = triangulation.triangulate(cameras, pixels, weights)
        errors.append(np.linalg.norm(found - points(), axis=-1).mean())
    assert errors[0] > 0.01  # 18 pixels at 4 m are 60 mm.
    assert errors[0] > 2 * errors[1] > 100 * errors[2]


def test_noise_of_some_pixels_moves_points_by_some_millimetres():
    cameras = rig()
    rng = np.random.default_rng(2)
    where = np.repeat(points(), 50, axis=0)
    pixels = seen(cameras, where)
    pixels += rng.normal(0, 2.0, pixels.shape)
    found = triangulation.triangulate(cameras, pixels, np.ones(pixels.shape[:-1]))
    # Two pixels of 1,200 at 4 m are 6.7 mm. The vertical is measured four times, each
    # horizontal direction twice.
    spread = (found - where).std(axis=(0, 1)) * 1000
    np.testing.assert_allclose(spread[:2], 6.7 / 2**0.5, rtol=0.2)
    assert spread[2] == pytest.approx(6.7 / 2, rel=0.2)


def test_a_view_that_is_far_off_is_left_out():
    cameras = rig()
    pixels = seen(cameras, points())
    pixels[2, 1, 3] += 300.0
    weights = np.ones(pixels.shape[:-1])
    assert (
        np.abs(triangulation.triangulate(cameras, pixels, weights) - points()).max()
        > 0.05
    )
    found, used, distances = triangulation.without_outliers(
        cameras, pixels, weights, limit_px=20
    )
    np.testing.assert_allclose(found, points(), atol=1e-6)
    assert (used == 0).sum() == 1 and used[2, 1, 3] == 0
    assert np.isnan(distances[2, 1, 3])
    assert np.nanmax(distances) < 1e-3


def test_of_two_views_that_disagree_none_is_left_out():
    cameras = rig()
    pixels = seen(cameras, points())
    weights = np.zeros(pixels.shape[:-1])
    weights[:2] = 1.0
    pixels[0] += 200.0
    _, used, distances = triangulation.without_outliers(cameras, pixels, weights, 20)
    np.testing.assert_array_equal(used, weights)
    assert np.nanmax(distances) > 20


def test_pairs_of_cameras_agree_on_the_points():
    cameras = rig(4)
    pixels = seen(cameras, points())
    for pair in itertools.combinations(range(4), 2):
        found = triangulation.triangulate(
            [cameras[i] for i in pair], pixels[list(pair)], np.ones((2, 3, 5))
        )
        np.testing.assert_allclose(found, points(), atol=1e-7)
