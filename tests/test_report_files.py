"""Reports read again, and made only where none fits."""

import json

import pytest
import record_sets
from lifting_stand_ins import Config, small_model, write_run

from dgnet_tf import report_files, runs, scoring
from dgnet_tf.errors import UserError


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {"train": record_sets.takes(9), "test": record_sets.takes(9)}
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


def test_a_report_is_made_once_for_weights_data_and_options(
    data, tmp_path, monkeypatch
):
    run, made = tmp_path / "run", []
    run.mkdir()
    (run / runs.MODEL).write_text("weights")
    evaluate = report_files.evaluation.evaluate

    def watch(*arguments, **options):
        made.append(options)
        return evaluate(*arguments, **options)

    monkeypatch.setattr(report_files.evaluation, "evaluate", watch)
    model = small_model()
    loaded = runs.Run(Config(), model)
    monkeypatch.setattr(report_files.runs, "load", lambda workdir: loaded)

    first = report_files.of_run(run, data)
    assert first["metrics"]["mpjpe_mm"] > 0 and len(made) == 1
    assert report_files.of_run(run, data) == first and len(made) == 1
    noisy = report_files.of_run(run, data, noise_px=5.0)
    assert noisy["options"]["noise_px"] == 5.0 and len(made) == 2
    report_files.of_run(run, data, "train")
    report_files.of_run(run, data, flip=False, seed=2)
    assert len(made) == 4
    # All are there now.
    assert report_files.of_run(run, data, noise_px=5.0) == noisy and len(made) == 4

    path = run / "evaluation" / "synthetic-test" / "report.json"
    path.write_text("{")  # Damaged: made again.
    assert report_files.of_run(run, data) == first and len(made) == 5
    older = json.loads(path.read_text())
    del older["metrics"][scoring.METRICS[-1]]  # By a version with fewer metrics.
    path.write_text(json.dumps(older))
    assert report_files.of_run(run, data) == first and len(made) == 6

    (run / runs.MODEL).write_text("other weights")
    report_files.of_run(run, data)
    assert len(made) == 7
    other = record_sets.write(tmp_path / "other", {"test": record_sets.takes(8)})
    assert report_files.of_run(run, other)["frames"] == 8 and len(made) == 8


def test_a_half_written_run_is_refused(data, tmp_path):
    with pytest.raises(UserError, match="config.json: not found. Name the folder"):
        report_files.of_run(tmp_path, data)
    run = write_run(tmp_path / "run")
    (run / runs.MODEL).unlink()
    with pytest.raises(UserError, match="model.keras: not found; the run is not fin"):
        report_files.of_run(run, data)


def test_files_that_are_no_reports_are_refused(tmp_path):
    with pytest.raises(UserError, match="report.json: not found. Name a report"):
        report_files.read(tmp_path)
    path = tmp_path / "report.json"
    with pytest.raises(UserError, match="not found. Name a report"):
        report_files.read(path)
    path.write_text("{'metrics'")
    with pytest.raises(UserError, match="report.json: is not JSON"):
        report_files.read(tmp_path)
    path.write_text("[]")
    with pytest.raises(UserError, match="is no report; it lacks 'dataset'"):
        report_files.read(path)
    path.write_text('{"dataset": "mocap", "split": "test", "frames": 2}')
    with pytest.raises(UserError, match="is no report; it lacks 'metrics'"):
        report_files.read(path)
