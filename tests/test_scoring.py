"""Pooling of errors over frames, actions, people and videos."""

import math
import types

import numpy as np
import pytest

from dgnet_tf import scoring


def make_view(frames=6, invalid=(), seed=0, **ids):
    rng = np.random.default_rng(seed)
    valid = np.ones(frames, bool)
    valid[list(invalid)] = False
    ids = {"subject": "S1", "action": "Walking", "take": "1", "camera": "c0", **ids}
    positions = rng.normal(0, 0.3, (frames, 5, 3)) + [0, 0, 5]
    return types.SimpleNamespace(valid=valid, positions=positions, **ids)


def make_score(mpjpe, frames, **ids):
    """A view with the same MPJPE in each frame."""
    ids = {"subject": "S1", "action": "Walking", "take": "1", "camera": "c0", **ids}
    sums = {name: 0.0 for name in scoring.METRICS}
    sums["mpjpe_mm"] = mpjpe * frames
    steps = max(frames - 1, 0)
    return scoring.ViewScore(frames=frames, steps=steps, sums=sums, **ids)


def relative(view, frame, joint, root=2):
    return view.positions[frame, joint] - view.positions[frame, root]


def test_invalid_frames_and_gaps_are_not_scored():
    view = make_view(frames=7, invalid=[2, 6])
    predicted = np.random.default_rng(1).normal(0, 0.3, (7, 5, 3))
    score = scoring.score_view(view, predicted, root=2)
    errors, steps = [], []
    for f in (0, 1, 3, 4, 5):
        for j in range(5):
            errors.append(math.dist(predicted[f, j], relative(view, f, j)))
    for f in (0, 3, 4):  # Neither 1-2-3 nor 5-6.
        for j in range(5):
            moved = relative(view, f + 1, j) - relative(view, f, j)
            steps.append(math.dist(predicted[f + 1, j] - predicted[f, j], moved))
    assert (score.frames, score.steps) == (5, 3)
    pooled = scoring.pooled([score])
    assert pooled["mpjpe_mm"] == pytest.approx(1000 * np.mean(errors), abs=1e-6)
    assert pooled["mpjve_mm"] == pytest.approx(1000 * np.mean(steps), abs=1e-6)


def test_a_perfect_estimate_scores_zero():
    view = make_view()
    score = scoring.score_view(view, view.positions - view.positions[:, :1], root=0)
    for value in scoring.pooled([score]).values():
        assert value == pytest.approx(0.0, abs=1e-6)


def test_a_scaled_estimate_has_only_mpjpe_and_velocity_errors():
    view = make_view()
    relative_pose = view.positions - view.positions[:, :1]
    pooled = scoring.pooled([scoring.score_view(view, 2 * relative_pose, root=0)])
    mean_length = np.linalg.norm(relative_pose, axis=-1).mean()
    assert pooled["mpjpe_mm"] == pytest.approx(1000 * mean_length, abs=1e-6)
    assert pooled["n_mpjpe_mm"] == pytest.approx(0.0, abs=1e-6)
    assert pooled["p_mpjpe_mm"] == pytest.approx(0.0, abs=1e-6)
    assert pooled["mpjve_mm"] > 1.0


def test_a_view_without_valid_frames_counts_nothing():
    view = make_view(frames=3, invalid=[0, 1, 2])
    score = scoring.score_view(view, np.zeros((3, 5, 3)), root=0)
    assert (score.frames, score.steps) == (0, 0)
    assert scoring.pooled([score]) == dict.fromkeys(scoring.METRICS)
    assert scoring.pooled_by([score], "action") == {}


def test_one_frame_has_no_velocity():
    view = make_view(frames=1)
    pooled = scoring.pooled([scoring.score_view(view, np.zeros((1, 5, 3)), root=0)])
    assert pooled["mpjve_mm"] is None
    assert pooled["mpjpe_mm"] > 100


def test_sitting_is_not_sitting_down():
    scores = [
        make_score(10.0, 5, action="Sitting"),
        make_score(70.0, 5, action="SittingDown"),
        make_score(30.0, 15, action="Sitting", take="2"),
    ]
    per_action = scoring.pooled_by(scores, "action")
    assert list(per_action) == ["Sitting", "SittingDown"]
    assert per_action["Sitting"]["mpjpe_mm"] == pytest.approx(25.0)
    assert per_action["SittingDown"]["mpjpe_mm"] == pytest.approx(70.0)


def test_frame_wise_and_action_wise_means_differ():
    scores = [
        make_score(10.0, 90, action="Walking"),
        make_score(50.0, 10, action="Eating", subject="S2"),
    ]
    assert scoring.pooled(scores)["mpjpe_mm"] == pytest.approx(14.0)
    per_action = scoring.pooled_by(scores, "action")
    assert scoring.plain_mean(per_action)["mpjpe_mm"] == pytest.approx(30.0)
    assert list(scoring.pooled_by(scores, "subject")) == ["S1", "S2"]


def test_the_plain_mean_leaves_out_actions_without_a_value():
    groups = {
        "Walking": dict.fromkeys(scoring.METRICS, 4.0),
        "Eating": {**dict.fromkeys(scoring.METRICS, 8.0), "mpjve_mm": None},
    }
    mean = scoring.plain_mean(groups)
    assert mean["mpjpe_mm"] == 6.0
    assert mean["mpjve_mm"] == 4.0
    assert scoring.plain_mean({}) == dict.fromkeys(scoring.METRICS)


def test_the_interval_of_two_videos_spans_them():
    # Resampled means are 10, 20 and 30 in 1/4, 1/2 and 1/4 of the draws.
    scores = [make_score(10.0, 8, take="1"), make_score(30.0, 8, take="2")]
    interval = scoring.bootstrap_interval(scores, seed=3)
    assert interval["low"] == pytest.approx(10.0)
    assert interval["high"] == pytest.approx(30.0)
    assert interval["videos"] == 2


def test_the_interval_of_many_videos_is_that_of_their_mean():
    values = np.random.default_rng(0).normal(50.0, 8.0, 100)
    scores = [make_score(v, 20, take=str(i)) for i, v in enumerate(values)]
    interval = scoring.bootstrap_interval(scores)
    half = 1.96 * values.std() / 10
    assert interval["low"] == pytest.approx(values.mean() - half, abs=0.3)
    assert interval["high"] == pytest.approx(values.mean() + half, abs=0.3)
    assert scoring.bootstrap_interval(scores) == interval


def test_cameras_of_a_take_are_resampled_together():
    values = np.random.default_rng(1).normal(50.0, 8.0, 12)
    one = [make_score(v, 20, take=str(i)) for i, v in enumerate(values)]
    four = [
        make_score(v, 5, take=str(i), camera=f"c{c}")
        for i, v in enumerate(values)
        for c in range(4)
    ]
    interval = scoring.bootstrap_interval(four)
    assert interval["videos"] == 12
    expected = scoring.bootstrap_interval(one)
    assert interval["low"] == pytest.approx(expected["low"])
    assert interval["high"] == pytest.approx(expected["high"])


def test_one_video_has_no_interval():
    scores = [make_score(10.0, 8, camera=c) for c in ("c0", "c1")]
    assert scoring.bootstrap_interval(scores) is None
