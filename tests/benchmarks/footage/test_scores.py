"""Scores of poses that are right, or wrong by what is known."""

import dataclasses

import numpy as np
import pytest
from support.footage.stand_ins import FRAMES, SKELETON, person, tracks
from support.footage.synthetic_rig import rig

from benchmarks.footage import references, scores, triangulation, views
from dgnet_tf.lifting.lifted import Lifted


def reference(points):
    return references.triangulated(
        rig(), tracks(rig(), points), "openpose_25b", SKELETON.name
    )


def test_a_perfect_pose_scores_zero_in_every_cameras_axes():
    one = reference(person())
    turned = [triangulation.rooted(camera, one.positions, 0) for camera in rig()]
    for camera, target in zip(rig(), turned, strict=True):
        found = scores.of_poses(camera, target, one, SKELETON)
        assert found.pop("frames") == FRAMES
        assert max(found.values()) < 1e-6
    assert np.abs(turned[0] - turned[1]).max() > 0.1


def test_unknown_frames_are_not_scored_and_the_head_is_counted_apart():
    one = reference(person())
    one.positions[1] = np.nan
    camera = rig()[0]
    target = np.nan_to_num(triangulation.rooted(camera, one.positions, 0))
    target[:, SKELETON.joints.index("head")] += [0.0, 0.0, 0.17]
    found = scores.of_poses(camera, target, one, SKELETON)
    assert found["frames"] == FRAMES - 1
    assert found["mpjpe_mm"] == pytest.approx(10, abs=1e-6)
    assert found["body_mpjpe_mm"] < 1e-6
    some = np.arange(FRAMES) < 3
    assert scores.of_poses(camera, target, one, SKELETON, some)["frames"] == 2
    assert scores.of_poses(camera, target, one, SKELETON, some & False) is None


def test_a_detector_is_scored_on_whom_it_follows():
    people = [reference(person()), reference(person(1) + [0.9, 0.0, 0.0])]
    camera = rig()[0]
    view = views.exact(camera, people[1].positions, SKELETON.name)
    view.track.keypoints[:2] += 2000.0
    view.track.keypoints[2] = np.nan
    index, frames = scores.followed(view, people, SKELETON.name)
    assert index == 1
    assert frames.tolist() == [False, False, False, True, True, True]


def test_the_detectors_own_poses_become_the_skeletons():
    rng = np.random.default_rng(0)
    positions = rng.normal(0, 1, (2, 33, 3))
    view = views.View(rig()[0], tracks(rig(), person())[0], views.DETECTOR, positions)
    found = scores.own(view, SKELETON)
    hip = positions[:, 23:25].mean(axis=1)
    np.testing.assert_allclose(found[:, 0], 0, atol=1e-12)
    right_knee = SKELETON.joints.index("right_knee")
    np.testing.assert_allclose(found[:, right_knee], positions[:, 26] - hip)


def test_a_cameras_calibration_says_where_it_stands():
    for camera in rig():
        known = scores.calibration(camera)
        assert known.height == pytest.approx(1.5)
        # 4 m away, 0.5 m above what it looks at.
        assert known.pitch == pytest.approx(np.degrees(np.arctan(0.5 / 4)))
        pixels = triangulation.project(camera, person()[0])
        straight = dataclasses.replace(camera, distortion=np.zeros(4))
        np.testing.assert_allclose(
            known.undistort(pixels),
            triangulation.project(straight, person()[0]),
            atol=1e-3,
        )


def test_a_root_that_is_off_by_the_same_throughout_has_no_other_error():
    one = reference(np.repeat(person()[:1], 12, axis=0))
    camera = rig()[0]
    seen = triangulation.to_camera(camera, one.positions)
    root = seen[:, 0] + [0.03, 0.0, 0.04]
    person_there = Lifted(
        *("1", 0, np.zeros((12, 17, 2)), seen - seen[:, :1], 60.0, SKELETON), root=root
    )
    found = scores.of_root(camera, person_there, one, SKELETON)
    assert found["root_mm"] == pytest.approx(50, abs=1e-3)
    assert found["distance_mm"] == pytest.approx(40, abs=1e-3)
    assert found["moving_mm"] < 1e-3
    assert not found["floor"]
