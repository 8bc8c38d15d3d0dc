"""People without names, followed by their keypoints."""

import dataclasses

import numpy as np
import pytest
from support.keypoints import walkers

from dgnet_tf.keypoints import tracks
from dgnet_tf.keypoints.detections import Detection
from dgnet_tf.keypoints.tracking import following
from dgnet_tf.keypoints.tracking.detection_arrays import MIN_SIZE, DetectionArrays


def changed(detection, joints, points, scores):
    """A detection with other keypoints and scores for some joints."""
    keypoints, confidence = detection.keypoints.copy(), detection.confidence.copy()
    keypoints[joints], confidence[joints] = points, scores
    keypoints[confidence == 0] = np.nan
    return dataclasses.replace(detection, keypoints=keypoints, confidence=confidence)


def person(x, height=100.0):
    """Four joints, the corners of a box."""
    half = height / 4
    return np.array(
        [[x - half, 0], [x + half, 0], [x - half, height], [x + half, height]]
    )


def seen(frame, keypoints, scores=0.8):
    return Detection(frame, keypoints, np.full(len(keypoints), scores))


def test_similarity_is_that_of_the_joints_that_both_show():
    first = Detection(0, person(100.0), np.array([0.8, 0.8, 0.1, 0.8]))
    other = Detection(1, person(100.0), np.array([0.4, 0.4, 0.4, 0.0]))
    other.keypoints[:2] += [30, 0]
    other.keypoints[3] = np.nan
    found = DetectionArrays.of([first, other])
    np.testing.assert_allclose(found.sizes, [np.hypot(50, 100), np.hypot(80, 100)])
    near = np.exp(-(30**2) / (0.3**2 * found.sizes.prod()))
    expected = (2 * 0.4 * near + 0.1) / 0.9
    np.testing.assert_allclose(found.similarities([0], [1, 0]), [[expected, 1]])
    # Two of three joints, by their weights, moved by 30 pixels.
    assert found.moved(np.array([0]), np.array([1])) == [30]


def test_one_far_keypoint_does_not_make_a_person_large():
    body = walkers.detected(0, walkers.walk(0, 1))[0]
    far = [changed(body, [9], [[x, 1060.0]], [0.95]) for x in (0.0, 1900.0)]
    plain, left, right = DetectionArrays.of([body, *far]).sizes
    assert left < 1.5 * plain and right < 1.5 * plain
    point = Detection(0, np.full((17, 2), 7.0), np.eye(17)[0])
    assert DetectionArrays.of([point]).sizes == [MIN_SIZE]


@pytest.mark.parametrize("score", [0.05, 0.3, 0.95])
@pytest.mark.parametrize(("every", "joints"), [(20, 1), (1, 1), (1, 4)])
def test_keypoints_far_off_do_not_split_a_person(score, every, joints):
    rng = np.random.default_rng(0)
    found = walkers.detected(0, walkers.walk(3, 100))
    for frame in range(0, 100, every):
        which = rng.permutation(17)[:joints]
        points = rng.uniform((0, 0), walkers.SIZE, (joints, 2))
        found[frame] = changed(found[frame], which, points, score)
    (track,) = tracks.join("a", found)
    assert len(track.keypoints) == 100


def test_most_keypoints_may_be_guesses_of_a_low_score():
    rng = np.random.default_rng(0)
    found = walkers.detected(0, walkers.walk(3, 100))
    hidden = range(9, 17)
    found = [
        changed(one, hidden, rng.uniform((0, 0), walkers.SIZE, (8, 2)), 0.03)
        for one in found
    ]
    assert len(tracks.join("a", found)) == 1


def test_a_person_half_hidden_for_a_while_stays_one():
    found = walkers.detected(0, walkers.walk(3, 90))
    for frame in range(30, 60):
        found[frame] = changed(found[frame], range(7), 0.0, 0.0)
    assert len(tracks.join("a", found)) == 1


@pytest.mark.parametrize("shown", [range(5), [0, 1], [15, 16], range(5, 11)])
@pytest.mark.parametrize("name", [None, "4"])
def test_a_person_of_whom_a_few_joints_show_for_a_while_stays_one(shown, name, capsys):
    found = walkers.detected(0, walkers.walk(3, 90, 15.0), name)
    hidden = [joint for joint in range(17) if joint not in shown]
    for frame in range(30, 50):
        found[frame] = changed(found[frame], hidden, 0.0, 0.0)
    (track,) = tracks.join("a", found)
    assert track.confidence.any(axis=1).sum() == 90
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("fps", [15.0, 30.0])
@pytest.mark.parametrize("far", [False, True])
def test_two_walkers_who_meet_keep_their_tracks(fps, far):
    for seed in range(10):
        one, other = walkers.meeting(seed, fps)
        if far:
            rng = np.random.default_rng(seed)
            for group in (one, other):
                for frame in range(0, len(group), 4):
                    points = rng.uniform((0, 0), walkers.SIZE, (1, 2))
                    group[frame] = changed(group[frame], [9], points, 0.3)
        # In turns, so that the order in the file tells nothing.
        pairs = zip(one, other, strict=True)
        found = [x for n, pair in enumerate(pairs) for x in pair[:: -1 if n % 2 else 1]]
        joined = tracks.join("a", found)
        for track, group in zip(joined, (one, other), strict=True):
            expected = np.stack([x.keypoints for x in group])
            np.testing.assert_array_equal(track.keypoints, expected)


def test_a_runner_at_ten_frames_a_second_stays_one():
    found = walkers.detected(0, walkers.walk(1, 20, 10.0, -3.0, 4.0))
    assert len(tracks.join("a", found)) == 1


def test_who_stands_still_and_comes_and_goes_is_another_after_max_gap_frames():
    gap = following.MAX_GAP + 1
    (track,) = tracks.join("a", [seen(0, person(100)), seen(gap, person(100))])
    assert len(track.keypoints) == gap + 1
    two = tracks.join("a", [seen(0, person(100)), seen(gap + 1, person(100))])
    assert [(t.first_frame, len(t.keypoints)) for t in two] == [(0, 1), (gap + 1, 1)]


def test_one_visible_keypoint_makes_a_track_where_it_stays():
    alone = np.array([0.9, 0, 0, 0])
    found = [Detection(f, person(100 + (f > 4) * 300), alone) for f in range(10)]
    assert [len(track.keypoints) for track in tracks.join("a", found)] == [5, 5]


def test_work_grows_with_the_frames_and_not_with_who_was_there(monkeypatch):
    """Each frame shows somebody new: who is out of sight is soon forgotten."""
    compared = []
    similarities = DetectionArrays.similarities

    def counted(self, some, others):
        compared.append(len(some) * len(others))
        return similarities(self, some, others)

    monkeypatch.setattr(DetectionArrays, "similarities", counted)
    found = [seen(f, person(1000.0 * (f % 97))) for f in range(2000)]
    assert len(tracks.join("a", found)) == 2000
    assert len(compared) < 2000
    assert sum(compared) <= 2000 * (following.MAX_GAP + 1)
    compared.clear()
    crowd = [
        seen(f, person(1000.0 * (n + 200 * f))) for f in range(9) for n in range(200)
    ]
    assert len(tracks.join("a", crowd)) == 1800
    assert max(compared) == following.MAX_WAITING * 200


def test_names_need_no_comparison(monkeypatch):
    monkeypatch.setattr(DetectionArrays, "similarities", None)
    found = [
        dataclasses.replace(seen(f, person(100.0 * n)), person=str(n))
        for f in range(50)
        for n in range(3)
    ]
    assert [len(track.keypoints) for track in tracks.join("a", found)] == [50] * 3
