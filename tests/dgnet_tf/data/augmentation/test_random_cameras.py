"""Random cameras: rigid motion, true projection, people in the image, the share."""

import numpy as np
import pytest

from dgnet_tf import cameras, skeletons
from dgnet_tf.data.augmentation import random_cameras

H36M = skeletons.get("human36m_17")
# With a lens's distortion and a principal point off the centre.
LENS = np.array([1145, 1143, 512, 515, -0.2, 0.24, -0.002, -0.001, -0.003], np.float32)
SIZE = np.array([1000, 1002], np.float32)


def people(windows=200, frames=4):
    """Person-sized clouds that walk a little, five metres away; (W, T, N, 3)."""
    generator = np.random.default_rng(0)
    pose = generator.normal(size=(windows, 1, 17, 3)) * [0.2, 0.3, 0.2] + [0, 0, 5]
    step = generator.normal(size=(windows, 1, 1, 3)) * 0.02
    moved = pose + step * np.arange(frames)[:, None, None]
    return moved.astype(np.float32)


def draw(positions, seed=(3, 4), intrinsics=LENS, **options):
    options = {"share": 1.0, "tilt": 10.0, "focal": 0.1, **options}
    return random_cameras.draw(
        positions, H36M.root, intrinsics, SIZE, seed=list(seed), **options
    )


@pytest.fixture(scope="module")
def positions():
    return people()


@pytest.fixture(scope="module")
def view(positions):
    return draw(positions)


def test_turning_moves_a_window_as_one_rigid_body(positions, view):
    turned = view.turn(positions).numpy()

    def distances(points):
        """Between all pairs of joints of all frames of a window."""
        flat = points.reshape(len(points), -1, 3).astype(np.float64)
        return np.linalg.norm(flat[:, :, None] - flat[:, None], axis=-1)

    np.testing.assert_allclose(distances(turned), distances(positions), atol=1e-5)
    rotation = view.rotation.numpy()
    np.testing.assert_allclose(np.linalg.det(rotation), 1.0, atol=1e-5)


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        # Who was to the right is now farther away; what was far is to the right.
        ("yaw", [3, 2, -1]),
        ("tilt", [1, -3, 2]),
        # Who was to the right is now below, as y points down.
        ("roll", [-2, 1, 3]),
    ],
)
def test_a_quarter_turn_about_each_axis_by_hand(axis, expected):
    angles = [np.float32(np.pi / 2 * (axis == of)) for of in ("yaw", "tilt", "roll")]
    rotation = random_cameras._rotation(*angles).numpy()
    np.testing.assert_allclose(rotation @ [1, 2, 3], expected, atol=1e-6)


def test_a_rolled_camera_sees_the_same_people_askew_and_nothing_else_of_it_changes(
    positions, view
):
    rolled = draw(positions, roll=30.0)
    # What the roll adds, about the new camera's own axis.
    turn = rolled.rotation.numpy() @ view.rotation.numpy().transpose(0, 2, 1)
    same = (rolled.place.numpy() == view.place.numpy()).all(axis=1)  # The same try.
    assert same.mean() > 0.95
    np.testing.assert_allclose(turn[same][:, 2], [[0, 0, 1]] * same.sum(), atol=1e-6)
    angles = np.degrees(np.arctan2(turn[same][:, 1, 0], turn[same][:, 0, 0]))
    assert -30.001 <= angles.min() < -26 and 26 < angles.max() <= 30.001
    assert abs(angles.mean()) < 4 * 30 / 3**0.5 / 200**0.5


def test_pixels_are_the_projection_of_the_turned_positions(positions, view):
    pixels = view.film(positions).numpy()
    turned = view.turn(positions).numpy().astype(np.float64)
    for window in range(0, 200, 20):
        intrinsics = view.intrinsics[window].numpy().astype(np.float64)
        expected = cameras.project(turned[window], intrinsics)
        np.testing.assert_allclose(pixels[window], expected, atol=2e-3)


def test_every_joint_of_every_frame_of_a_new_view_is_in_the_image(positions, view):
    chosen = view.chosen.numpy()
    assert chosen.mean() > 0.9
    pixels = view.film(positions).numpy()[chosen]
    assert pixels.min() >= 10 and (SIZE - pixels).min() >= 10
    assert view.turn(positions).numpy()[chosen][..., 2].min() >= 1.0


def test_turns_go_all_around_and_tilt_distance_and_zoom_stay_within_limits(view):
    rotation = view.rotation.numpy()
    # The images of the own camera's y and z axes.
    tilt = np.degrees(np.arccos(np.clip(rotation[:, 1, 1], -1, 1)))
    assert 9 < tilt.max() <= 10.001
    yaw = np.degrees(np.arctan2(rotation[:, 0, 2], rotation[:, 0, 0]))
    counts, _ = np.histogram(yaw, bins=4, range=(-180, 180))
    assert abs(counts - 50).max() < 4 * (200 * 3 / 16) ** 0.5
    zoom = view.intrinsics.numpy()[:, 0] / LENS[0]
    assert 0.8999 <= zoom.min() < 0.92 and 1.08 < zoom.max() <= 1.1001
    np.testing.assert_allclose(view.intrinsics.numpy()[:, 1], zoom * LENS[1], rtol=1e-5)
    assert (view.intrinsics.numpy()[:, 2:] == LENS[2:]).all()
    ratio = view.place.numpy()[:, 2] / view.pivot.numpy()[:, 2]
    assert 1 / 1.4001 <= ratio.min() < 0.8 and 1.25 < ratio.max() <= 1.4001


def test_the_share_is_kept_and_the_rest_keeps_its_camera(positions):
    chosen = draw(positions, share=0.3).chosen.numpy()
    assert abs(chosen.sum() - 60) < 4 * (200 * 0.3 * 0.7) ** 0.5
    assert not draw(positions, share=0.0).chosen.numpy().any()


def test_who_fits_into_no_image_or_has_no_known_camera_keeps_the_own_one(positions):
    giants = (positions - positions[:, :1, :1]) * 30 + [0, 0, 10]
    assert not draw(giants.astype(np.float32)).chosen.numpy().any()
    unknown = np.zeros(9, np.float32)
    assert not draw(positions, intrinsics=unknown).chosen.numpy().any()


def test_cameras_are_a_function_of_the_seed(positions, view):
    again, other = draw(positions), draw(positions, seed=(3, 5))
    np.testing.assert_array_equal(view.film(positions), again.film(positions))
    assert not np.array_equal(view.film(positions), other.film(positions))
