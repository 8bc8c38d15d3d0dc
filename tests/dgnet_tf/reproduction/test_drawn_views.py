"""Views by name, frames by number, runs that fit."""

import types

import numpy as np
import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import Config, tracing_model

from dgnet_tf.errors import UserError
from dgnet_tf.models import runs
from dgnet_tf.reproduction import drawn_views


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {"test": record_sets.takes(*[9, 8, 7, 6] * 3)}
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


@pytest.mark.parametrize(
    "name, subject",
    [
        ("", "S001"),
        ("S003", "S003"),
        ("S002/Walking", "S002"),
        ("S004/Walking/1/c0", "S004"),
    ],
)
def test_a_view_is_found_by_its_first_names(data, name, subject):
    view = drawn_views.find(data, "test", name)
    assert view.name == f"{subject}/Walking/1/c0"


@pytest.mark.parametrize("name", ["S00", "S001/Walk", "S001/Walking/2", "Walking"])
def test_a_part_of_a_name_is_no_name(data, name):
    with pytest.raises(UserError, match=f"no view '{name}' among the 12 of.*S008.*; "):
        drawn_views.find(data, "test", name)


def test_frames_are_spread_or_chosen(data):
    view = types.SimpleNamespace(valid=np.ones(10, bool), name="S/A/1/c")
    assert list(drawn_views.frames(view, (), 5)) == [1, 3, 5, 7, 9]
    assert list(drawn_views.frames(view, (), 2)) == [2, 7]
    assert list(drawn_views.frames(view, (), 99)) == list(range(10))
    assert list(drawn_views.frames(view, [9, 0], 5)) == [9, 0]
    for frame in (10, -1):
        with pytest.raises(UserError, match=f"S/A/1/c has frames 0 to 9, not {frame}"):
            drawn_views.frames(view, [0, frame], 5)


def test_a_run_of_another_skeleton_is_refused(data, monkeypatch):
    other = runs.Run(Config(skeleton="humaneva_15"), tracing_model)
    monkeypatch.setattr(drawn_views.runs, "load", lambda workdir: other)
    with pytest.raises(UserError, match="on skeleton 'humaneva_15'.*'human36m_17'"):
        drawn_views.load_run("run", data)
