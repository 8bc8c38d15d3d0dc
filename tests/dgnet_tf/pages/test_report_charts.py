"""Charts of a report: which numbers they show, and in which order."""

import pytest

from dgnet_tf.errors import UserError
from dgnet_tf.pages import report_charts

GROUPS = {
    "walk": {"mpjpe_mm": 40.0, "pck": 0.98, "mpjve_mm": 3.0},
    "run <b>": {"mpjpe_mm": 70.0, "pck": 0.9, "mpjve_mm": None},
    "sit": {"mpjpe_mm": 55.0, "pck": 0.95, "mpjve_mm": 1.0},
}
OVERALL = {"mpjpe_mm": 52.0, "pck": 0.94, "mpjve_mm": 2.0}


def test_the_highest_error_stands_on_top():
    bars = report_charts.bars(GROUPS, OVERALL, "all frames")
    (trace,) = bars["data"]
    # Plotly draws the first bar at the bottom.
    assert trace["x"] == [40.0, 55.0, 70.0]
    assert trace["y"] == ["walk", "sit", "run <b>"]
    assert bars["layout"]["yaxis"]["ticktext"] == ["walk", "sit", "run &lt;b>"]
    (line,) = bars["layout"]["shapes"]
    assert (line["x0"], line["x1"]) == (52.0, 52.0)
    assert bars["layout"]["annotations"][0]["text"] == "all frames: 52.0"


def test_long_names_that_begin_alike_have_bars_of_their_own():
    long = "S1/a very long name of an action/take"
    groups = {f"{long}{i}": {"mpjpe_mm": 10.0 * i} for i in (1, 2)}
    bars = report_charts.bars(groups, OVERALL, "all frames")
    assert bars["data"][0]["y"] == [f"{long}1", f"{long}2"]
    axis = bars["layout"]["yaxis"]
    assert axis["tickvals"] == [f"{long}1", f"{long}2"]
    assert axis["ticktext"] == [
        "S1/a very lon… action/take1",
        "S1/a very lon… action/take2",
    ]


def test_other_metrics_can_be_chosen_in_their_units():
    bars = report_charts.bars(GROUPS, OVERALL, "all frames")
    buttons = bars["layout"]["updatemenus"][0]["buttons"]
    # A metric that a group lacks is no choice.
    assert [button["label"] for button in buttons] == ["MPJPE", "PCK"]
    data, layout = buttons[1]["args"]
    assert data["x"] == [[98.0, 95.0, 90.0]]
    assert layout["xaxis.title.text"] == "PCK, %"
    assert layout["shapes"][0]["x0"] == 94.0


def test_there_is_no_chart_without_groups():
    assert report_charts.bars({}, OVERALL, "all frames") is None


def test_learning_curves_show_training_beside_validation(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(
        "epoch,loss,pose_mpjpe_mm,val_loss,val_pose_mpjpe_mm\n0,3,90,4,95\n1,2,60,3,80\n"
    )
    curves = report_charts.learning_curves(path)
    shown = [(trace["name"], trace["x"], trace["y"]) for trace in curves["data"]]
    assert shown == [
        ("training", [1, 2], [90.0, 60.0]),
        ("validation", [1, 2], [95.0, 80.0]),
        ("training", [1, 2], [3.0, 2.0]),
        ("validation", [1, 2], [4.0, 3.0]),
    ]


def test_a_training_without_validation_has_its_own_curves(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("epoch,loss,pose_mpjpe_mm\n0,3,90\n")
    assert len(report_charts.learning_curves(path)["data"]) == 2


def test_no_history_gives_no_curves(tmp_path):
    assert report_charts.learning_curves(tmp_path / "history.csv") is None
    (tmp_path / "history.csv").write_text("epoch,loss\n")
    assert report_charts.learning_curves(tmp_path / "history.csv") is None


@pytest.mark.parametrize("content", ["epoch,loss\n0,a\n", "epoch,loss\n0\n"])
def test_a_damaged_history_is_named(tmp_path, content):
    (tmp_path / "history.csv").write_text(content)
    with pytest.raises(UserError, match="history.csv: is no history of a training"):
        report_charts.learning_curves(tmp_path / "history.csv")


def test_videos_have_the_means_of_their_sums_the_worst_first():
    def row(take, frames, steps, **sums):
        ids = {"subject": "S1", "action": "walk", "take": take}
        return {**ids, "frames": frames, "steps": steps, "sums": sums}

    report = {
        "counted_by": {"mpjpe_mm": "frames", "mpjve_mm": "steps", "pck_14": "frames"},
        "per_sequence": [
            row("1", 10, 9, mpjpe_mm=400.0, mpjve_mm=18.0, pck_14=None, later=1.0),
            row("2", 1, 0, mpjpe_mm=90.0, mpjve_mm=0.0, pck_14=None),
            row("3", 4, 3, mpjpe_mm=20.0, mpjve_mm=3.0, pck_14=None),
        ],
    }
    found = report_charts.worst_videos(report, count=2)
    assert list(found.items()) == [
        ("S1/walk/2", {"mpjpe_mm": 90.0, "mpjve_mm": None, "pck_14": None}),
        ("S1/walk/1", {"mpjpe_mm": 40.0, "mpjve_mm": 2.0, "pck_14": None}),
    ]
    assert report_charts.worst_videos({}) == {}
