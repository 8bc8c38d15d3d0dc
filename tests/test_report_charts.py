"""Charts of a report: which numbers they show, and in which order."""

import pytest

from dgnet_tf import report_charts
from dgnet_tf.errors import UserError

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
    assert trace["y"] == ["walk", "sit", "run &lt;b>"]
    (line,) = bars["layout"]["shapes"]
    assert (line["x0"], line["x1"]) == (52.0, 52.0)
    assert bars["layout"]["annotations"][0]["text"] == "all frames: 52.0"


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
