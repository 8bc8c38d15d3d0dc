"""Pooling of errors over frames, actions, people and videos."""

import math
import types

import numpy as np
import pytest
from support.reports.score_rows import make_score

from dgnet_tf import metrics
from dgnet_tf.evaluation import joint_sets, scoring


def make_view(frames=6, invalid=(), seed=0, **ids):
    rng = np.random.default_rng(seed)
    valid = np.ones(frames, bool)
    valid[list(invalid)] = False
    ids = {"subject": "S1", "action": "Walking", "take": "1", "camera": "c0", **ids}
    positions = rng.normal(0, 0.3, (frames, 5, 3)) + [0, 0, 5]
    return types.SimpleNamespace(valid=valid, positions=positions, fps=50.0, **ids)


def all_five(root=0, fourteen=None):
    """Five joints, all counted."""
    return joint_sets.JointSet(tuple("abcde"), root, tuple(range(5)), fourteen)


def relative(view, frame, joint, root=2):
    return view.positions[frame, joint] - view.positions[frame, root]


def test_invalid_frames_and_gaps_are_not_scored():
    view = make_view(frames=9, invalid=[2, 7])
    predicted = np.random.default_rng(1).normal(0, 0.3, (9, 5, 3))
    score = scoring.score_view(view, predicted, all_five(root=2))
    errors, steps, triples = [], [], []
    for f in (0, 1, 3, 4, 5, 6, 8):
        for j in range(5):
            errors.append(math.dist(predicted[f, j], relative(view, f, j)))
    for f in (0, 3, 4, 5):  # Neither 1-2-3 nor 6-7-8.
        for j in range(5):
            moved = relative(view, f + 1, j) - relative(view, f, j)
            steps.append(math.dist(predicted[f + 1, j] - predicted[f, j], moved))
    for f in (3, 4):  # 3-4-5 and 4-5-6.
        for j in range(5):
            seen = [relative(view, f + i, j) for i in range(3)]
            bent = predicted[f + 2, j] - 2 * predicted[f + 1, j] + predicted[f, j]
            triples.append(math.dist(bent, seen[2] - 2 * seen[1] + seen[0]))
    assert (score.frames, score.steps, score.triples) == (7, 4, 2)
    pooled = scoring.pooled([score])
    close = {"abs": 1e-6}
    assert pooled["mpjpe_mm"] == pytest.approx(1000 * np.mean(errors), **close)
    assert pooled["mpjve_mm"] == pytest.approx(1000 * np.mean(steps), **close)
    assert pooled["acceleration_mm"] == pytest.approx(1000 * np.mean(triples), **close)
    assert pooled["pck"] == pytest.approx(np.mean(np.array(errors) < 0.15), **close)
    below = [[e < mm / 1000 for e in errors] for mm in range(0, 151, 5)]
    assert pooled["auc"] == pytest.approx(np.mean(below), **close)


def test_every_metric_is_the_mean_of_its_function():
    view = make_view(frames=20)
    predicted = view.positions - view.positions[:, :1]
    predicted = predicted + np.random.default_rng(2).normal(0, 0.1, (20, 5, 3))
    predicted[:, 0] = 0.0
    pooled = scoring.pooled([scoring.score_view(view, predicted, all_five())])
    target = view.positions - view.positions[:, :1]
    for name, function, unit in (
        ("mpjpe_mm", metrics.mpjpe, 1000),
        ("p_mpjpe_mm", metrics.p_mpjpe, 1000),
        ("n_mpjpe_mm", metrics.n_mpjpe, 1000),
        ("mpjve_mm", metrics.mpjve, 1000),
        ("acceleration_mm", metrics.acceleration_error, 1000),
        ("pck", metrics.pck, 1),
        ("auc", metrics.auc, 1),
    ):
        expected = unit * function(predicted, target).mean()
        assert pooled[name] == pytest.approx(expected, abs=1e-9)
    assert 0 < pooled["auc"] < pooled["pck"] < 1


def test_segments_do_not_change_the_sums(monkeypatch):
    view = make_view(frames=23, invalid=[4, 11, 12])
    predicted = np.random.default_rng(3).normal(0, 0.3, (23, 5, 3))
    whole = scoring.score_view(view, predicted, all_five(fourteen=(1, 2, 4)))
    for length in (1, 2, 5, 23):
        monkeypatch.setattr(scoring, "_SEGMENT", length)
        parts = scoring.score_view(view, predicted, all_five(fourteen=(1, 2, 4)))
        assert parts.sums == pytest.approx(whole.sums, abs=1e-6)
        assert parts.worst == whole.worst


def test_the_root_is_left_out_of_everything_if_it_does_not_count():
    view = make_view(frames=8)
    predicted = np.random.default_rng(4).normal(0, 0.3, (8, 5, 3))
    predicted[:, 2] = 0.0  # The root.
    with_root = scoring.pooled([scoring.score_view(view, predicted, all_five(2))])
    four = joint_sets.JointSet(tuple("abde"), 2, (0, 1, 3, 4), None)
    without = scoring.pooled([scoring.score_view(view, predicted, four)])
    # A root without error: the others' mean is 5/4 of the mean.
    for name in ("mpjpe_mm", "n_mpjpe_mm", "mpjve_mm", "acceleration_mm"):
        assert without[name] == pytest.approx(with_root[name] * 5 / 4, abs=1e-9)
    target = view.positions - view.positions[:, 2:3]
    others = [0, 1, 3, 4]
    expected = 1000 * metrics.p_mpjpe(predicted[:, others], target[:, others]).mean()
    assert without["p_mpjpe_mm"] == pytest.approx(expected, abs=1e-9)


def test_fourteen_joint_forms_see_only_their_joints():
    view = make_view(frames=8)
    predicted = np.random.default_rng(5).normal(0, 0.15, (8, 5, 3))
    joints = all_five(fourteen=(1, 2, 4))
    pooled = scoring.pooled([scoring.score_view(view, predicted, joints)])
    target = (view.positions - view.positions[:, :1])[:, [1, 2, 4]]
    chosen = predicted[:, [1, 2, 4]]
    for name, function, unit in (
        ("mpjpe_14_mm", metrics.mpjpe, 1000),
        ("p_mpjpe_14_mm", metrics.p_mpjpe, 1000),
        ("pck_14", metrics.pck, 1),
        ("auc_14", metrics.auc, 1),
    ):
        expected = unit * function(chosen, target).mean()
        assert pooled[name] == pytest.approx(expected, abs=1e-9)
        assert scoring.FOURTEEN_METRICS[name] in pooled
    without = scoring.pooled([scoring.score_view(view, predicted, all_five())])
    assert [without[name] for name in scoring.FOURTEEN_METRICS] == [None] * 4
    assert without["mpjpe_mm"] == pooled["mpjpe_mm"]


def test_an_error_of_150_mm_is_no_correct_keypoint():
    view = make_view(frames=1)
    view.positions = np.zeros((1, 5, 3))
    view.positions[0, :, 2] = 4.0
    predicted = np.zeros((1, 5, 3))
    predicted[0, :, 0] = [0.0, 0.150, np.nextafter(0.150, 0), 0.0, 0.005]
    pooled = scoring.pooled([scoring.score_view(view, predicted, all_five())])
    assert pooled["pck"] == pytest.approx(4 / 5)
    assert pooled["auc"] == pytest.approx((30 + 0 + 1 + 30 + 29) / 31 / 5)


def test_joints_are_pooled_one_by_one():
    views = [make_view(frames=6, seed=6), make_view(frames=3, seed=7)]
    rng = np.random.default_rng(8)
    predicted = [rng.normal(0, 0.3, (view.valid.size, 5, 3)) for view in views]
    scores = [
        scoring.score_view(view, pose, all_five())
        for view, pose in zip(views, predicted, strict=True)
    ]
    per_joint = scoring.pooled_by_joint(scores, "abcde")
    for j, name in enumerate("abcde"):
        errors = [
            1000 * math.dist(pose[f, j], relative(view, f, j, root=0))
            for view, pose in zip(views, predicted, strict=True)
            for f in range(len(pose))
        ]
        assert per_joint[name]["mpjpe_mm"] == pytest.approx(np.mean(errors), abs=1e-6)
    pooled = scoring.pooled(scores)
    for metric in scoring.JOINT_METRICS:
        mean = np.mean([per_joint[name][metric] for name in "abcde"])
        assert mean == pytest.approx(pooled[metric], abs=1e-9)


def test_a_perfect_estimate_scores_zero():
    view = make_view()
    score = scoring.score_view(view, view.positions - view.positions[:, :1], all_five())
    pooled = scoring.pooled([score])
    assert (pooled["pck"], pooled["auc"]) == (1.0, pytest.approx(30 / 31))
    for name in scoring.JOINT_METRICS[:5]:
        assert pooled[name] == pytest.approx(0.0, abs=1e-6)


def test_a_scaled_estimate_has_only_mpjpe_and_velocity_errors():
    view = make_view()
    relative_pose = view.positions - view.positions[:, :1]
    pooled = scoring.pooled([scoring.score_view(view, 2 * relative_pose, all_five())])
    mean_length = np.linalg.norm(relative_pose, axis=-1).mean()
    assert pooled["mpjpe_mm"] == pytest.approx(1000 * mean_length, abs=1e-6)
    assert pooled["n_mpjpe_mm"] == pytest.approx(0.0, abs=1e-6)
    assert pooled["p_mpjpe_mm"] == pytest.approx(0.0, abs=1e-6)
    assert pooled["mpjve_mm"] > 1.0


def test_a_view_without_valid_frames_counts_nothing():
    view = make_view(frames=3, invalid=[0, 1, 2])
    score = scoring.score_view(view, np.zeros((3, 5, 3)), all_five())
    assert (score.frames, score.steps, score.triples) == (0, 0, 0)
    assert score.worst is None
    assert scoring.pooled([score]) == dict.fromkeys(scoring.METRICS)
    assert scoring.pooled_by([score], "action") == {}
    assert scoring.videos([score]) == []


@pytest.mark.parametrize("frames", [1, 2])
def test_few_frames_have_no_velocity_or_acceleration(frames):
    view = make_view(frames=frames)
    predicted = np.zeros((frames, 5, 3))
    pooled = scoring.pooled([scoring.score_view(view, predicted, all_five())])
    assert (pooled["mpjve_mm"] is None) == (frames == 1)
    assert pooled["acceleration_mm"] is None
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


def test_chunks_of_a_recording_are_one_video():
    scores = [
        make_score(10.0, 5, take="Walking 1 chunk0"),
        make_score(40.0, 10, take="Walking 1 chunk2"),
        make_score(20.0, 10, take="Walking 2 chunk0"),
    ]
    first, second = scoring.videos(scores)
    assert (first["take"], second["take"]) == ("Walking 1", "Walking 2")
    assert first["frames"] == 15 and first["cameras"] == ["c0"]
    assert first["sums"]["mpjpe_mm"] == 10.0 * 5 + 40.0 * 10


def test_a_video_is_a_take_with_all_of_its_cameras():
    scores = [
        make_score(10.0, 4, camera="c1", take="2"),
        make_score(20.0, 6, camera="c0", take="2"),
        make_score(30.0, 5, subject="S0"),
        make_score(0.0, 0, subject="S2"),
    ]
    first, second = scoring.videos(scores)
    assert (first["subject"], first["action"], first["take"]) == ("S0", "Walking", "1")
    assert second["cameras"] == ["c0", "c1"]
    assert (second["frames"], second["steps"], second["triples"]) == (10, 8, 6)
    assert second["sums"]["mpjpe_mm"] == pytest.approx(160.0)
    total = sum(row["sums"]["mpjpe_mm"] for row in (first, second))
    assert total / 15 == pytest.approx(scoring.pooled(scores)["mpjpe_mm"])
