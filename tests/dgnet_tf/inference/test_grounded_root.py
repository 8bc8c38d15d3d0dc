"""The floor, contacts and the root over it, of walks whose floor is known."""

import time

import numpy as np
import pytest
from support import walking

from dgnet_tf import metrics
from dgnet_tf.inference import floor_plane, grounded_root, root_trajectory

FEET = [walking.SKELETON.joints.index(f"{side}_ankle") for side in ("left", "right")]


def fitted(poses, keypoints, confidence=None, **given):
    relative = poses - poses[:, :1]
    known = walking.INTRINSICS, walking.FPS, walking.SKELETON
    return grounded_root.fit(relative, keypoints, *known, confidence, **given)


def skate(root, poses, contact):
    places = root[:, None] + (poses - poses[:, :1])[:, FEET]
    return 1000 * metrics.skate(places, contact).mean()


@pytest.mark.parametrize("pitch", [0.0, 12.0, 25.0])
def test_the_floor_of_exact_keypoints(pitch):
    poses, contact = walking.walk()
    height = 1.0 + 0.09 * pitch
    seen, keypoints = walking.film(poses, pitch, height)
    found = fitted(seen, keypoints)
    assert found.floor.pitch == pytest.approx(pitch, abs=0.5)
    assert found.floor.height == pytest.approx(height, abs=0.03)
    assert abs(found.floor.roll) < 0.3
    np.testing.assert_allclose(found.root, seen[:, 0], atol=0.03)
    # What is taken to stand does; what stands is nearly always seen to.
    assert (found.still & contact).sum() / found.still.sum() > 0.9
    assert (found.still & contact).sum() / contact.sum() > 0.8


@pytest.mark.parametrize("pitch", [5.0, 20.0])
def test_feet_stay_where_they_stand_under_trembling_keypoints(pitch):
    poses, contact = walking.walk(seconds=12)
    seen, keypoints = walking.film(poses, pitch, 1.0 + 0.09 * pitch)
    keypoints = walking.trembling(keypoints)
    found = fitted(seen, keypoints)
    each = root_trajectory.fit_root(seen - seen[:, :1], keypoints, walking.INTRINSICS)
    assert found.floor.pitch == pytest.approx(pitch, abs=1.0)
    assert found.floor.height == pytest.approx(1.0 + 0.09 * pitch, abs=0.08)
    assert skate(each, seen, contact) > 8
    assert skate(found.root, seen, contact) < 2
    before, after = (metrics.drift(r, seen[:, 0]).mean() for r in (each, found.root))
    assert after < 0.7 * before


def test_what_is_given_is_taken():
    poses, _ = walking.walk()
    seen, keypoints = walking.film(poses, 10.0, 1.8)
    # The person was lifted 8 % too small: the camera's height tells the distance.
    small = 0.92 * (seen - seen[:, :1])
    assert fitted(small, keypoints).floor.height == pytest.approx(0.92 * 1.8, abs=0.06)
    found = fitted(small, keypoints, camera_height=1.8, camera_pitch=10.0)
    assert (found.floor.height, found.floor.pitch) == pytest.approx((1.8, 10.0))
    assert found.floor.size == pytest.approx(1 / 0.92, rel=0.02)
    np.testing.assert_allclose(found.root[:, 2], seen[:, 0, 2], rtol=0.01)


def lying(poses):
    return np.repeat(poses[:1], len(poses), axis=0)[..., [2, 1, 0]]


def sitting(poses):
    """On a chair, facing the way's start: hips and knees 45 cm above the ankles."""
    poses = np.repeat(poses[:1], len(poses), axis=0)
    below = [walking.SKELETON.joints.index(n) for n in ("left_knee", "right_knee")]
    poses[:, FEET, :2] = (
        poses[:, :1, :2] + [0.45, 0.0] + np.array([[0, 0.1], [0, -0.1]])
    )
    poses[:, FEET, 2] = 0.07
    poses[:, below] = poses[:, FEET] + [0, 0, 0.45]
    upper = [j for j in range(17) if j not in (*FEET, *below)]
    poses[:, upper, 2] -= 0.9 - 0.52
    return poses


def jumping(poses):
    frames = np.arange(len(poses))[:, None]
    poses = np.repeat(poses[:1], len(poses), axis=0)
    poses[..., 2] += 0.2 + 0.2 * np.sin(frames / 4)
    return poses


def handstand(poses):
    return np.repeat(poses[:1], len(poses), axis=0) * [1, 1, -1] + [0, 0, 1.8]


@pytest.mark.parametrize(
    ("motion", "why"),
    [
        (sitting, "does not stand upright"),
        (jumping, "hardly ever stand still"),
        (handstand, "does not stand upright"),
        (lying, "does not stand upright"),
    ],
)
def test_no_floor(motion, why):
    poses = motion(walking.walk()[0])
    seen, keypoints = walking.film(poses, 5.0)
    with pytest.raises(floor_plane.NoFloor, match=why):
        fitted(seen, keypoints)


def test_no_floor_of_a_camera_that_moves():
    poses, _ = walking.walk()
    seen, keypoints = walking.film(poses)
    keypoints = keypoints + 60 * np.sin(np.arange(len(poses)) / 8)[:, None, None]
    with pytest.raises(floor_plane.NoFloor, match="hardly ever stand still"):
        fitted(seen, keypoints)


def test_ankles_that_are_not_seen_do_not_stand():
    poses, _ = walking.walk()
    seen, keypoints = walking.film(poses)
    confidence = np.ones(keypoints.shape[:2])
    confidence[:, FEET] = 0
    with pytest.raises(floor_plane.NoFloor, match="hardly ever stand still"):
        fitted(seen, keypoints, confidence)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_few_frames_are_no_walk(frames):
    seen, keypoints = walking.film(walking.walk()[0])
    with pytest.raises(floor_plane.NoFloor):
        fitted(seen[:frames], keypoints[:frames])


def test_ten_minutes_take_seconds():
    poses, _ = walking.walk()
    seen, keypoints = (
        np.concatenate([part, part[::-1]] * 38) for part in walking.film(poses)
    )
    assert len(seen) > 10 * 60 * walking.FPS
    begun = time.process_time()
    found = fitted(seen, keypoints)
    assert time.process_time() - begun < 10
    np.testing.assert_allclose(found.root, seen[:, 0], atol=0.05)
