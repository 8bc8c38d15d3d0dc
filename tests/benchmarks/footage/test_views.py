"""Keypoints that are made of a motion or seen by another camera."""

import numpy as np
import pytest
from support.footage.stand_ins import FRAMES, SKELETON, joints, person, tracks
from support.footage.synthetic_rig import rig

from benchmarks.footage import triangulation, views


def test_a_levelled_view_is_what_the_trainings_camera_sees():
    aim = np.array([0.2, 0.1, 0.7])
    for camera, track in zip(rig(), tracks(rig(), person()), strict=True):
        found = views.levelled(views.View(camera, track, "openpose_25b"), aim)
        np.testing.assert_allclose(
            found.track.keypoints,
            triangulation.project(found.camera, person()),
            atol=1e-4,
        )
        np.testing.assert_allclose(triangulation.project(found.camera, aim), [500, 500])
        above = triangulation.project(found.camera, aim + [0, 0, 0.5])
        assert above[0] == pytest.approx(500) and above[1] < 400


def test_exact_keypoints_lack_the_frames_that_are_not_known():
    motion = joints(person())
    motion[2] = np.nan
    view = views.exact(rig()[0], motion, SKELETON.name)
    assert view.track.confidence.min(axis=1).tolist() == [1, 1, 0, 1, 1, 1]
    np.testing.assert_allclose(
        view.track.keypoints[3], triangulation.project(rig()[0], motion[3])
    )


@pytest.mark.parametrize("correlation", [0.0, 0.95])
def test_noise_has_its_size_and_its_memory(correlation):
    motion = np.repeat(joints(person())[:1], 4000, axis=0)
    view = views.exact(rig()[0], motion, SKELETON.name)
    noisy = views.noisy(view, 16.0, correlation, 0)
    errors = noisy.track.keypoints - view.track.keypoints
    assert errors.std() == pytest.approx(16, rel=0.05)
    pairs = np.corrcoef(errors[1:].ravel(), errors[:-1].ravel())[0, 1]
    assert pairs == pytest.approx(correlation, abs=0.02)
    assert len(person()) == FRAMES
