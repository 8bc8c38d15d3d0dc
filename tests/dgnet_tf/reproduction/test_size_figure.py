"""Figure 4: what a run's point is made of, and where it stands."""

import csv

import pytest
from support.reports import made_reports

from dgnet_tf.drawing import style
from dgnet_tf.reproduction import published, size_figure

VIDEOS = {("a", "walk", "1"): 40.0, ("a", "run", "1"): (60.0, 300)}


def made(options=None, **model):
    return made_reports.report(VIDEOS, options=options, **model)


@pytest.mark.parametrize(
    "overlap, flip, times",
    [("once", False, 1), ("once", True, 2), ("mean", True, 8), ("center", False, 4)],
)
def test_lifting_costs_as_many_windows_as_the_rule_runs(overlap, flip, times):
    row = size_figure.point_of_run("a", made({"overlap": overlap, "flip": flip}))
    assert row[:5] == ["DG-Net, run a", "mocap", 50.0, 1000, 2000]
    assert row[5:8] == [overlap, "yes" if flip else "no", times * 2000]


def test_a_network_without_a_count_has_none():
    row = size_figure.point_of_run("a", made(multiply_adds_per_frame=None))
    assert row[4] is None and row[7] is None


def test_points_stand_at_their_sizes_and_errors():
    rows = [
        size_figure.point_of_run("a", made(parameters=2_000_000)),
        size_figure.point_of_run(
            "b", made(architecture="baseline", parameters=3_000_000)
        ),
    ]
    figure = size_figure.chart(rows, same_data=False)
    axes = figure.axes[0]
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines]
    assert points == [
        *((p.parameters / 1e6, p.mpjpe_mm) for p in published.FIGURE_4),
        (2.0, 50.0),
        (3.0, 50.0),
    ]
    looks = {(line.get_color(), line.get_marker()) for line in axes.lines}
    assert len(looks) == len(points)
    assert axes.lines[0].get_color() == style.PUBLISHED
    assert axes.lines[-1].get_label() == (
        "baseline, run b\n0.0 M multiply-adds a frame"
    )
    low, high = axes.get_xlim()
    assert low < 0.43 and high > 16.95
    assert "each on its own data" in axes.get_ylabel()
    assert "own data" not in size_figure.chart(rows, True).axes[0].get_ylabel()


def test_table_and_chart_are_written(tmp_path, monkeypatch):
    monkeypatch.setattr(
        size_figure.run_reports,
        "find_or_make",
        lambda workdir, data_dir, split, flip: made({"flip": flip}),
    )
    monkeypatch.setattr(
        size_figure.manifest, "read", lambda data_dir: made_reports.data()
    )
    paths = size_figure.make(["run"], "data", "test", tmp_path / "a")
    assert [path.name for path in paths] == [
        *("figure4.md", "figure4.csv", "figure4.png")
    ]
    with open(paths[1], newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7
    assert rows[1]["parameters"] == "16952371" and rows[1]["lifting"] == ""
    assert rows[-1]["lifting"] == "16000"
    text = paths[0].read_text()
    assert "heights are not to be compared" in text
    assert " 2695000 |" in text
    assert paths[2].stat().st_size > 5000
    # Without a run: the published points alone.
    paths = size_figure.make([], None, "test", tmp_path / "b")
    assert "not to be compared" not in paths[0].read_text()
