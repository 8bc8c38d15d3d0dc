"""The compare command line."""

import json

import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import command_error, run_command, write_run
from support.reports import made_reports

from dgnet_tf import compare
from dgnet_tf.evaluation import report

VIDEOS = {("08", "walk", str(take)): 50.0 + take for take in range(4)}


@pytest.fixture
def two(tmp_path):
    """Two reports, as an evaluation writes them; their folders."""
    folders = [tmp_path / "a" / "evaluation", tmp_path / "b" / "evaluation"]
    for folder, less in zip(folders, (0.0, 3.0), strict=True):
        made = made_reports.report({v: e - less for v, e in VIDEOS.items()})
        folder.mkdir(parents=True)
        (folder / report.JSON).write_text(json.dumps(made))
    return folders


def test_reports_are_named_by_their_folders_or_files(two, tmp_path, capsys):
    first, second = two[0] / report.JSON, two[1] / report.JSON
    for reports, name in [
        (f"{two[0]},{two[1]}", "| b/evaluation |"),
        (f"{first},{second}", "| b/evaluation/report.json |"),
    ]:
        run_command(compare, f"--reports={reports}", f"--output={tmp_path / 'out'}")
        out = capsys.readouterr().out
        assert f"{name} MPJPE    | -3.00" in out
        assert out.splitlines()[-1] == str(tmp_path / "out" / "compare.png")


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--reports=a"], "--output"),
        (["--output=o"], "Give --reports, or --workdirs and --data"),
        (["--output=o", "--reports=x,y"], "x: not found"),
        (["--output=o", "--reports=x,x"], "x: is there twice"),
        (["--output=o", "--workdirs=x"], "--workdirs needs --data"),
        (["--output=o", "--workdirs=x", "--reports=y"], "give one of them"),
        (["--output=o", "--reports=x,y", "--data=d"], "--data: is read with --workd"),
        (["--output=o", "--workdirs=x,y", "--data=d"], "x/config.json: not found"),
    ],
)
def test_bad_input_ends_with_one_line(
    arguments, message, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert message in command_error(capsys, compare, *arguments)
    assert not list(tmp_path.iterdir())


def test_one_report_is_too_few(two, tmp_path, capsys):
    message = command_error(
        capsys, compare, f"--reports={two[0]}", f"--output={tmp_path / 'out'}"
    )
    assert "needs two reports or more, got 1" in message


def test_a_run_that_is_not_finished_is_named(tmp_path, capsys):
    data = record_sets.write(tmp_path / "data", {"test": record_sets.takes(8)})
    run = write_run(tmp_path / "run")
    (run / "model.keras").unlink()
    message = command_error(
        capsys,
        compare,
        f"--workdirs={run},{run}2",
        f"--data={data}",
        f"--output={tmp_path / 'out'}",
    )
    assert "model.keras: not found; the run is not finished" in message
    assert not (tmp_path / "out").exists()
