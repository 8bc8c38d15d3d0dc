"""What the lifting command loads: a run, or the shipped weights if none is named."""

import numpy as np
import pytest
from support.lifting import lift_arguments
from support.lifting.lift_arguments import arguments
from support.lifting.lifting_stand_ins import command_error, run_command
from support.models import weight_stand_ins

from dgnet_tf import lift
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.models import weight_folders


@pytest.fixture(scope="module")
def keypoints(tmp_path_factory):
    return lift_arguments.one_person(tmp_path_factory.mktemp("keypoints"))


def test_a_run_lifts_at_the_files_own_rate(tiny_run, keypoints, tmp_path, capsys):
    output = tmp_path / "poses.npz"
    run_command(lift, *arguments(tiny_run, keypoints, output, "--fps=25"))
    assert "not given" not in capsys.readouterr().out
    with np.load(output) as poses:
        assert poses["positions"].shape == (8, 17, 3)
        assert poses["fps"] == 25.0


def test_without_a_model_the_shipped_weights_lift(
    keypoints, tmp_path, capsys, monkeypatch
):
    output = tmp_path / "poses.npz"
    unnamed = arguments("", keypoints, output)[1:]
    monkeypatch.setattr(weight_folders, "FOLDER", tmp_path / "none")
    line = command_error(capsys, lift, *unnamed)
    assert "No model is named" in line and "--model" in line
    assert not output.exists()

    folder, made = weight_stand_ins.write(tmp_path / "presets")
    weight_stand_ins.ship(monkeypatch, folder.parent)
    run_command(lift, *unnamed)
    told = capsys.readouterr().out
    assert f"--model not given: the weights {folder.name} lift." in told
    named = tmp_path / "named.npz"
    run_command(lift, *arguments(folder.name, keypoints, named))
    run_command(lift, *arguments(folder, keypoints, tmp_path / "by_path.npz"))
    with np.load(output) as poses, np.load(keypoints) as source:
        positions = poses["positions"]
        lifter = lifting.Lifter.load(folder, engine="tensorflow")
        expected = lifter.lift(
            source["keypoints"], layout="coco_17", image_size=(1000, 1000)
        ).positions
    assert np.abs(expected).max() > 1e-2
    # LiteRT and TensorFlow round otherwise.
    np.testing.assert_allclose(positions, expected, atol=1e-5)
    for path in (named, tmp_path / "by_path.npz"):
        np.testing.assert_array_equal(np.load(path)["positions"], positions)
