"""Reports side by side: differences video by video, and what cannot be compared."""

import csv

import pytest
from support.reports import made_reports

from dgnet_tf.drawing import style
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import comparison, comparison_report

VIDEOS = [("08", "walk", str(take)) for take in range(6)] + [("35", "run", "1")]
FIRST = made_reports.report({video: 50.0 + i for i, video in enumerate(VIDEOS)})
# On each video 4 mm better, on the last one 2 mm worse.
SECOND = made_reports.report(
    {
        video: 50.0 + i + (2.0 if video[1] == "run" else -4.0)
        for i, video in enumerate(VIDEOS)
    },
    architecture="baseline",
    parameters=1500,
    flip=False,
)


def pairs(*others):
    return {
        f"run {i}": comparison.pairs_of(FIRST, other, ("first", f"run {i}"))
        for i, other in enumerate(others)
    }


def test_differences_are_taken_video_by_video():
    found = comparison.pairs_of(FIRST, SECOND, ("a", "b"))
    pair = found["mpjpe_mm"]
    assert pair.first == pytest.approx(53.0)
    assert pair.difference == pytest.approx((6 * -4.0 + 2.0) / 7)
    assert pair.low < pair.difference < pair.high < 0.5
    assert pair.share_better == pytest.approx(6 / 7)
    # PCK grows with the error in these made reports: better is the other way round.
    assert found["pck"].share_better == pytest.approx(1 / 7)


def test_options_that_differ_are_found_under_their_own_names():
    other = made_reports.report(
        {video: 1.0 for video in VIDEOS}, options={"overlap": "once"}, overlap="once"
    )
    found = comparison.differing({"a": FIRST, "b": SECOND, "c": other})
    assert found == {
        "architecture": {"a": "dgnet", "b": "baseline", "c": "dgnet"},
        "overlap": {"a": "mean", "b": "mean", "c": "once"},
        "training flip": {"a": True, "b": False, "c": True},
        "training overlap": {"a": "mean", "b": "mean", "c": "once"},
    }
    assert comparison.differing({"a": FIRST, "b": FIRST}) == {}


def test_the_table_holds_means_intervals_differences_and_sizes():
    table = comparison.table({"a": FIRST, "b": SECOND}, {"b": pairs(SECOND)["run 0"]})
    first, second = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    assert first["network"] == "DG-Net" and second["network"] == "baseline"
    assert first["mpjpe_mm"] == pytest.approx(53.0)
    assert first["mpjpe_mm_low"] == FIRST["intervals"]["mpjpe_mm"]["low"]
    assert first["mpjpe_mm_difference_to_first"] is None
    assert second["mpjpe_mm_difference_to_first"] == pytest.approx(-22 / 7)
    assert second["mpjpe_mm_action_mean"] == pytest.approx((48.5 + 58.0) / 2)
    assert (first["parameters"], second["parameters"]) == (1000, 1500)
    assert second["training flip"] is False


def test_people_read_numbers_with_their_intervals():
    text = comparison_report.text(
        {"a": FIRST, "b": SECOND},
        {"b": pairs(SECOND)["run 0"]},
        comparison.differing({"a": FIRST, "b": SECOND}),
    )
    interval = FIRST["intervals"]["mpjpe_mm"]
    assert f"53.0 ({interval['low']:.1f} to {interval['high']:.1f})" in text
    assert "| b     | MPJPE    | -3.14        |" in text
    assert "86 % of 7" in text
    lines = text.splitlines()
    (action,) = [line for line in lines if line.startswith("| run   ") and "56" in line]
    assert [cell.strip() for cell in action.split("|")[1:-1]] == ["run", "56.0", "58.0"]
    assert any(line.startswith("| training flip") for line in lines)


def test_the_chart_shows_means_and_differences_with_their_reach():
    found = pairs(SECOND)
    made = comparison_report.chart({"first": FIRST, "run 0": SECOND}, found)
    left, right = made.axes
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in left.lines[::3]]
    assert points == [
        (pytest.approx(53.0), 0),
        (pytest.approx(53.0 - 22 / 7), 1),
    ]
    pair = found["run 0"]["mpjpe_mm"]
    (segment,) = right.collections[0].get_segments()
    assert segment[:, 0] == pytest.approx([pair.low, pair.high])
    assert left.lines[0].get_color() == style.COLORS[0]
    assert left.get_ylim() == (1.5, -0.5)  # The first run on top.


def test_one_video_has_a_difference_without_an_interval(tmp_path):
    one = {VIDEOS[0]: 40.0}
    reports = {
        "a": made_reports.report(one),
        "b": made_reports.report({VIDEOS[0]: 41.0}),
    }
    paths = comparison.make(reports, tmp_path)
    with open(paths[1], newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[1]["mpjpe_mm_difference_to_first"] == "1.0"
    assert rows[1]["mpjpe_mm_low_to_first"] == "" and rows[0]["mpjpe_mm_low"] == ""
    assert "| 41.0 " in paths[0].read_text()
    assert paths[2].stat().st_size > 5000


@pytest.mark.parametrize(
    "change, message",
    [
        ({"dataset": "human36m"}, "first and b cannot be compared: dataset is 'mocap'"),
        ({"split": "validation"}, "split is 'test' in the one and 'validation'"),
    ],
)
def test_reports_of_other_data_are_refused(change, message, tmp_path):
    other = {**SECOND, **change}
    with pytest.raises(UserError, match=message):
        comparison.make({"first": FIRST, "b": other}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_other_videos_noise_or_files_are_refused(tmp_path):
    fewer = made_reports.report({video: 1.0 for video in VIDEOS[:-1]})
    noisy = made_reports.report(
        {video: 1.0 for video in VIDEOS}, options={"noise_px": 5.0}
    )
    for other, message in [
        (fewer, "number of frames of video '35/run/1/c0' is 100 in the one and 0"),
        (noisy, "option 'noise_px' is 0.0 in the one and 5.0"),
    ]:
        with pytest.raises(UserError, match=message):
            comparison.make({"a": FIRST, "b": other}, tmp_path)
    one, two = (
        made_reports.report({v: 1.0 for v in VIDEOS}, options={"data_sha256": digest})
        for digest in ("00", "01")
    )
    with pytest.raises(UserError, match="a and b .* data sets with different files"):
        comparison.make({"a": one, "b": two}, tmp_path)
    assert comparison.pairs_of(one, FIRST, ("a", "b"))["mpjpe_mm"].videos == 7
    old = made_reports.without(SECOND, "per_sequence")
    with pytest.raises(UserError, match="b: has no field 'per_sequence'"):
        comparison.make({"a": FIRST, "b": old}, tmp_path)
    with pytest.raises(UserError, match="two reports or more, got 1"):
        comparison.make({"a": FIRST}, tmp_path)
