"""Figure 7: whose poses stand where, and what is written below them."""

import csv
import dataclasses

import numpy as np
import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import Config

from dgnet_tf import skeletons
from dgnet_tf.data import views
from dgnet_tf.errors import UserError
from dgnet_tf.models import runs
from dgnet_tf.reproduction import drawn_views, qualitative_figure

SKELETON = skeletons.get("human36m_17")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {"test": [record_sets.Take(1, 12, invalid=(5,)), record_sets.Take(2, 9)]}
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


@pytest.fixture
def lifters(monkeypatch):
    """Runs "a" and "b": off by 10 and 30 mm in each joint but the root."""
    found = {
        "a": runs.Run(Config(), 0.01),
        "b": runs.Run(Config(architecture="baseline"), 0.03),
    }

    class Off:
        def __init__(self, model, options):
            self.metres = model

        def positions(self, view):
            target = view.positions - view.positions[:, :1]
            return target + self.metres * (np.arange(17) > 0)[:, None] * [1.0, 0, 0]

    monkeypatch.setattr(drawn_views, "load_run", lambda workdir, _: found[workdir])
    monkeypatch.setattr(qualitative_figure, "ViewLifter", Off)


@pytest.mark.slow
def test_each_view_gives_a_strip_and_each_frame_its_error(data, tmp_path, lifters):
    paths = qualitative_figure.make(
        ["a", "b"], data, "test", tmp_path, views=["S001", "S002"], shown=[0, 5]
    )
    assert [path.name for path in paths] == [
        *("figure7.md", "figure7.csv", "figure7-1.png", "figure7-2.png")
    ]
    with open(paths[1], newline="") as file:
        rows = list(csv.DictReader(file))
    errors = {(r["view"][:4], r["frame"], r["run"]): r["mpjpe_mm"] for r in rows}
    assert len(errors) == 8
    assert float(errors["S001", "0", "DG-Net, run a"]) == pytest.approx(10 * 16 / 17)
    assert float(errors["S002", "5", "baseline, run b"]) == pytest.approx(30 * 16 / 17)
    assert errors["S001", "5", "DG-Net, run a"] == ""  # Not valid.
    assert "![strip](figure7-2.png)" in paths[0].read_text()
    assert all(path.stat().st_size > 10_000 for path in paths[2:])


def test_rows_are_keypoints_runs_and_ground_truth(data, lifters):
    (view,) = [v for v in views.load_views(data, "test") if v.subject == "S001"]
    target = view.positions - view.positions[:, :1]
    lifted = {"one": target, "two": target + 1.0}
    errors = {"one": np.zeros(12), "two": np.full(12, 123.4)}
    made = qualitative_figure.chart(view, target, lifted, errors, [0, 5, 11], SKELETON)
    assert len(made.axes) == 4 * 3
    margin = [text.get_text() for text in made.texts]
    assert margin == ["2-D keypoints", "one", "two", "ground truth"]
    flat = made.axes[0]
    assert len(flat.lines) == 16
    np.testing.assert_allclose(
        flat.lines[0].get_xydata(), view.keypoints[0][[1, 0]], atol=1e-4
    )
    assert flat.get_ylim()[0] > flat.get_ylim()[1]  # Pixels count downwards.
    written = [text.get_text() for axes in made.axes for text in axes.texts]
    # Frame 5 has no truth to be held against.
    assert written == ["0 mm", "123 mm", "0 mm", "123 mm"]
    limits = {axes.get_xlim() for axes in made.axes if axes.name == "3d"}
    assert len(limits) == 1


def test_a_point_where_all_joints_meet_is_drawn(data, lifters):
    view = next(views.load_views(data, "test"))
    view = dataclasses.replace(view, keypoints=np.ones_like(view.keypoints))
    zeros = np.zeros((12, 17, 3))
    made = qualitative_figure.chart(view, zeros, {}, {}, [0], SKELETON)
    low, high = made.axes[0].get_xlim()
    assert low < 1 < high


def test_a_view_twice_is_refused(data, tmp_path, lifters):
    with pytest.raises(UserError, match="--view: 'S001' is there twice"):
        qualitative_figure.make(
            ["a"], data, "test", tmp_path / "out", views=["S001", "S001"]
        )
    assert not (tmp_path / "out").exists()
