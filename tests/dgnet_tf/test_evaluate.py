"""The evaluation command."""

import dataclasses
import json

import numpy as np
import pytest
from support import record_sets
from support.lifting import lift_arguments
from support.lifting.lifting_stand_ins import command_error, run_command, write_run
from support.models import weight_stand_ins

from dgnet_tf import evaluate, lift, save_preset
from dgnet_tf.config import config as configuration
from dgnet_tf.evaluation import evaluation
from dgnet_tf.evaluation import report as reports
from dgnet_tf.files import provenance
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs, uncertainty, weight_folders


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
        "--noise_correlation=0.95",
        "--seed=3",
        f"--output={output}",
    )
    assert sorted(p.name for p in output.iterdir()) == ["report.json", "report.md"]
    report = json.loads((output / "report.json").read_text())
    assert report["frames"] == 20
    assert report["options"]["flip"] is False
    assert (report["options"]["noise_px"], report["options"]["seed"]) == (2.5, 3)
    assert report["options"]["noise_correlation"] == 0.95
    # Other options must not overwrite the plain report.
    folder = reports.default_folder("run", report)
    name = "synthetic-train-noise2.5px-correlation0.95-seed3-noflip"
    assert str(folder) == f"run/evaluation/{name}"


def folder_name(run, data, *arguments):
    """The name of the report's folder in the run."""
    before = set((run / "evaluation").glob("*"))
    run_command(evaluate, f"--workdir={run}", f"--data={data}", *arguments)
    (made,) = set((run / "evaluation").glob("*")) - before
    return made.name


@pytest.mark.slow
def test_windows_joints_and_estimates_are_options(run, data, capsys):
    arguments = ["--overlap=once", "--frame_stride=2", "--actions=Walking"]
    arguments += ["--keypoint_smoothing=4"]
    arguments += ["--count_root=false", "--balance"]
    name = folder_name(run, data, *arguments)
    assert name == "synthetic-test-Walking-once-stride2-smoothing4-noroot-balance"
    report = json.loads((run / "evaluation" / name / "report.json").read_text())
    options = report["options"]
    assert (options["overlap"], options["frame_stride"]) == ("once", 2)
    assert options["keypoint_smoothing"] == 4
    assert (options["root_counted"], options["balanced"]) == (False, True)
    assert options["actions"] == ["Walking"]
    assert "## Coordinate balance" in capsys.readouterr().out


def test_folders_of_other_actions_differ():
    config = configuration.make("smoke")
    options = {
        **InferenceOptions.of(config).chosen(),
        "noise_px": 0.0,
        "noise_correlation": 0.0,
        "seed": 0,
        "root_counted": True,
        "balanced": False,
        "model": dataclasses.asdict(config),
    }

    def name(*actions):
        report = {
            "dataset": "mine",
            "split": "test",
            "options": {**options, "actions": list(actions)},
        }
        return reports.default_folder("run", report).name

    assert name("Sitting", "Walking") == "mine-test-Sitting+Walking"
    strange = {name("a/b"), name("a b"), name("a_b"), name("x" * 200), name("x" * 201)}
    assert len(strange) == 5
    assert all("/" not in each and len(each) < 120 for each in strange)


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
    assert "--noise_correlation: has no effect without noise. Give --noise_px" in error(
        workdir, f"--data={data}", "--noise_correlation=0.9"
    )
    assert "noise_correlation" in error(
        workdir, f"--data={data}", "--noise_px=1", "--noise_correlation=1"
    )
    assert "once|center|mean" in error(workdir, f"--data={data}", "--overlap=max")
    assert "frame_stride" in error(workdir, f"--data={data}", "--frame_stride=0")
    assert "no action 'Walk' in the split 'test'. Its actions: Walking." in error(
        workdir, f"--data={data}", "--actions=Walk"
    )
    assert "a name is empty" in error(workdir, f"--data={data}", "--actions=Walking,")
    other = record_sets.write(
        tmp_path / "other", {"test": record_sets.takes(5)}, skeleton="humaneva_15"
    )
    assert "'humaneva_15'" in error(workdir, f"--data={other}")
    half = tmp_path / "half"
    half.mkdir()
    (half / runs.CONFIG).write_text((run / runs.CONFIG).read_text())
    assert "not finished" in error(f"--workdir={half}", f"--data={data}")
    model = (run / runs.MODEL).read_bytes()
    (half / runs.MODEL).write_bytes(model[: len(model) // 2])
    assert "model.keras: cannot be loaded" in error(
        f"--workdir={half}", f"--data={data}"
    )
    (half / runs.CONFIG).write_text((run / runs.CONFIG).read_text()[:-20])
    assert "config.json: not a configuration" in error(
        f"--workdir={half}", f"--data={data}"
    )
    blind = record_sets.Take(1, 9, intrinsics=(0,) * 9)
    unseen = record_sets.write(tmp_path / "unseen", {"test": [blind]})
    assert "no intrinsics" in error(workdir, f"--data={unseen}", "--balance")


@pytest.mark.slow
def test_trained_weights_are_scored_like_their_run(data, tmp_path, capsys):
    folder, made = weight_stand_ins.write(tmp_path)
    output = tmp_path / "report"
    arguments = (f"--weights={folder}", f"--data={data}")
    assert "give --output" in command_error(capsys, evaluate, *arguments)
    run_command(evaluate, *arguments, f"--output={output}")
    report = json.loads((output / "report.json").read_text())
    expected = evaluation.evaluate(made.model, made.config, data, "test")
    for name, value in expected["metrics"].items():
        assert report["metrics"][name] == pytest.approx(value, abs=1e-3)
    digest = provenance.sha256(folder / weight_folders.WEIGHTS)
    assert report["options"]["model_sha256"] == digest
    assert sorted(path.name for path in folder.iterdir()) == [
        "lifter.tflite",
        "model.weights.h5",
        "model_card.md",
        "preset.json",
    ]


@pytest.mark.slow
def test_a_calibration_goes_with_the_weights_to_what_they_lift(data, tmp_path, capsys):
    workdir = write_run(tmp_path / "run")
    keypoints = lift_arguments.one_person(tmp_path)
    before = lift_arguments.arguments(workdir, keypoints, tmp_path / "before.npz")
    run_command(lift, *before)
    assert "No uncertainty" in capsys.readouterr().out
    arguments = (f"--workdir={workdir}", f"--data={data}", "--split=test")
    run_command(evaluate, *arguments, "--calibrate_uncertainty")
    told = capsys.readouterr().out
    assert f"Uncertainty: {workdir / uncertainty.FILE}" in told
    assert "## How sure it is" in told
    sure = uncertainty.of_run(workdir)
    assert sure.people["subjects"] == ["S002"] and sure.people["split"] == "test"
    assert sure.base_mm[0] == 0 and max(sure.base_mm) > 0
    found = json.loads(
        (workdir / "evaluation" / "synthetic-test" / "report.json").read_text()
    )["uncertainty"]
    assert found["trials"] is None  # One person alone cannot be halved.
    assert 0 < found["below_half"] < 1 and found["frames"] == 9
    # Later evaluations compare it with their errors, under the same options alone.
    run_command(evaluate, *arguments)
    assert "## How sure it is" in capsys.readouterr().out
    run_command(evaluate, *arguments, "--flip=false")
    assert "How sure it is" not in capsys.readouterr().out

    saved = (f"--workdir={workdir}", f"--output={tmp_path}")
    run_command(save_preset, *saved, "--name=sure")
    assert "No uncertainty" not in capsys.readouterr().out
    run_command(save_preset, *saved, "--name=smooth", "--keypoint_smoothing=3")
    assert "calibrated under other options" in capsys.readouterr().out
    content = weight_folders.read(tmp_path / "sure")
    assert content["uncertainty"] == sure.content()
    assert "How sure it is" in (tmp_path / "sure" / weight_folders.CARD).read_text()
    lifted = {}
    for name, path in {
        "run": workdir,
        "tensorflow": tmp_path / "sure",
        "litert": tmp_path / "sure" / weight_folders.ENGINE,
        "smooth": tmp_path / "smooth",
    }.items():
        output = tmp_path / f"{name}.npz"
        run_command(lift, *lift_arguments.arguments(path, keypoints, output))
        with np.load(output) as poses:
            lifted[name] = poses["uncertainty_mm"] if name != "smooth" else None
            assert ("uncertainty_mm" in poses) == (name != "smooth")
    assert lifted["run"].shape == (8, 17) and lifted["run"][:, 1:].min() > 0
    for name in ("tensorflow", "litert"):
        np.testing.assert_allclose(lifted[name], lifted["run"], rtol=1e-2)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--split=train"], "trained on are too small to go by"),
        (["--actions=Walking"], "takes all actions"),
        (["--overlap=once", "--flip=false"], "one estimate of a frame"),
    ],
)
def test_calibrations_that_cannot_be_are_refused(run, data, capsys, more, message):
    arguments = (f"--workdir={run}", f"--data={data}", "--calibrate_uncertainty")
    assert message in command_error(capsys, evaluate, *arguments, *more)
    assert not (run / uncertainty.FILE).exists()
