"""Latencies of a comparison: one pass of one window, side by side, measured once."""

import dataclasses
import json

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import small_model
from support.tuning_stand_ins import tiny

from dgnet_tf.models import runs
from tuning.comparing import contest, latency
from tuning.studies import rows


@dataclasses.dataclass
class Counting:
    """A network that keeps the shapes of what it is given."""

    shapes: list

    def __call__(self, windows, training):
        assert not training
        tf.numpy_function(lambda x: self.shapes.append(x.shape), [windows], [])
        return {"pose": tf.pad(windows, [[0, 0]] * 3 + [[0, 1]])}


@pytest.mark.parametrize("overlap", ["mean", "center"])
def test_a_call_is_one_pass_of_one_window_whatever_the_runs_rule(overlap):
    config = tiny(
        frames=5, frame_stride=3, overlap=overlap, skeleton="human36m_17", fps=50.0
    )
    model = Counting([])
    call = latency.one_window(runs.Run(config, model))
    assert call().shape == (1, 5, 17, 3)
    assert model.shapes == [(1, 5, 17, 2)]


def test_a_frames_time_is_the_windows_over_its_frames(tmp_path, monkeypatch):
    seconds = {"a": 0.008, "b": 0.003}
    monkeypatch.setattr(
        latency.contest,
        "hold",
        lambda contestants, rounds, calls: {
            one.name: contest.Times(((seconds[one.name],) * calls,) * rounds)
            for one in contestants
        },
    )
    monkeypatch.setattr(latency.os, "getloadavg", lambda: (3.5, 1.0, 1.0))
    monkeypatch.setattr(rows, "release", lambda: None)
    frames = {"a": 4, "b": 1}
    monkeypatch.setattr(
        latency.runs,
        "load",
        lambda name: runs.Run(
            tiny(frames=frames[name], skeleton="human36m_17"), small_model()
        ),
    )
    found = latency.measure(tmp_path, {"a": "a", "b": "b"}, 23)
    assert found["calls"] == 25  # Five rounds of as many.
    assert found["load_average"] == 3.5
    a, b = (found["networks"][name] for name in "ab")
    assert (a["window_ms"], a["frame_ms"], a["times_first"]) == (
        *(pytest.approx(8.0), pytest.approx(2.0), 1.0),
    )
    assert (b["window_ms"], b["frame_ms"]) == (pytest.approx(3.0), pytest.approx(3.0))
    assert b["times_first"] == pytest.approx(1.5)
    assert found == json.loads((tmp_path / "latency.json").read_text())


def test_runs_are_measured_once_and_together_with_a_new_one(tmp_path, monkeypatch):
    held = []
    hold = contest.hold

    def watched(contestants, rounds, calls):
        held.append([one.name for one in contestants])
        return hold(contestants, 1, calls=1, pause=0.0)

    monkeypatch.setattr(latency.contest, "hold", watched)
    monkeypatch.setattr(rows, "release", lambda: None)
    config = tiny(skeleton="human36m_17", fps=50.0)
    monkeypatch.setattr(
        latency.runs, "load", lambda name: runs.Run(config, small_model())
    )
    run = tmp_path / "run"
    assert latency.measure(tmp_path, {}, 5) is None
    assert latency.measure(tmp_path, {"a": run}, 0) is None
    first = latency.measure(tmp_path, {"a": run}, 5)
    assert latency.measure(tmp_path, {"a": run}, 5) == first
    assert held == [["a"]]
    again = latency.measure(tmp_path, {"a": run, "b": run}, 5)
    assert held == [["a"], ["a", "b"]]
    assert list(again["networks"]) == ["a", "b"]
    assert latency.measure(tmp_path, {"a": run, "b": run}, 0) == again
    assert np.isfinite(list(again["networks"]["b"].values())).all()
