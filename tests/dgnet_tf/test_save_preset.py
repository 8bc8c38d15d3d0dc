"""The command that makes a folder of trained weights of a run."""

import dataclasses
import json

import numpy as np
import pytest
from support.lifting.lifting_stand_ins import command_error, run_command
from support.models import weight_stand_ins as stand_ins

from dgnet_tf import save_preset
from dgnet_tf.files import provenance
from dgnet_tf.models import pretrained, runs, weight_folders


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return stand_ins.trained(tmp_path_factory.mktemp("run"))


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
        "lifter.tflite",
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


@pytest.mark.slow
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
