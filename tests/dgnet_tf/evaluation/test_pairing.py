"""Comparisons of two reports, by hand and against loops."""

import itertools

import numpy as np
import pytest
from support.reports.score_rows import make_report, make_row

from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import pairing


def reports(first, second, frames=10, metric="mpjpe_mm", **options):
    """Two reports with one mean for each video."""
    frames = np.broadcast_to(frames, len(first)).tolist()
    return [
        make_report(
            [
                make_row(i, n, **{metric: value})
                for i, (value, n) in enumerate(zip(means, frames, strict=True))
            ],
            **options,
        )
        for means in (first, second)
    ]


def test_the_difference_by_hand():
    # 10 and 30 frames: means 45 and 43, differences +2 and -4 to the frames' shares.
    first, second = reports([30.0, 50.0], [32.0, 46.0], frames=[10, 30])
    found = pairing.compare(first, second)
    assert found.videos == 2
    assert found.first == pytest.approx(45.0)
    assert found.second == pytest.approx(42.5)
    assert found.difference == pytest.approx(-2.5)
    assert found.share_better == 0.5
    assert found.share_equal == 0.0
    # Draws of both videos once, or one of them twice.
    assert found.low == pytest.approx(-4.0)
    assert found.high == pytest.approx(2.0)
    assert found.sign_p == 1.0


def test_higher_is_better_for_pck():
    first, second = reports([0.5, 0.6, 0.7], [0.6, 0.7, 0.6], metric="pck_14")
    assert pairing.compare(first, second, "pck_14").share_better == pytest.approx(2 / 3)
    first, second = reports([0.5, 0.6, 0.7], [0.6, 0.7, 0.6])
    assert pairing.compare(first, second).share_better == pytest.approx(1 / 3)


def test_velocities_are_averaged_over_steps():
    first, second = reports([3.0, 5.0], [2.0, 5.0], [11, 31], metric="mpjve_mm")
    found = pairing.compare(first, second, "mpjve_mm")
    assert found.first == pytest.approx((3 * 10 + 5 * 30) / 40)
    assert found.difference == pytest.approx(-10 / 40)
    assert found.share_equal == 0.5


def test_the_permutation_test_counts_all_swaps():
    before = np.linspace(40, 80, 9)
    after = before + [-3.0, 1.5, -2.0, -4.5, 2.5, -1.0, 3.5, 0.5, -2.0]
    frames = np.array([7, 30, 12, 25, 9, 31, 14, 22, 18])
    found = pairing.compare(*reports(before, after, frames))
    weighted = (after - before) * frames
    swaps = [
        abs(sum(sign * w for sign, w in zip(signs, weighted, strict=True)))
        for signs in itertools.product((1, -1), repeat=9)
    ]
    expected = np.mean(np.array(swaps) >= abs(weighted.sum()) - 1e-9)
    assert 0.3 < expected < 0.9
    assert found.permutation_p == pytest.approx(expected, abs=1e-12)


def test_one_report_better_on_every_video_of_eight():
    before = np.linspace(40, 75, 8)
    found = pairing.compare(*reports(before, before - np.linspace(1, 2, 8)))
    assert found.share_better == 1.0
    assert found.sign_p == pytest.approx(2 / 2**8)
    assert found.permutation_p == pytest.approx(2 / 2**8)
    assert -2 < found.low < found.difference < found.high < -1


def test_pairing_sees_what_separate_intervals_hide():
    rng = np.random.default_rng(1)
    before = rng.normal(60, 15, 40)  # People differ far more than the runs.
    after = before - 1.0 + rng.normal(0, 0.5, 40)
    found = pairing.compare(*reports(before, after))
    assert found.high < -0.7 and found.low > -1.3
    assert found.permutation_p < 0.001
    assert found == pairing.compare(*reports(before, after))


def test_equal_reports_differ_by_nothing():
    found = pairing.compare(*reports([10.0, 20.0, 30.0], [10.0, 20.0, 30.0]))
    assert (found.difference, found.low, found.high) == (0.0, 0.0, 0.0)
    assert (found.share_better, found.share_equal) == (0.0, 1.0)
    assert (found.sign_p, found.permutation_p) == (1.0, 1.0)


def test_one_video_has_no_interval():
    found = pairing.compare(*reports([10.0], [12.0]))
    assert (found.difference, found.low, found.high) == (pytest.approx(2.0), None, None)
    assert (found.sign_p, found.permutation_p) == (1.0, 1.0)


def test_the_sides_may_be_lifted_differently_and_it_is_said():
    first, second = reports([10.0, 20.0], [11.0, 21.0])
    second["options"].update(flip=False, overlap="center")
    found = pairing.compare(first, second)
    assert found.options == {"flip": (True, False), "overlap": ("mean", "center")}


def refused(first, second, metric="mpjpe_mm") -> str:
    """Compares what cannot be compared; the message."""
    with pytest.raises(UserError) as error:
        pairing.compare(first, second, metric, names=("a.json", "b.json"))
    return str(error.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"root_counted": False},
        {"noise_px": 5.0},
        {"noise_correlation": 0.95},
        {"actions": ["Walking"]},
        {"skeleton": "humaneva_15"},
        {"fps": 25.0},
    ],
)
def test_reports_of_other_options_are_refused(changed):
    first, _ = reports([10.0, 20.0], [0.0, 0.0])
    second, _ = reports([10.0, 20.0], [0.0, 0.0], **changed)
    assert f"option '{next(iter(changed))}' is" in refused(first, second)


def test_another_seed_matters_only_under_noise():
    first, second = reports([10.0, 20.0], [11.0, 21.0])
    second["options"]["seed"] = 1
    assert pairing.compare(first, second).difference == pytest.approx(1.0)
    for report in (first, second):
        report["options"]["noise_px"] = 5.0
    message = "'seed' of the noise is 0 in the one and 1 in the other"
    assert message in refused(first, second)


def test_other_videos_are_refused():
    first, second = reports([10.0, 20.0], [11.0, 21.0])
    more, _ = reports([1.0, 2.0, 3.0], [0.0] * 3)
    message = refused(first, more)
    assert "a.json and b.json cannot" in message
    assert "frames of video 'S1/Walking/2/c0'" in message
    longer, _ = reports([1.0, 2.0], [0.0] * 2, frames=11)
    assert "is 10 in the one and 11 in the other" in refused(first, longer)
    second["per_sequence"][1]["cameras"] = ["c1"]
    assert "S1/Walking/1/c0" in refused(first, second)
    second["split"] = "validation"
    assert "split is 'test' in the one and 'validation'" in refused(first, second)


def test_old_reports_and_missing_metrics_are_refused():
    first, second = reports([10.0, 20.0], [None, None], metric="pck_14")
    assert "b.json: has no value of 'pck_14'" in refused(first, second, "pck_14")
    del second["per_sequence"]
    assert "b.json: has no field 'per_sequence'" in refused(first, second)
    with pytest.raises(ValueError, match="`metric` must be one of.*'mpjpe'"):
        pairing.compare(first, first, "mpjpe")
