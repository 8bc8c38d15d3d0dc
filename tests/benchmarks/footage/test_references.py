"""The triangulation of people who are made up."""

import dataclasses

import numpy as np
import pytest
from support.footage.stand_ins import FRAMES, SKELETON, joints, person, tracks
from support.footage.synthetic_rig import rig

from benchmarks.footage import references
from dgnet_tf.keypoints.tracks import Track

LAYOUT = "openpose_25b"


def triangulated(found):
    return references.triangulated(rig(), found, LAYOUT, SKELETON.name)


def test_the_reference_has_the_skeletons_joints_where_they_are():
    reference = triangulated(tracks(rig(), person()))
    np.testing.assert_allclose(reference.positions, joints(person()), atol=1e-8)
    assert reference.reprojection_px < 1e-6
    assert reference.left_out == 0 and reference.known.all()


def test_a_detection_far_off_is_left_out_of_the_reference():
    found = tracks(rig(), person())
    found[1].keypoints[2, 8] += 300.0
    reference = triangulated(found)
    np.testing.assert_allclose(reference.positions, joints(person()), atol=1e-6)
    assert reference.left_out == pytest.approx(1 / (4 * FRAMES * 25))


def test_a_pose_with_a_bone_of_another_length_is_not_known():
    # Two cameras alone see the nose, and one of them sees it wrongly: the point fits
    # both and lies far away.
    found = tracks(rig(), person())
    for track in found[2:]:
        track.confidence[3, 0] = 0
    found[1].keypoints[3, 0] += [250.0, 0.0]
    reference = triangulated(found)
    assert reference.known.tolist() == [True, True, True, False, True, True]
    assert np.isnan(reference.positions[3]).all()
    known = reference.known
    np.testing.assert_allclose(
        reference.positions[known], joints(person())[known], atol=1e-8
    )


def test_a_person_who_is_seen_late_stays_in_step_with_the_other_cameras():
    found = tracks(rig(), person())
    late = found[1]
    found[1] = references.from_start(
        Track("1", 2, late.keypoints[2:], late.confidence[2:])
    )
    assert found[1].first_frame == 0 and not found[1].confidence[:2].any()
    assert np.isnan(found[1].keypoints[:2]).all()
    reference = triangulated(found)
    np.testing.assert_allclose(reference.positions, joints(person()), atol=1e-8)
    assert reference.left_out == 0


def test_the_same_people_are_found_in_all_cameras():
    people = [person(), person(1) + [0.6, 0.0, 0.0]]
    first, second = (tracks(rig(), points) for points in people)
    # In another order in each camera, and somebody who is hardly ever seen.
    brief = [
        dataclasses.replace(track, confidence=np.zeros_like(track.confidence))
        for track in first
    ]
    cameras = [
        [brief[0], second[0], first[0]],
        [first[1], second[1]],
        [second[2], first[2]],
        [first[3], brief[3], second[3]],
    ]
    found = references.people(rig(), cameras, 2, LAYOUT, SKELETON.name)
    order = np.argsort([one.positions[0, 0, 0] for one in found])
    expected = sorted(map(joints, people), key=lambda points: points[0, 0, 0])
    for index, points in zip(order, expected, strict=True):
        np.testing.assert_allclose(found[index].positions, points, atol=1e-6)
