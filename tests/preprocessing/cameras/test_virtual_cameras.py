import numpy as np
import pytest
from absl import flags

from dgnet_tf.errors import UserError
from preprocessing.cameras import camera_rig, virtual_cameras
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion.sequences import PoseSequence
from preprocessing.datasets import walker


def sequence(positions, take="1"):
    return PoseSequence("anna", "walk", take, positions, 50.0)


def extrinsics(world, camera):
    """Recovers rotation and centre from points in both frames, by least squares."""
    points = world.reshape(-1, 3)
    ones = np.ones((len(points), 1))
    solution, *_ = np.linalg.lstsq(
        np.hstack([points, ones]), camera.reshape(-1, 3).astype(float), rcond=None
    )
    rotation = solution[:3].T
    return rotation, -np.linalg.inv(rotation) @ solution[3]


def test_a_camera_that_looks_north_has_east_at_its_right():
    rotation = virtual_cameras.look_at((0.0, -5.0, 1.5), (0.0, 0.0, 1.5))
    expected = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]  # right, down, forward
    np.testing.assert_allclose(rotation, expected, atol=1e-15)


def test_a_tilted_camera_has_no_roll_and_is_a_proper_rotation():
    rotation = virtual_cameras.look_at((1.0, 2.0, 3.0), (4.0, -2.0, 1.0))
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-15)
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert rotation[0, 2] == 0.0
    assert rotation[1, 2] < 0.0
    toward_aim = rotation @ [3.0, -4.0, -2.0]
    np.testing.assert_allclose(toward_aim, [0, 0, np.sqrt(29)], atol=1e-14)


def test_keypoints_are_the_pinhole_projection_of_the_stored_positions():
    world = walker.motion(0, "walk", 60)
    for view in virtual_cameras.film(sequence(world), Rig(3, 0)):
        x, y, z = np.moveaxis(view.positions.astype(float), -1, 0)
        pinhole = np.stack([1145 * x / z + 500, 1145 * y / z + 500], axis=-1)
        np.testing.assert_array_equal(view.keypoints, pinhole.astype(np.float32))
        assert view.confidence.min() == view.confidence.max() == 1.0
        assert view.valid.all()


def test_views_are_the_motion_seen_from_four_to_six_metres_all_around():
    world = walker.motion(1, "wave", 80)
    aim = (world.min(axis=(0, 1)) + world.max(axis=(0, 1))) / 2
    azimuths = []
    for view in virtual_cameras.film(sequence(world), Rig(4, 7)):
        rotation, center = extrinsics(world, view.positions)
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-5)
        assert np.linalg.det(rotation) == pytest.approx(1.0, abs=1e-5)
        by_hand = (world - center) @ rotation.T
        np.testing.assert_allclose(view.positions, by_hand, atol=1e-5)
        assert 4.0 - 1e-3 <= np.hypot(*(center - aim)[:2]) <= 6.0 + 1e-3
        assert 1.0 - 1e-3 <= center[2] <= 2.0 + 1e-3
        azimuths.append(np.arctan2(*(center - aim)[1::-1]))
    gaps = np.diff(np.sort(azimuths), append=np.min(azimuths) + 2 * np.pi)
    assert np.degrees(gaps).min() >= 44.9 and np.degrees(gaps).max() <= 135.1


def test_heads_are_above_ankles_in_the_image():
    world = walker.motion(2, "squat", 30)
    for view in virtual_cameras.film(sequence(world), Rig(4, 1)):
        head, ankles = view.keypoints[:, 10, 1], view.keypoints[:, [3, 6], 1]
        assert (head[:, None] < ankles).all()


def test_a_walk_of_four_metres_stays_in_every_image():
    stand = walker.motion(0, "wave", 1)
    path = np.linspace(-2.1, 2.1, 120)[:, None, None] * np.array([0.6, 0.8, 0.0])
    for seed in range(10):
        for view in virtual_cameras.film(sequence(stand + path), Rig(4, seed)):
            assert view.keypoints.min() >= 0.0 and view.keypoints.max() <= 1000.0
            assert view.positions[..., 2].min() > 1.0


def test_what_fits_no_image_is_filmed_all_the_same():
    world = walker.motion(0, "wave", 5) * 10.0
    views = virtual_cameras.film(sequence(world), Rig(2, 0))
    assert len(views) == 2
    assert all(np.isfinite(view.keypoints).all() for view in views)


def test_placement_depends_on_seed_and_name_alone():
    world = walker.motion(0, "wave", 10)

    def keypoints(take, seed):
        return virtual_cameras.film(sequence(world, take), Rig(2, seed))[1].keypoints

    first = keypoints("1", 0)
    assert not np.array_equal(first, keypoints("2", 0))
    assert not np.array_equal(first, keypoints("1", 1))
    np.testing.assert_array_equal(first, keypoints("1", 0))


def test_the_rig_sets_distance_height_and_focal_length():
    world = walker.motion(1, "wave", 40)
    aim = (world.min(axis=(0, 1)) + world.max(axis=(0, 1))) / 2
    rig = Rig(6, distance=(8.0, 9.0), height=(3.0, 3.5), focal=(900.0, 1000.0))
    views = virtual_cameras.film(sequence(world), rig)
    focal = np.array([view.intrinsics[:2] for view in views])
    np.testing.assert_array_equal(focal[:, 0], focal[:, 1])
    assert len(set(focal[:, 0])) == 6
    assert focal.min() >= 900.0 and focal.max() <= 1000.0
    for view in views:
        _, center = extrinsics(world, view.positions)
        assert 8.0 - 1e-3 <= np.hypot(*(center - aim)[:2]) <= 9.0 + 1e-3
        assert 3.0 - 1e-3 <= center[2] <= 3.5 + 1e-3
        x, y, z = np.moveaxis(view.positions.astype(float), -1, 0)
        pixels = np.stack([x / z, y / z], axis=-1) * view.intrinsics[0] + 500.0
        np.testing.assert_allclose(view.keypoints, pixels, atol=1e-3)


def test_a_longer_lens_does_not_move_the_cameras_of_a_person_who_fits():
    world = walker.motion(0, "squat", 20)
    near, far = (
        virtual_cameras.film(sequence(world), Rig(3, focal=(focal, focal)))
        for focal in (500.0, 600.0)
    )
    for one, other in zip(near, far, strict=True):
        np.testing.assert_array_equal(one.positions, other.positions)
        centred = (one.keypoints.astype(float) - 500.0) * 1.2 + 500.0
        np.testing.assert_allclose(other.keypoints, centred, atol=1e-3)


def test_a_person_who_walks_into_a_camera_is_a_clear_error():
    stand = walker.motion(0, "wave", 1)
    path = np.linspace(-4.0, 4.0, 400)[:, None, None]
    around = 2 * np.pi * path / 0.7
    spiral = np.concatenate(
        [path * np.cos(around), path * np.sin(around), 0 * path], axis=-1
    )
    rig = Rig(1, distance=(1.0, 2.0), height=(1.0, 1.0))
    with pytest.raises(UserError, match="anna/walk/1: .*walks into camera 0.*distance"):
        virtual_cameras.film(sequence(stand + spiral), rig)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"distance": (6.0, 4.0)}, "--camera_distance must be LOW,HIGH.*got 6,4"),
        ({"distance": (0.5, 4.0)}, "--camera_distance.*at least 1 and.*got 0.5,4"),
        ({"height": (-1.0, 2.0)}, "--camera_height.*got -1,2"),
        ({"focal": (0.0, 1000.0)}, "--camera_focal.*at least 100.*got 0,1000"),
        ({"focal": (float("nan"), 1000.0)}, "--camera_focal.*got nan"),
        ({"height": (1.0, float("inf"))}, "--camera_height.*got 1,inf"),
    ],
)
def test_a_rig_that_cannot_be_is_a_clear_error(changes, message):
    with pytest.raises(UserError, match=message):
        Rig(**changes)


def test_a_rig_without_cameras_is_an_error():
    with pytest.raises(ValueError, match="`cameras` must be at least 1, got 0"):
        Rig(0)
    with pytest.raises(ValueError, match="`seed` must be at least 0, got -1"):
        Rig(1, seed=-1)


def parse(*arguments):
    values = flags.FlagValues()
    camera_rig.define_flags(values)
    values(["command", *arguments])
    return camera_rig.from_flags(values)


def test_flags_describe_the_rig():
    assert parse() == Rig()
    rig = parse(
        "--cameras=2",
        "--camera_seed=3",
        "--camera_distance=2.5,7",
        "--camera_height=1.5",
        "--camera_focal=1000,1200",
    )
    assert rig == Rig(2, 3, (2.5, 7.0), (1.5, 1.5), (1000.0, 1200.0))
    assert rig.options()["camera_distance"] == [2.5, 7.0]


@pytest.mark.parametrize("text", ["", "near", "4,5,6", "4,"])
def test_a_range_that_is_none_is_a_clear_error(text):
    with pytest.raises(UserError, match="--camera_distance must be one number or two"):
        parse(f"--camera_distance={text}")
