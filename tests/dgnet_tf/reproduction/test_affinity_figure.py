"""Figure 6: what is listed, drawn and refused."""

import csv

import numpy as np
import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import Config, small_model

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.models import runs
from dgnet_tf.reproduction import affinity_figure, drawn_views

SKELETON = skeletons.get("human36m_17")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {"test": record_sets.takes(12)}
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


@pytest.fixture(scope="module")
def run(tiny_run):
    return tiny_run


def matrices(frames=3):
    """Joint 12 listens to 0 and 7 in frame 1, to nobody else; all to themselves."""
    spatial = np.tile(0.5 * np.eye(17), (frames, 1, 1))
    spatial[1, 12, [0, 7]] = [0.3, 0.2]
    return {"spatial": spatial, "forward": np.zeros((frames, 17, 17))}


def test_connections_are_listed_by_name():
    rows = affinity_figure.listed(matrices(), [1], SKELETON)
    assert len(rows) == 17 + 2
    assert [1, "spatial", "left_elbow", "hip", 0.3] in rows
    assert [1, "spatial", "left_elbow", "left_elbow", 0.5] in rows
    table = affinity_figure._neighbours(rows, [1], matrices(), "left_elbow")
    assert table.columns == ["frame", "spatial, B_t", "to the next frame, Q_{t+1}"]
    assert table.rows == [[1, "hip 0.30, spine 0.20", None]]


def test_the_figure_shows_poses_above_their_matrices():
    found = matrices()
    made = affinity_figure.chart(found, np.zeros((3, 17, 3)), [0, 1], 50.0, SKELETON)
    images = [axes.images[0] for axes in made.axes if axes.images]
    shown = [image.get_array() for image in images]
    assert [len(matrix) for matrix in shown] == [17] * 4
    np.testing.assert_array_equal(shown[0], found["spatial"][0])
    np.testing.assert_array_equal(shown[2], found["spatial"][1])
    # One scale for all frames of a kind, white at zero.
    assert images[0].get_clim() == images[2].get_clim() == (0.0, 0.5)
    titles = [axes.get_title() for axes in made.axes]
    assert "frame 1, 0.02 s" in titles


def test_negative_weights_get_a_second_hue():
    found = matrices()
    found["spatial"][0, 1, 2] = -2.0
    made = affinity_figure.over_time(found, 1, 50.0, SKELETON)
    image = made.axes[0].images[0]
    assert image.get_cmap().name == "PuOr" and image.get_clim() == (-2.0, 2.0)
    assert image.get_array().shape == (17, 3)
    assert image.get_array()[2, 0] == -2.0
    assert list(image.get_extent()) == [0, 0.06, 16.5, -0.5]


@pytest.mark.slow
def test_a_runs_affinities_are_written(run, data, tmp_path, monkeypatch):
    monkeypatch.setattr(
        affinity_figure.ViewLifter, "positions", lambda *_: np.zeros((12, 17, 3))
    )
    paths = affinity_figure.make(
        run, data, "test", tmp_path, shown=[0, 5, 11], joint="right_wrist"
    )
    assert [path.name for path in paths] == [
        *("figure6.md", "figure6.csv", "figure6.png", "figure6-joint.png")
    ]
    with open(paths[1], newline="") as file:
        rows = list(csv.DictReader(file))
    counts = {}
    for row in rows:
        key = (row["frame"], row["matrix"])
        counts[key] = counts.get(key, 0) + 1
    # K = 3 and 4 neighbours of 17 joints; no frame before the first, none after the
    # last.
    assert counts == {
        ("0", "spatial"): 51,
        ("5", "spatial"): 51,
        ("11", "spatial"): 51,
        ("0", "forward"): 68,
        ("5", "forward"): 68,
        ("5", "backward"): 68,
        ("11", "backward"): 68,
    }
    text = paths[0].read_text()
    assert "`S001/Walking/1/c0` of the test split of `synthetic`" in text
    assert "The row of right_wrist" in text
    assert all(path.stat().st_size > 10_000 for path in paths[2:])


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"joint": "tail"}, "--joint=tail: must be one of hip, right_hip"),
        ({"block": 2}, "--block=2: the run has blocks 1 to 1"),
        ({"block": 0}, "--block=0"),
        ({"shown": [12]}, "has frames 0 to 11, not 12"),
        ({"view": "S9"}, "no view 'S9'"),
    ],
)
def test_what_is_not_there_is_refused(arguments, message, run, data, tmp_path):
    with pytest.raises(UserError, match=message):
        affinity_figure.make(run, data, "test", tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


def test_a_network_without_dynamic_graphs_is_refused(data, tmp_path, monkeypatch):
    class Sized(Config):
        blocks = 1

    fixed = runs.Run(Sized(architecture="baseline"), small_model())
    monkeypatch.setattr(drawn_views, "load_run", lambda *_: fixed)
    with pytest.raises(UserError, match=r"\(baseline\) has no dynamic graph"):
        affinity_figure.make("run", data, "test", tmp_path / "out")
    assert not (tmp_path / "out").exists()
