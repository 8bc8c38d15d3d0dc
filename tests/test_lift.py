"""The lifting command."""

import subprocess
import sys

import detector_files
import numpy as np
import pytest
from lifting_stand_ins import Config, command_error, run_command, small_model, write_run
from PIL import Image

from dgnet_tf import lift, saved_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    saved_model.save(small_model(), Config(), folder)
    return folder


@pytest.fixture(scope="module")
def keypoints(tmp_path_factory):
    path = tmp_path_factory.mktemp("keypoints") / "person.npz"
    rng = np.random.default_rng(0)
    np.savez(path, keypoints=rng.uniform(100, 900, (8, 17, 2)))
    return path


def arguments(model, keypoints, output, *more):
    return (
        f"--model={model}",
        f"--keypoints={keypoints}",
        "--layout=coco_17",
        "--image_size=1000x1000",
        f"--output={output}",
        *more,
    )


def test_poses_and_picture_are_written(model, keypoints, tmp_path, capsys):
    output, picture = tmp_path / "poses.npz", tmp_path / "poses.png"
    run_command(lift, *arguments(model, keypoints, output, f"--picture={picture}"))
    out = capsys.readouterr().out
    assert f"8 poses: {output}" in out
    assert f"Picture: {picture}" in out
    assert "taken as the model's 50" in out
    with np.load(output) as poses:
        assert poses["positions"].shape == (8, 17, 3)
        assert poses["fps"] == 50.0
    with Image.open(picture) as image:
        assert image.format == "PNG"


def test_a_run_lifts_at_the_files_own_rate(keypoints, tmp_path, capsys):
    run = write_run(tmp_path / "run")
    output = tmp_path / "poses.npz"
    run_command(lift, *arguments(run, keypoints, output, "--fps=25"))
    assert "not given" not in capsys.readouterr().out
    with np.load(output) as poses:
        assert poses["positions"].shape == (8, 17, 3)
        assert poses["fps"] == 25.0


def test_one_or_all_of_several_people_are_lifted(model, tmp_path, capsys):
    legless = detector_files.walk("coco_17", frames=2, person="c", first=4)
    for _, _, rows in legless:
        rows[11:] = 0
    path = detector_files.coco(
        tmp_path / "people.json",
        [
            *detector_files.walk("coco_17", frames=4, person="a"),
            *detector_files.walk("coco_17", frames=9, person="b", x=400.0),
            *legless,
        ],
    )
    output = tmp_path / "poses.npz"
    run_command(lift, *arguments(model, path, output))
    assert "3 people: lifted b, who is seen in the most" in capsys.readouterr().out
    with np.load(output) as poses:
        assert poses["positions"].shape == (9, 17, 3)
    run_command(lift, *arguments(model, path, output, "--person=a"))
    assert "people:" not in capsys.readouterr().out
    with np.load(output) as poses:
        assert poses["positions"].shape == (4, 17, 3)
    run_command(lift, *arguments(model, path, output, "--person=all"))
    out = capsys.readouterr().out
    assert f"13 poses: {output}" in out
    assert "left out: " in out and "'hip' of person c" in out
    with np.load(output) as poses:
        assert poses["positions/a"].shape == (4, 17, 3)
        assert poses["positions/b"].shape == (9, 17, 3)
        assert "positions/c" not in poses


def test_bad_input_ends_with_one_line_and_no_file(model, keypoints, tmp_path, capsys):
    output = tmp_path / "poses.npz"

    def error(*more, model=model, keypoints=keypoints, output=output):
        line = command_error(capsys, lift, *arguments(model, keypoints, output, *more))
        assert line.startswith("error: ")
        assert list(tmp_path.iterdir()) == []
        return line

    assert "like 1920x1080, got '1000'" in error("--image_size=1000")
    assert "like 1920x1080, got '0x5'" in error("--image_size=0x5")
    assert "--picture must end in .png or .gif" in error("--picture=a.jpg")
    assert "--output must end in .npz" in error(output=tmp_path / "poses.json")
    assert "layout must be one of" in error("--layout=coco")
    assert "humaneva_15' has 15" in error("--layout=humaneva_15")
    assert "holds no SavedModel" in error(model=tmp_path / "none")
    assert "not found" in error(keypoints=tmp_path / "none.npz")
    assert "fps" in error("--fps=0")
    assert "shows nobody named '2'; there are 1" in error("--person=2")
    assert "draws one person" in error("--person=all", "--picture=a.png")
    assert "no conversion to the model's skeleton" in error("--layout=mpi_inf_3dhp_17")


def test_help_and_bad_flags_need_no_tensorflow():
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from dgnet_tf import command_line, lift\n"
        "command_line.run(lift.main, lift.FLAGS, lift.__doc__)"
    )
    help_ = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True
    )
    assert help_.returncode == 0
    assert "--image_size" in help_.stdout
    wrong = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert wrong.returncode == 1
    assert wrong.stderr.splitlines()[-1].startswith("error: ")
    assert "--keypoints" in wrong.stderr
    assert "Traceback" not in wrong.stderr
