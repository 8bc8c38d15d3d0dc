"""Tracks from detections: by ids, and by where people are."""

import numpy as np
import pytest

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import interpolation, tracks
from dgnet_tf.keypoints.detections import Detection


def person(x, y=100.0, height=100.0):
    """Four joints, the corners of a box."""
    half = height / 4
    return np.array(
        [[x - half, y], [x + half, y], [x - half, y + height], [x + half, y + height]]
    )


def seen(frame, keypoints, name=None, confidence=None):
    confidence = np.full(len(keypoints), 0.8) if confidence is None else confidence
    keypoints = np.where(confidence[:, None] > 0, keypoints, np.nan)
    return Detection(frame, keypoints, confidence, name)


def centers(track):
    return track.keypoints[:, :2, 0].mean(axis=1)


def test_two_people_who_cross_keep_their_tracks():
    # One nearer to the camera than the other; the file lists them in turns.
    steps = np.arange(25)
    found = []
    for frame in steps:
        pair = [
            seen(frame, person(100 + 10 * frame, height=160)),
            seen(frame, person(340 - 10 * frame, height=110)),
        ]
        found += pair if frame % 2 else pair[::-1]
    joined = tracks.join("a.json", found)
    assert [track.person for track in joined] == ["1", "2"]
    np.testing.assert_allclose(centers(joined[1]), 100 + 10 * steps)
    np.testing.assert_allclose(centers(joined[0]), 340 - 10 * steps)


def test_the_sum_of_similarities_counts_not_the_first_come():
    # Taken one by one, the left person would be the right person.
    first = [seen(0, person(100)), seen(0, person(140))]
    second = [seen(1, person(125)), seen(1, person(165))]
    joined = tracks.join("a", [*first, *second])
    assert [centers(track).tolist() for track in joined] == [[100, 125], [140, 165]]


def test_somebody_elsewhere_begins_a_track():
    found = [seen(f, person(100)) for f in range(4)] + [seen(2, person(170))]
    first, second = tracks.join("a", found)
    assert (first.first_frame, len(first.keypoints)) == (0, 4)
    assert (second.person, second.first_frame) == ("2", 2)


def test_missing_frames_and_joints_are_masked_then_bridged_by_a_line():
    half = np.array([0.8, 0.0, 0.8, 0.8])
    found = [
        seen(3, person(100, height=200)),
        seen(4, person(110, height=200), confidence=half),
        seen(7, person(140, height=200)),
    ]
    (track,) = tracks.join("a", found)
    assert track.first_frame == 3
    assert track.confidence.tolist() == [
        [0.8] * 4,
        half.tolist(),
        [0] * 4,
        [0] * 4,
        [0.8] * 4,
    ]
    assert np.isnan(track.keypoints[2:4]).all()
    assert np.isnan(track.keypoints[1, 1]).all()
    filled = interpolation.fill_gaps(track.keypoints)
    np.testing.assert_allclose(filled[:, 0, 0], [50, 60, 70, 80, 90])
    np.testing.assert_allclose(filled[:, 1, 0], [150, 160, 170, 180, 190])


def test_detections_without_a_visible_joint_are_left_out():
    nothing = seen(1, person(100), confidence=np.zeros(4))
    assert tracks.join("a", [nothing]) == ()
    (track,) = tracks.join("a", [seen(0, person(100)), nothing])
    assert len(track.keypoints) == 1


def test_frames_far_apart_are_not_of_one_video():
    found = [seen(f, person(100), "1") for f in (0, 397133, 10**12)]
    with pytest.raises(UserError, match="3 detections are scattered over 10000000000"):
        tracks.join("a", found)


def test_crowds_beyond_the_bound_are_refused():
    found = [seen(0, person(10 * x)) for x in range(tracks.MAX_PEOPLE + 1)]
    with pytest.raises(UserError, match="frame 0 shows 201 people"):
        tracks.join("a", found)
