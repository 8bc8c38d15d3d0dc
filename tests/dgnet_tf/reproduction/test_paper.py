"""The paper command line: what it makes and what it refuses."""

import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import command_error, run_command, write_run

from dgnet_tf import paper


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {"train": record_sets.takes(40, 30), "test": record_sets.takes(12)}
    return record_sets.write(tmp_path_factory.mktemp("data"), splits)


@pytest.mark.slow
def test_the_cross_action_job_trains_tests_and_draws(data, tmp_path, capsys):
    arguments = (
        "--item=figure5",
        f"--data={data}",
        f"--output={tmp_path}",
        *("--preset=smoke", "--channels=4", "--blocks=1", "--epochs=1"),
        *("--steps_per_epoch=1", "--temporal_unit=", "--non_local=false"),
        *("--frames=1", "--spatial_unit=dsg", "--test_flip=false"),
    )
    run_command(paper, *arguments)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in lines[:2]] == ["Training", "Training"]
    assert lines[2:] == [str(tmp_path / f"figure5.{s}") for s in ("md", "csv", "png")]
    run_command(paper, *arguments)  # Everything is there.
    assert "Training" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--item=figure5"], "--output"),
        (["--item=figure9", "--output=o"], "--item"),
        (["--item=figure5", "--output=o"], "--item=figure5 needs --data"),
        (
            ["--item=figure5", "--output=o", "--data=nowhere"],
            "nowhere/dataset.json: not found",
        ),
        (["--item=table1", "--output=o", "--data=d"], "needs --workdirs, finished"),
        (
            ["--item=table1", "--output=o", "--data=d", "--workdirs=r", "--groups=a"],
            "--groups: is not read for --item=table1",
        ),
        (
            ["--item=table2", "--output=o", "--data=d", "--workdirs=r", "--blocks=2"],
            "--blocks: is not read for --item=table2",
        ),
        (
            ["--item=table3", "--output=o", "--data=d", "--workdirs=r"],
            "d/dataset.json: not found",
        ),
        (
            ["--item=table10", "--output=o", "--data=d", "--workdirs=r", "--seeds=x"],
            "--seeds=x: must be numbers",
        ),
        (
            ["--item=figure6", "--output=o", "--data=d", "--workdirs=r,s"],
            "--workdirs: --item=figure6 draws one, got 2",
        ),
        (
            ["--item=figure7", "--output=o", "--data=d", "--workdirs=r", "--shown=1,b"],
            "--shown=1,b: must be numbers",
        ),
        (
            ["--item=figure7", "--output=o", "--data=d", "--workdirs=r"],
            "r/config.json: not found",
        ),
        (
            ["--item=figure5", "--output=o", "--data=d", "--architectures=dgnet,gcn"],
            "'architecture' must be one of ['dgnet', 'baseline', ",
        ),
    ],
)
def test_bad_input_ends_with_one_line(
    arguments, message, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert message in command_error(capsys, paper, *arguments)
    assert not list(tmp_path.iterdir())


def test_a_half_written_run_is_named(data, capsys, tmp_path):
    run = write_run(tmp_path / "run")
    (run / "model.keras").unlink()
    arguments = (f"--data={data}", f"--workdirs={run}", f"--output={tmp_path / 'o'}")
    for item in ("table1", "table10", "figure4", "figure6", "figure7"):
        message = command_error(capsys, paper, f"--item={item}", *arguments)
        assert "model.keras: not found; the run is not finished" in message
    assert not (tmp_path / "o").exists()


def test_the_size_figure_needs_no_run(tmp_path, capsys):
    run_command(paper, "--item=figure4", f"--output={tmp_path}")
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert "84.1 %" in (tmp_path / "figure4.md").read_text()
