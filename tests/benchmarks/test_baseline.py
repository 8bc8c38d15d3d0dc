"""Comparing with an earlier run, and the command line around it."""

import copy
import json

import pytest

from benchmarks import baseline, result, run
from dgnet_tf import command_line
from dgnet_tf.errors import UserError
from tuning.comparing import contest


def figures(**ratios):
    return [result.exact(name, ratio) for name, ratio in ratios.items()]


def write(path, **ratios):
    content = {"suite": "train", "preset": "small", "figures": []}
    for name, ratio in ratios.items():
        content["figures"].append({"name": name, "ratio": ratio})
    path.write_text(json.dumps(content))
    return path


def test_a_ratio_may_fall_by_the_factor_and_no_further():
    before = {"floor": 0.5, "torch": 5.0}
    baseline.check(figures(floor=0.4, torch=50.0), before, 1.25)
    with pytest.raises(UserError, match=r"by more than 1.25: floor 0.5 -> 0.399\.$"):
        baseline.check(figures(floor=0.399, torch=5.0), before, 1.25)
    with pytest.raises(UserError, match="floor .*; torch 5 -> 1"):
        baseline.check(figures(floor=0.1, torch=1.0), before, 1.25)


def test_ratios_without_a_counterpart_are_not_compared():
    baseline.check(figures(new=0.001), {"gone": 3.0}, 1.25)


def test_a_baseline_of_something_else_is_refused(tmp_path):
    path = write(tmp_path / "b.json", floor=0.5)
    assert baseline.read(path, "train", "small") == {"floor": 0.5}
    with pytest.raises(UserError, match="'train' with preset 'small', this run is"):
        baseline.read(path, "train", "paper")
    for text in ("", "[]", "{}", '{"suite": "train", "preset": "small"}'):
        path.write_text(text)
        with pytest.raises(UserError, match="b.json: not an output of this program"):
            baseline.read(path, "train", "small")
    with pytest.raises(UserError, match="missing.json: not found"):
        baseline.read(tmp_path / "missing.json", "train", "small")
    with pytest.raises(UserError, match="'figures\\[0\\].ratio' must be at least"):
        baseline.read(write(path, floor=0.0), "train", "small")


def fake_suite(monkeypatch, ratio):
    """Stands a suite in for `benchmarks.train` that finds one ratio."""
    times = {"us": contest.Times(((1.0,),)), "them": contest.Times(((ratio,),))}

    def measured(preset, rounds):
        figure = result.figure("speed", times["them"], times["us"], 4.5)
        return result.Result([figure], times, {"rounds": rounds}, [f"Of {preset}."])

    class Module:
        run = staticmethod(measured)

    monkeypatch.setattr(run.importlib, "import_module", lambda name: Module)


def call(*arguments):
    # A copy: a process calls a command once.
    flags = copy.deepcopy(run.FLAGS)
    arguments = ["run", "--suite=train", "--preset=small", *arguments]
    command_line.run(run.main, flags, "", arguments)


def test_the_command_writes_json_and_fails_on_a_regression(
    monkeypatch, tmp_path, capsys
):
    fake_suite(monkeypatch, 3.0)
    path = tmp_path / "now.json"
    before = write(tmp_path / "before.json", speed=3.7)
    call(f"--output={path}", f"--baseline={before}", "--rounds=2")
    content = json.loads(path.read_text())
    assert (content["suite"], content["preset"]) == ("train", "small")
    assert content["figures"] == [
        {"name": "speed", "ratio": 3.0, "low": 3.0, "high": 3.0, "target": 4.5}
    ]
    assert content["times"]["them"]["median_seconds"] == 3.0
    assert content["machine"]["cores"] >= 1
    assert "tensorflow" in content["machine"]["versions"]
    assert "speed" in capsys.readouterr().out

    fake_suite(monkeypatch, 2.9)
    with pytest.raises(SystemExit) as stopped:
        call("--output=", f"--baseline={path}", "--regression=1.01")
    assert stopped.value.code == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: Slower than the baseline by more than 1.01: speed")
