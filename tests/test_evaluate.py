"""The evaluation command."""

import json

import pytest
import record_sets
from lifting_stand_ins import command_error, run_command, write_run

from dgnet_tf import evaluate, runs


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    takes = record_sets.takes(20, 9)
    splits = {"train": takes[:1], "test": takes[1:]}
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


def test_the_table_and_the_paths_are_printed(run, data, capsys):
    run_command(evaluate, f"--workdir={run}", f"--data={data}")
    lines = capsys.readouterr().out.splitlines()
    folder = run / "evaluation" / "synthetic-test"
    assert lines[-2:] == [
        f"Report: {folder / 'report.json'}",
        f"Report: {folder / 'report.md'}",
    ]
    report = json.loads((folder / "report.json").read_text())
    assert report["frames"] == 9
    row = next(line for line in lines if line.startswith("| all frames"))
    assert f"{report['metrics']['mpjpe_mm']:.1f}" in row
    assert any(line.startswith("| mean pose, all frames") for line in lines)
    assert report["options"]["model"]["channels"] == 4
    assert report["options"]["model"]["parameters"] == (
        runs.load(run).model.count_params()
    )
    assert report["options"]["versions"]["tensorflow"]


def test_options_and_output_are_followed(run, data, tmp_path):
    output = tmp_path / "new" / "report"
    run_command(
        evaluate,
        f"--workdir={run}",
        f"--data={data}",
        "--split=train",
        "--flip=false",
        "--noise_px=2.5",
        "--seed=3",
        f"--output={output}",
    )
    assert sorted(p.name for p in output.iterdir()) == ["report.json", "report.md"]
    report = json.loads((output / "report.json").read_text())
    assert report["frames"] == 20
    assert report["options"]["flip"] is False
    assert (report["options"]["noise_px"], report["options"]["seed"]) == (2.5, 3)
    # Other options must not overwrite the plain report.
    folder = evaluate.default_output("run", report)
    assert str(folder) == "run/evaluation/synthetic-train-noise2.5px-seed3-noflip"


def test_bad_input_ends_with_one_line_and_no_report(run, data, tmp_path, capsys):
    output = tmp_path / "report"

    def error(*arguments):
        line = command_error(capsys, evaluate, f"--output={output}", *arguments)
        assert line.startswith("error: ")
        assert not output.exists()
        return line

    workdir = f"--workdir={run}"
    assert "--data" in error(workdir)
    assert "config.json: not found" in error(f"--workdir={data}", f"--data={data}")
    assert "dataset.json: not found" in error(workdir, f"--data={tmp_path}")
    assert "no split 'validation'" in error(
        workdir, f"--data={data}", "--split=validation"
    )
    assert "train|validation|test" in error(workdir, f"--data={data}", "--split=tset")
    assert "noise_px" in error(workdir, f"--data={data}", "--noise_px=-1")
    other = record_sets.write(
        tmp_path / "other", {"test": record_sets.takes(5)}, skeleton="humaneva_15"
    )
    assert "'humaneva_15'" in error(workdir, f"--data={other}")
    half = tmp_path / "half"
    half.mkdir()
    (half / runs.CONFIG).write_text((run / runs.CONFIG).read_text())
    assert "not finished" in error(f"--workdir={half}", f"--data={data}")
