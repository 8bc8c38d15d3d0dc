"""The command that makes a folder of trained weights of a run."""

import dataclasses
import json

import numpy as np
import pytest
from support.datasets.manifests import DATA
from support.lifting.lifting_stand_ins import command_error, run_command
from support.models import weight_stand_ins as stand_ins

from dgnet_tf import save_preset
from dgnet_tf.exporting import weight_card, weight_scores
from dgnet_tf.files import provenance
from dgnet_tf.models import pretrained, runs, weight_folders
from dgnet_tf.training import run_folder

COMMAND = (
    "python -m dgnet_tf.train --data=/home/me/data/walks "
    "'--workdir=/home/me/my runs/a' --preset=small"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a run with a history and reports, and the run."""
    folder, made = tmp_path_factory.mktemp("run"), stand_ins.run(seed=3)
    run_folder.start(folder, made.config, dataclasses.replace(DATA, dataset="mocap"))
    training = json.loads((folder / runs.TRAINING).read_text())
    training["command"] = COMMAND
    training["data"]["options"] = {"cameras": 4, "from": "/home/me/walks.npz"}
    (folder / runs.TRAINING).write_text(json.dumps(training))
    run_folder.save_model(folder, made.model)
    (folder / "history.csv").write_text(
        "epoch,loss,pose_mpjpe_mm,val_pose_mpjpe_mm\n0,9,99.5,120\n1,3,44.25,61\n"
    )
    weights = provenance.sha256(folder / runs.MODEL)
    write_report(folder, "noisy", 60.0, 5.0, weights)
    write_report(folder, "clean", 51.5, 0.0, weights)
    write_report(folder, "older", 10.0, 0.0, "00")
    return folder, made


def write_report(folder, name, mpjpe, noise, weights):
    content = {
        "dataset": "mocap",
        "split": "test",
        "frames": 90,
        "views": 4,
        "metrics": {"mpjpe_mm": mpjpe, "p_mpjpe_mm": 40.123456, "auc": None},
        "intervals": {"mpjpe_mm": {"low": 45.0, "high": 55.0, "videos": 3}},
        "baselines": {"mean_pose": {"mpjpe_mm": 200.0}},
        "per_subject": {"S9": {}, "S11": {}},
        "options": {
            "flip": True,
            "noise_px": noise,
            "actions": None,
            "model_sha256": weights,
        },
    }
    path = folder / "evaluation" / name / "report.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content))


def save(run, output, *more):
    run_command(
        save_preset, f"--workdir={run[0]}", f"--output={output}", "--name=ours", *more
    )
    return output / "ours"


def test_the_folder_holds_weights_description_and_card(run, tmp_path, capsys):
    terms = tmp_path / "terms.txt"
    terms.write_text("May be used by all, not sold.\n")
    folder = save(
        run,
        tmp_path / "presets",
        "--version=2",
        f"--licence_file={terms}",
        "--acknowledgement=The data were recorded by many.",
        "--limit=Nobody sits.",
        "--limit=Nobody lies down.",
    )
    *_, left_out, told, last = capsys.readouterr().out.splitlines()
    assert "older/report.json: the report is on other weights" in left_out
    assert told.startswith("2 scores; 0.")
    assert last == f"Weights: {folder}"
    assert sorted(path.name for path in folder.iterdir()) == [
        "model.weights.h5",
        "model_card.md",
        "preset.json",
    ]
    content = weight_folders.read(folder)
    assert (content["name"], content["version"]) == ("ours", 2)
    assert content["config"] == dataclasses.asdict(run[1].config)
    assert content["training"]["history"] == {
        "epochs": 2,
        "last": {"pose_mpjpe_mm": 44.25, "val_pose_mpjpe_mm": 61.0},
    }
    assert content["training"]["versions"] == provenance.versions()
    assert content["licence"] == [
        "The terms of the recordings that 'mocap' was converted from hold.",
        "May be used by all, not sold.",
        "The data were recorded by many.",
    ]
    assert content["limits"][-2:] == ["Nobody sits.", "Nobody lies down."]
    assert any("virtual cameras" in limit for limit in content["limits"])
    card = (folder / weight_folders.CARD).read_text()
    for text in (
        "# ours, version 2",
        'DGNet.from_preset("ours")',
        "May be used by all, not sold.",
        "- Nobody lies down.",
        "51.5 | 45.0 to 55.0",
        "2 epochs; at the end pose_mpjpe_mm 44.2",
        content["weights"]["sha256"],
        "`metadata.xml`, sha256 `" + "ab" * 32,
    ):
        assert text in card
    loaded = pretrained.load(folder)
    np.testing.assert_allclose(
        stand_ins.pose(loaded.model, loaded.config),
        stand_ins.pose(run[1].model, run[1].config),
        rtol=0,
        atol=1e-6,
    )


def test_the_weights_smooth_keypoints_as_asked_for(run, tmp_path):
    folder = save(run, tmp_path, "--keypoint_smoothing=4")
    assert pretrained.read_config(folder).keypoint_smoothing == 4
    content = json.loads((folder / weight_folders.FILE).read_text())
    assert content["config"]["keypoint_smoothing"] == 4
    assert run[1].config.keypoint_smoothing == 0


def test_scores_are_plain_ones_first_and_of_these_weights(run):
    scores, left_out = weight_scores.collect(run[0])
    assert [score["metrics"]["mpjpe_mm"] for score in scores] == [51.5, 60.0]
    assert scores[0] == {
        "dataset": "mocap",
        "split": "test",
        "subjects": ["S11", "S9"],
        "frames": 90,
        "views": 4,
        "options": {"flip": True, "noise_px": 0.0},
        "actions": None,
        "metrics": {"mpjpe_mm": 51.5, "p_mpjpe_mm": 40.1235},
        "mpjpe_mm_interval": [45.0, 55.0],
        "mean_pose_mpjpe_mm": 200.0,
    }
    assert len(left_out) == 1
    only, _ = weight_scores.collect(run[0], [run[0] / "evaluation" / "noisy"])
    assert [score["options"]["noise_px"] for score in only] == [5.0]


def test_folders_of_the_machine_are_not_told(run):
    content = weight_card.describe(
        dataclasses.replace(run[1].config, weights="/home/me/start"),
        run[0],
        name="ours",
        version=1,
        scores=[],
        terms=None,
        acknowledgement=None,
        limits=[],
    )
    assert "/home" not in json.dumps(content)
    assert content["training"]["command"] == (
        "python -m dgnet_tf.train --data=walks --workdir=a --preset=small"
    )
    assert content["training"]["data"]["options"]["from"] == "walks.npz"
    assert content["config"]["weights"] == "start"


def test_bad_input_ends_with_one_line_and_leaves_nothing(run, tmp_path, capsys):
    output = tmp_path / "presets"

    def error(*more, workdir=run[0], name="ours"):
        return command_error(
            capsys,
            save_preset,
            f"--workdir={workdir}",
            f"--output={output}",
            f"--name={name}",
            *more,
        )

    assert "must be lower-case letters" in error(name="../ours")
    older = run[0] / "evaluation" / "older" / "report.json"
    assert "the report is on other weights" in error(f"--report={older}")
    assert "no such file" in error("--licence_file=nowhere").lower()
    half = tmp_path / "half"
    half.mkdir()
    (half / runs.CONFIG).write_text((run[0] / runs.CONFIG).read_text())
    assert "the run is not finished" in error(workdir=half)
    assert not output.exists()
    (output / "ours").mkdir(parents=True)
    assert "holds no preset.json; it is not replaced" in error("--overwrite=true")


def test_a_folder_is_replaced_only_when_told(run, tmp_path, capsys, monkeypatch):
    folder = save(run, tmp_path)
    before = (folder / weight_folders.FILE).read_bytes()
    arguments = (f"--workdir={run[0]}", f"--output={tmp_path}", "--name=ours")
    assert "--overwrite=true" in command_error(capsys, save_preset, *arguments)
    with monkeypatch.context() as patch:
        patch.setattr(pretrained, "load", lambda path: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            save(run, tmp_path, "--version=9", "--overwrite=true")
    assert (folder / weight_folders.FILE).read_bytes() == before
    save(run, tmp_path, "--version=9", "--overwrite=true")
    assert weight_folders.read(folder)["version"] == 9
    assert list(tmp_path.iterdir()) == [folder]


def test_weights_that_change_on_the_way_are_not_written(run, tmp_path, monkeypatch):
    load = pretrained.load

    def moved(path):
        found = load(path)
        found.model.get_layer("pose").bias.assign_add([0.0, 2e-5, 0.0])
        return found

    monkeypatch.setattr(pretrained, "load", moved)
    with pytest.raises(RuntimeError, match="the weights changed on the way: 2"):
        save(run, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_half_precision_tells_how_far_joints_move(run, tmp_path, capsys):
    folder = save(run, tmp_path, "--half=true")
    line = capsys.readouterr().out.splitlines()[-2]
    moved = float(line.removeprefix("Rounding moves a joint by up to ").split()[0])
    assert 0 < moved < 5
    content = weight_folders.read(folder)
    assert content["weights"]["dtype"] == "float16"
    loaded = pretrained.load(folder)
    found = pretrained.probe(loaded.model, loaded.config)
    np.testing.assert_allclose(found, content["probe"], atol=1e-6)
    exact = pretrained.probe(run[1].model, run[1].config)
    np.testing.assert_allclose(1000 * np.abs(found - exact).max(), moved, atol=1e-3)
