"""Bootstrap intervals over videos."""

import numpy as np
import pytest
from support.reports.score_rows import make_row, make_score

from dgnet_tf.evaluation import intervals, scoring


def interval(rows, metric="mpjpe_mm", means=intervals.frame_means, seed=0):
    return intervals.of(rows, means, seed)[metric]


def test_the_interval_of_two_videos_spans_them():
    # Resampled means are 10, 20 and 30 in 1/4, 1/2 and 1/4 of the draws.
    rows = [make_row(i, mpjpe_mm=value) for i, value in enumerate((10.0, 30.0))]
    found = interval(rows, seed=3)
    assert found == {
        "low": pytest.approx(10.0),
        "high": pytest.approx(30.0),
        "videos": 2,
        "resamples": 2000,
    }


@pytest.mark.parametrize("metric", scoring.METRICS)
def test_the_interval_of_many_videos_is_that_of_their_mean(metric):
    values = np.random.default_rng(0).normal(50.0, 8.0, 100)
    rows = [make_row(i, 20, **{metric: value}) for i, value in enumerate(values)]
    found = interval(rows, metric)
    half = 1.96 * values.std() / 10
    assert found["low"] == pytest.approx(values.mean() - half, abs=0.3)
    assert found["high"] == pytest.approx(values.mean() + half, abs=0.3)
    assert interval(rows, metric) == found
    assert interval(rows, metric, seed=1) != found


def test_draws_are_with_replacement_and_as_many_as_videos():
    weights = intervals.draws(30)
    assert weights.shape == (2000, 30)
    assert (weights.sum(axis=1) == 30).all()
    # A video is left out of a draw with probability (1 - 1/30)^30.
    assert (weights == 0).mean() == pytest.approx((29 / 30) ** 30, abs=0.01)
    assert weights.max() >= 4


def test_weighted_means_by_hand():
    rows = [
        make_row(0, 10, "Walking", mpjpe_mm=10.0, mpjve_mm=1.0),
        make_row(1, 30, "Walking", mpjpe_mm=20.0, mpjve_mm=2.0),
        make_row(2, 60, "Sitting", mpjpe_mm=50.0, mpjve_mm=4.0),
    ]
    weights = np.array([[1, 1, 1], [2, 1, 0], [0, 0, 3]])
    frame_wise = intervals.frame_means(rows, "mpjpe_mm", weights)
    np.testing.assert_allclose(frame_wise, [37.0, (200 + 600) / 50, 50.0])
    # Over 9, 29 and 59 pairs of frames.
    velocities = intervals.frame_means(rows, "mpjve_mm", weights)
    np.testing.assert_allclose(velocities, [(9 + 58 + 236) / 97, 76 / 47, 4.0])
    # An action that a draw lacks does not count in it.
    action_wise = intervals.action_means(rows, "mpjpe_mm", weights)
    np.testing.assert_allclose(action_wise, [(17.5 + 50) / 2, 16.0, 50.0])


def test_all_weights_one_give_the_means_of_the_report():
    scores = [
        make_score(10.0, 90, action="Walking"),
        make_score(30.0, 30, action="Walking", take="2"),
        make_score(50.0, 10, action="Eating", subject="S2"),
    ]
    rows = scoring.videos(scores)
    once = np.ones((1, len(rows)))
    assert intervals.frame_means(rows, "mpjpe_mm", once)[0] == pytest.approx(
        scoring.pooled(scores)["mpjpe_mm"]
    )
    assert intervals.action_means(rows, "mpjpe_mm", once)[0] == pytest.approx(
        scoring.plain_mean(scoring.pooled_by(scores, "action"))["mpjpe_mm"]
    )


def test_cameras_of_a_take_are_resampled_together():
    values = np.random.default_rng(1).normal(50.0, 8.0, 12)
    one = [make_score(v, 20, take=f"{i:02d}") for i, v in enumerate(values)]
    four = [
        make_score(v, 5, take=f"{i:02d}", camera=f"c{c}")
        for i, v in enumerate(values)
        for c in range(4)
    ]
    found = interval(scoring.videos(four))
    assert found["videos"] == 12
    expected = interval(scoring.videos(one))
    assert found["low"] == pytest.approx(expected["low"])
    assert found["high"] == pytest.approx(expected["high"])


def test_one_video_has_no_interval():
    scores = [make_score(10.0, 8, camera=c) for c in ("c0", "c1")]
    rows = scoring.videos(scores)
    assert intervals.of(rows) == dict.fromkeys(scoring.METRICS)


def test_draws_without_a_value_are_left_out():
    # One video of a single frame has no velocity: draws of it alone have none.
    rows = [make_row(0, 1, mpjpe_mm=5.0), make_row(1, 9, mpjpe_mm=7.0, mpjve_mm=3.0)]
    rows[0].update(steps=0, triples=0)
    assert interval(rows, "mpjve_mm")["low"] == pytest.approx(3.0)
    assert interval(rows, "mpjve_mm")["high"] == pytest.approx(3.0)
    for row in rows:
        row.update(steps=0, triples=0)
    assert interval(rows, "mpjve_mm") is None
    assert interval(rows, "mpjve_mm", intervals.action_means) is None


def test_a_metric_that_the_skeleton_lacks_has_no_interval():
    rows = [make_row(i, mpjpe_mm=5.0 + i, pck_14=None) for i in range(3)]
    assert interval(rows, "pck_14") is None
    assert interval(rows)["high"] == pytest.approx(7.0)
