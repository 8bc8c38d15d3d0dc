"""The export command."""

import json
import sys

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import (
    Config,
    command_error,
    run_command,
    small_model,
    write_run,
)
from support.models import weight_stand_ins

from dgnet_tf import export
from dgnet_tf.command_line import progress
from dgnet_tf.exporting import signatures
from dgnet_tf.files import provenance
from dgnet_tf.inference import frame_smoothing, whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs, weight_folders


@pytest.fixture(scope="module")
def fixed_run(tmp_path_factory):
    """A run whose graphs are fixed.

    Of two joints that are nearly as near, a sum's last bit would choose one, and two
    programs that smooth differ in that.
    """
    return write_run(tmp_path_factory.mktemp("fixed_run"), architecture="baseline")


def test_a_run_becomes_a_saved_model_that_lifts_the_same(tiny_run, tiny_export):
    graph = (tiny_export / "1" / "saved_model.pb").read_bytes()
    assert b"_XlaMustCompile" not in graph
    extra = tiny_export / "1" / "assets.extra"
    assert (extra / "tf_serving_warmup_requests").stat().st_size > 1000
    card = json.loads((extra / "model_card.json").read_text())
    assert card["training"]["versions"] == provenance.versions()
    assert card["min_confidence"] == 0
    loaded = runs.load(tiny_run)
    ours = whole_videos.serving_function(
        loaded.model, InferenceOptions.of(loaded.config)
    )
    theirs = tf.saved_model.load(str(tiny_export / "1")).signatures["serving_default"]
    keypoints = np.random.default_rng(0).uniform(0, 900, (6, 17, 2))
    size = np.array([1000.0, 900.0])
    expected = whole_videos.lift_view(ours, keypoints, size, 4)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(
        whole_videos.lift_view(theirs, keypoints, size, 4), expected, atol=1e-5
    )


@pytest.mark.slow
def test_keypoints_are_smoothed_as_asked_for(fixed_run, tmp_path, capsys):
    output = tmp_path / "model"
    run_command(
        export, f"--workdir={fixed_run}", f"--output={output}", "--keypoint_smoothing=3"
    )
    assert capsys.readouterr().out.splitlines()[-1] == f"SavedModel: {output / '1'}"
    card = output / "1" / "assets.extra" / "model_card.json"
    assert json.loads(card.read_text())["config"]["keypoint_smoothing"] == 3
    theirs = tf.saved_model.load(str(output / "1")).signatures["serving_default"]
    keypoints = np.random.default_rng(0).uniform(0, 900, (20, 17, 2)).astype(np.float32)
    size = np.array([1000.0, 900.0])
    ours = runs.load(fixed_run)
    serve = whole_videos.serving_function(ours.model, InferenceOptions.of(ours.config))
    smooth = frame_smoothing.smooth(tf.constant(keypoints[None]), 3)[0].numpy()
    expected = whole_videos.lift_view(serve, smooth, size, 4)
    found = whole_videos.lift_view(theirs, keypoints, size, 4)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert (
        np.abs(found - whole_videos.lift_view(serve, keypoints, size, 4)).max() > 1e-3
    )


def test_bad_input_ends_with_one_line_and_leaves_nothing(tiny_run, tmp_path, capsys):
    run, output = tiny_run, tmp_path / "model"
    nowhere = tmp_path / "nowhere"
    line = command_error(capsys, export, f"--workdir={nowhere}", f"--output={output}")
    assert line.startswith("error: ") and "config.json: not found" in line
    line = command_error(
        capsys, export, f"--workdir={run}", f"--output={output}", "--version=-1"
    )
    assert line.startswith("error: ") and "version" in line
    assert not output.exists()

    half = tmp_path / "half"
    half.mkdir()
    (half / runs.CONFIG).write_text((run / runs.CONFIG).read_text())
    line = command_error(capsys, export, f"--workdir={half}", f"--output={output}")
    assert line.startswith("error: ") and "the run is not finished" in line
    (half / runs.MODEL).write_bytes((run / runs.MODEL).read_bytes()[:1000])
    line = command_error(capsys, export, f"--workdir={half}", f"--output={output}")
    assert line.startswith("error: ") and "cannot be loaded" in line
    assert not output.exists()

    (output / "1").mkdir(parents=True)
    line = command_error(capsys, export, f"--workdir={run}", f"--output={output}")
    assert line.startswith("error: ") and "exists already" in line
    assert list(output.iterdir()) == [output / "1"]


@pytest.mark.slow
def test_missing_packages_cost_only_the_warm_up(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_serving.apis", None)
    monkeypatch.setattr(runs, "load", lambda path: runs.Run(Config(), small_model()))
    steps = []
    monkeypatch.setattr(progress, "doing", steps.append)
    run_command(
        export,
        f"--workdir={tmp_path / 'run'}",
        f"--output={tmp_path}",
        "--version=3",
        "--flip=false",
        "--min_confidence=0.25",
    )
    begun = ["load the network", "trace the signatures", "write the SavedModel"]
    assert steps[:3] == begun
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "Exported without warm-up requests: writing them needs tensorflow-serving-api, "
        "which is not installed. pip install 'dgnet-tf[serving]'",
        f"SavedModel: {tmp_path / '3'}",
    ]
    card = json.loads((tmp_path / "3/assets.extra/model_card.json").read_text())
    assert (card["flip"], card["min_confidence"]) == (False, 0.25)
    told = card["signatures"]["coco_17"]["inputs"]["confidence"]["about"]
    assert told == "a keypoint is missing where it is 0.25 or less"


@pytest.mark.slow
def test_trained_weights_become_a_saved_model_that_lifts_the_same(
    tmp_path, capsys, monkeypatch
):
    folder, made = weight_stand_ins.write(tmp_path / "presets")
    weight_stand_ins.ship(monkeypatch, folder.parent)
    monkeypatch.setattr(signatures, "LAYOUTS", ())  # They take seconds.
    output = tmp_path / "model"
    run_command(export, f"--weights={folder.name}", f"--output={output}")
    assert capsys.readouterr().out.splitlines()[-1] == f"SavedModel: {output / '1'}"
    ours = whole_videos.serving_function(made.model, InferenceOptions.of(made.config))
    theirs = tf.saved_model.load(str(output / "1")).signatures["serving_default"]
    keypoints = np.random.default_rng(0).uniform(0, 900, (6, 17, 2))
    size = np.array([1000.0, 900.0])
    expected = whole_videos.lift_view(ours, keypoints, size, 4)
    assert np.abs(expected).max() > 1e-2
    np.testing.assert_allclose(
        whole_videos.lift_view(theirs, keypoints, size, 4), expected, atol=1e-6
    )
    card = json.loads((output / "1/assets.extra/model_card.json").read_text())
    assert card["weights"] == {
        "name": folder.name,
        "version": 3,
        "sha256": provenance.sha256(folder / weight_folders.WEIGHTS),
    }
    assert "Thanks to all who walked." in card["licence"]
    assert "Nobody sits." in card["limits"]
    assert card["training"]["versions"] == provenance.versions()


def test_a_run_or_weights_and_not_both(tiny_run, tmp_path, capsys):
    run, output = tiny_run, tmp_path / "model"
    line = command_error(capsys, export, f"--output={output}")
    assert "Exactly one of (workdir, weights)" in line
    line = command_error(
        capsys, export, f"--output={output}", f"--workdir={run}", "--weights=a"
    )
    assert "Exactly one of (workdir, weights)" in line
    line = command_error(capsys, export, f"--output={output}", "--weights=unheard")
    assert "unheard: is neither the name of shipped weights" in line
    assert not output.exists()
