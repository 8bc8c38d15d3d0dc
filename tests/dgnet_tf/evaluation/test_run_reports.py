"""Reports read again, and made only where none fits."""

import json

import pytest
from support import bars, record_sets
from support.lifting.lifting_stand_ins import Config, small_model, write_run
from support.reports import made_reports

from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import evaluation, report, run_reports, scoring
from dgnet_tf.models import runs

SIZE = "multiply_adds_per_frame"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {"train": record_sets.takes(9), "test": record_sets.takes(9)}
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


@pytest.mark.slow
def test_a_report_is_made_once_for_weights_data_and_options(
    data, tmp_path, monkeypatch
):
    run, made = tmp_path / "run", []
    run.mkdir()
    (run / runs.MODEL).write_text("weights")
    evaluate = evaluation.evaluate

    def watch(*arguments, **options):
        made.append(options)
        return evaluate(*arguments, **options)

    monkeypatch.setattr(evaluation, "evaluate", watch)
    model = small_model()
    loaded = runs.Run(Config(), model)
    monkeypatch.setattr(run_reports.runs, "load", lambda workdir: loaded)

    first = run_reports.find_or_make(run, data)
    assert first["metrics"]["mpjpe_mm"] > 0 and len(made) == 1
    assert run_reports.find_or_make(run, data) == first and len(made) == 1
    noisy = run_reports.find_or_make(run, data, noise_px=5.0)
    assert noisy["options"]["noise_px"] == 5.0 and len(made) == 2
    run_reports.find_or_make(run, data, "train")
    run_reports.find_or_make(run, data, flip=False, seed=2)
    assert len(made) == 4
    # All are there now.
    assert run_reports.find_or_make(run, data, noise_px=5.0) == noisy and len(made) == 4

    path = run / "evaluation" / "synthetic-test" / "report.json"
    path.write_text("{")  # Damaged: made again.
    assert run_reports.find_or_make(run, data) == first and len(made) == 5
    older = json.loads(path.read_text())
    del older["metrics"][scoring.METRICS[-1]]  # By a version with fewer metrics.
    path.write_text(json.dumps(older))
    assert run_reports.find_or_make(run, data) == first and len(made) == 6
    for path_in_report in [("protocols",), ("options", "model", SIZE)]:
        older = made_reports.without(json.loads(path.read_text()), *path_in_report)
        path.write_text(json.dumps(older))
        assert run_reports.find_or_make(run, data) == first
    assert len(made) == 8

    for name, value in {"overlap": "once", "actions": ["walk"]}.items():
        other = json.loads(path.read_text())
        other["options"][name] = value  # As `evaluate --overlap=once` writes it.
        path.write_text(json.dumps(other))
        assert run_reports.find_or_make(run, data) == first
    assert len(made) == 10

    (run / runs.MODEL).write_text("other weights")
    run_reports.find_or_make(run, data)
    assert len(made) == 11
    other = record_sets.write(tmp_path / "other", {"test": record_sets.takes(8)})
    assert run_reports.find_or_make(run, other)["frames"] == 8 and len(made) == 12


def test_a_half_written_run_is_refused(data, tmp_path):
    with pytest.raises(UserError, match="config.json: not found. Name the folder"):
        run_reports.find_or_make(tmp_path, data)
    run = write_run(tmp_path / "run")
    (run / runs.MODEL).unlink()
    with pytest.raises(UserError, match="model.keras: not found; the run is not fin"):
        run_reports.find_or_make(run, data)


def test_runs_are_called_by_the_ends_of_their_paths(tmp_path):
    assert run_reports.names([tmp_path / "a", tmp_path / "b"]) == ["a", "b"]
    paths = [tmp_path / "x" / "a", tmp_path / "y" / "a", tmp_path / "b"]
    assert run_reports.names(paths) == [*("x/a", "y/a", f"{tmp_path.name}/b")]
    with pytest.raises(UserError, match="is there twice"):
        run_reports.names([tmp_path / "a", f"{tmp_path}/x/../a"])


def test_a_metric_of_a_later_version_is_passed_over(tmp_path):
    made = made_reports.report({("08", "walk", "1"): 50.0})
    made["metrics"]["spin_deg"] = 3.0
    made["per_sequence"][0]["sums"]["spin_deg"] = 999.0
    path = tmp_path / report.JSON
    path.write_text(json.dumps(made))
    assert report.read(path)["metrics"]["spin_deg"] == 3.0
    made["metrics"]["mpjpe_mm"] += 1.0
    path.write_text(json.dumps(made))
    with pytest.raises(UserError, match="'metrics.mpjpe_mm' must be the mean of"):
        report.read(path)


def test_progress_tells_which_run_it_is(monkeypatch):
    found = bars.recorded(monkeypatch)

    def evaluated(workdir, *arguments):
        return list(progress.each("ab", "evaluate", 2, "frame"))

    monkeypatch.setattr(run_reports, "find_or_make", evaluated)
    assert list(run_reports.of_runs(["a/x", "a/y"], "data", "test")) == ["x", "y"]
    assert [bar[0] for bar in found] == ["run 1/2, evaluate", "run 2/2, evaluate"]
