import numpy as np
import pytest

from dgnet_tf import cameras
from preprocessing.cameras import resection, virtual_cameras

CENTER = np.array([4.0, -2.0, 1.6])
PINHOLE = np.array([745.0, 741.0, 322.0, 236.0, 0, 0, 0, 0, 0])
DISTORTED = np.array([745.0, 741.0, 322.0, 236.0, -0.2, 0.15, 0.0, 0.001, -0.002])


@pytest.fixture
def points():
    """A cloud as large as the place that a person walks in."""
    return np.random.default_rng(0).uniform([-1, -1, 0], [1, 1, 1.8], (400, 3))


def see(points, intrinsics, center=CENTER):
    rotation = virtual_cameras.look_at(center, (0.1, 0.0, 0.9))
    seen = cameras.world_to_camera(points, rotation, center)
    return cameras.project(seen, intrinsics), rotation


@pytest.mark.parametrize("intrinsics", [PINHOLE, DISTORTED])
@pytest.mark.parametrize("center", [CENTER, -CENTER * [1, 1, -1], [0.5, 6.0, 3.0]])
def test_a_camera_is_found_from_what_it_sees(points, intrinsics, center):
    center = np.asarray(center, float)
    pixels, rotation = see(points, intrinsics, center)
    found = resection.resect(points, pixels.astype(np.float32))
    np.testing.assert_allclose(found.rotation, rotation, atol=1e-6)
    np.testing.assert_allclose(found.center, center, atol=5e-6)
    np.testing.assert_allclose(found.intrinsics[:4], intrinsics[:4], atol=1e-3)
    np.testing.assert_allclose(found.intrinsics[7:], intrinsics[7:], atol=1e-5)
    assert found.residual < 1e-3


def test_a_camera_without_distortion_gets_none(points):
    pixels, _ = see(points, PINHOLE)
    assert not resection.resect(points, pixels).intrinsics[4:].any()


def test_noise_of_a_pixel_moves_the_camera_by_centimetres(points):
    pixels, _ = see(points, PINHOLE)
    noisy = pixels + np.random.default_rng(1).normal(0, 1, pixels.shape)
    found = resection.resect(points, noisy)
    assert np.linalg.norm(found.center - CENTER) < 0.1
    # Root mean square length of two coordinates' noise.
    assert 1.3 < found.residual < 1.5


def test_pixels_of_another_order_leave_a_large_residual(points):
    pixels, _ = see(points, PINHOLE)
    try:
        assert resection.resect(points, pixels[::-1]).residual > 20
    except resection.Undetermined as error:
        assert "behind" in str(error)


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (np.ones((50, 3)), "all points coincide"),
        (np.zeros((3, 3)), "3 points, at least 12 are needed"),
        (np.random.default_rng(2).uniform(size=(50, 3)) * [1, 1, 0], "in a plane"),
        (np.linspace(0, 1, 50)[:, None] * [1.0, 2.0, 3.0], "in a plane"),
    ],
)
def test_points_that_determine_no_camera_are_refused(points, reason):
    pixels, _ = see(points, PINHOLE)
    with pytest.raises(resection.Undetermined, match=reason):
        resection.resect(points, pixels)
