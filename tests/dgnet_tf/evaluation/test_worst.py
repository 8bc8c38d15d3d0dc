"""The worst clips and joints."""

import types

import numpy as np
import pytest
from support.reports.score_rows import make_score

from dgnet_tf.evaluation import worst


def find(errors, fps=2.0, invalid=()):
    """The worst clip of a view; two seconds are four frames."""
    valid = np.ones(len(errors), bool)
    valid[list(invalid)] = False
    ids = {"subject": "S1", "action": "Walking", "take": "1", "camera": "c0"}
    view = types.SimpleNamespace(valid=valid, fps=fps, **ids)
    return worst.find(view, np.array(errors, np.float64))


def test_the_worst_two_seconds_by_hand():
    clip = find([1, 9, 1, 1, 5, 6, 7, 4, 1, 1])
    assert (clip.first_frame, clip.frames, clip.valid_frames) == (4, 4, 4)
    assert clip.mpjpe_mm == pytest.approx(5.5)
    assert (clip.subject, clip.camera) == ("S1", "c0")


def test_the_worst_clip_is_that_of_a_loop_over_all_starts():
    rng = np.random.default_rng(0)
    errors = rng.gamma(2.0, 30.0, 400)
    valid = rng.random(400) < 0.7
    clip = find(errors, 12.5, np.flatnonzero(~valid))
    counts = [valid[s : s + 25].sum() for s in range(376)]
    means = [
        errors[s : s + 25][valid[s : s + 25]].mean()
        if counts[s] >= max(counts) / 2
        else 0.0
        for s in range(376)
    ]
    assert clip.first_frame == int(np.argmax(means))
    assert clip.mpjpe_mm == pytest.approx(max(means))
    assert clip.valid_frames == counts[clip.first_frame]


def test_invalid_frames_have_no_error_and_few_valid_ones_no_say():
    # Frame 0 is the worst, but stands alone beside a gap.
    clip = find([99, 50, 50, 50, 1, 2, 3, 4, 1], invalid=[1, 2, 3])
    assert (clip.first_frame, clip.mpjpe_mm) == (4, pytest.approx(2.5))


def test_a_short_view_is_one_clip():
    clip = find([3, 5], fps=50.0)
    assert (clip.first_frame, clip.frames, clip.mpjpe_mm) == (0, 2, 4.0)


def test_a_view_without_valid_frames_has_no_clip():
    assert find([3, 5], invalid=[0, 1]) is None


def scored(mpjpe, first_frame, **ids):
    clip = {"first_frame": first_frame, "frames": 4, "valid_frames": 4}
    return make_score(1.0, 9, clip={**clip, "mpjpe_mm": mpjpe}, **ids)


def test_clips_are_listed_once_a_video_worst_first():
    scores = [
        scored(50.0, 3, camera="c0"),
        scored(70.0, 5, camera="c1"),
        scored(60.0, 7, take="2"),
        scored(90.0, 9, subject="S2"),
        make_score(0.0, 0, subject="S3"),
    ]
    found = worst.stretches(scores)
    assert [clip["mpjpe_mm"] for clip in found] == [90.0, 70.0, 60.0]
    assert found[1] == {
        "subject": "S1",
        "action": "Walking",
        "take": "1",
        "camera": "c1",
        "first_frame": 5,
        "frames": 4,
        "valid_frames": 4,
        "mpjpe_mm": 70.0,
    }
    assert worst.stretches(scores, count=1) == found[:1]


def test_joints_are_listed_by_their_error():
    per_joint = {
        name: {"mpjpe_mm": error, "p_mpjpe_mm": error / 2}
        for name, error in (("hip", 0.0), ("wrist", 90.0), ("knee", 40.0))
    }
    assert worst.joints(per_joint, count=2) == [
        {"joint": "wrist", "mpjpe_mm": 90.0, "p_mpjpe_mm": 45.0},
        {"joint": "knee", "mpjpe_mm": 40.0, "p_mpjpe_mm": 20.0},
    ]
