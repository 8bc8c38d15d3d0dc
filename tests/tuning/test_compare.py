"""The command: trains, scores, measures and reports; refuses what does not fit."""

import csv

import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import command_error, run_command
from support.tuning_stand_ins import eagerly

from tuning import compare, report
from tuning.studies import rows

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*"),
    pytest.mark.filterwarnings("ignore:Even though the .*run_functions_eagerly"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {"train": record_sets.takes(40), "test": record_sets.takes(8, 12)}
    return record_sets.write(tmp_path_factory.mktemp("compare") / "data", splits)


@pytest.mark.slow
def test_the_command_trains_two_networks_and_writes_the_comparison(
    data, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(rows, "release", lambda: None)
    arguments = [
        *(f"--data={data}", f"--workdir={tmp_path}", "--preset=smoke"),
        *("--architectures=dgnet,baseline:frames=1:temporal_unit=", "--channels=4"),
        *("--blocks=1", "--spatial_unit=fsg,dsg", "--frames_seen=64", "--epochs=1"),
        *("--batch_frames=16", "--noises=0,10", "--latency_calls=5"),
    ]
    with eagerly():
        run_command(compare, *arguments)
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == f"report: {tmp_path / 'comparison.md'}"
    with open(tmp_path / "comparison.csv", newline="") as file:
        first, second, mean_pose = csv.DictReader(file)
    assert (first["frames_seen"], second["frames_seen"]) == ("64", "64")
    assert (first["steps_per_epoch"], second["steps_per_epoch"]) == ("4", "4")
    assert (first["batch_size"], second["batch_size"]) == ("4", "16")
    for row in (first, second):
        assert float(row["mpjpe_mm"]) != float(row["mpjpe_mm_noise_10px"])
        assert int(row["multiply_adds_per_frame"]) > 1000
        assert float(row["training_seconds"]) > 0 and float(row["window_ms"]) > 0
    assert float(first["times_first"]) == 1.0
    assert mean_pose["network"] == "mean pose"
    # A comparison alone: `tuning.report` writes no report of tables.
    (tmp_path / "comparison.md").unlink()
    run_command(report, f"--workdir={tmp_path}")
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == f"report: {tmp_path / 'comparison.md'}"
    assert not (tmp_path / "report.md").exists()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--architecture=dgnet"], "--architecture: does not fit a comparison"),
        (["--config=a.json"], "--config: does not fit a comparison"),
        (["--batch_frames=8", "--batch_size=2"], "--batch_frames and --batch_size"),
        (["--frames_seen=8", "--steps_per_epoch=2"], "--frames_seen and --steps_per_"),
        (["--noises=5,loud"], "--noises: must be numbers from 0 on"),
        (["--noises=-5"], "10@0.95; got '-5'."),
        (["--noises=5@1.5"], "--noises: must be numbers from 0 on"),
        (["--architectures=dgnet,resnet"], "resnet: "),
        (["--seeds=0"], "--seeds"),
    ],
)
def test_bad_input_ends_with_one_line(arguments, message, data, tmp_path, capsys):
    workdir = tmp_path / "study"
    given = [f"--data={data}", f"--workdir={workdir}", "--architectures=dgnet"]
    found = command_error(capsys, compare, *given, "--preset=smoke", *arguments)
    assert message in found
    assert not workdir.exists()
