"""The lifting command."""

import functools
import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.keypoints import detector_files
from support.lifting import echo_lifter, lift_arguments
from support.lifting.lift_arguments import arguments
from support.lifting.lifting_stand_ins import command_error, export, run_command

from dgnet_tf import cameras, lift
from dgnet_tf.drawing import figures
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.lifting.smoothing import OneEuro, Savgol
from dgnet_tf.pages import viewer


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    export(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def each_model_loads_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifting.Lifter, "load", functools.cache(lifting.Lifter.load))
        yield


@pytest.fixture(scope="module")
def keypoints(tmp_path_factory):
    return lift_arguments.one_person(tmp_path_factory.mktemp("keypoints"))


def two_people(folder):
    return detector_files.coco(
        folder / "people.json",
        [
            *detector_files.walk("coco_17", frames=4, person="a"),
            *detector_files.walk("coco_17", frames=9, person="b c", x=400.0),
        ],
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


def test_a_view_and_a_picture_show_everybody(model, tmp_path, capsys, monkeypatch):
    path = two_people(tmp_path)
    view, picture = tmp_path / "out" / "poses.html", tmp_path / "out" / "poses.png"
    shown = []
    monkeypatch.setattr(viewer, "write", lambda clip, path: shown.append((clip, path)))
    monkeypatch.setattr(figures, "draw", lambda clip, path: shown.append((clip, path)))
    output = tmp_path / "poses.npz"
    more = ["--person=all", "--fps=25", f"--view={view}", f"--picture={picture}"]
    run_command(lift, *arguments(model, path, output, *more))
    out = capsys.readouterr().out
    assert f"View: {view}" in out and f"Picture: {picture}" in out
    (clip, first), (same, second) = shown
    assert (first, second) == (str(view), str(picture))
    assert clip is same
    assert (clip.title, clip.fps) == ("people.json", 25.0)
    assert clip.image_size == (1000.0, 1000.0)
    assert [(p.name, p.first_frame, len(p.positions)) for p in clip.people] == [
        *(("a", 0, 4), ("b c", 0, 9))
    ]
    with np.load(output) as poses:
        np.testing.assert_array_equal(clip.people[0].positions, poses["positions/a"])
    # A SavedModel gives no affinities.
    assert clip.people[0].affinity is None


def test_a_view_is_a_page_of_its_own(model, keypoints, tmp_path):
    view = tmp_path / "poses.html"
    output = tmp_path / "poses.npz"
    run_command(lift, *arguments(model, keypoints, output, f"--view={view}"))
    page = view.read_text(encoding="utf-8")
    assert "<title>person.npz" in page
    assert "8 frames at 50 a second, 17 joints (human36m_17)" in page


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
    assert (
        "3 people: lifted b (frames 0 to 8), who has the most confidence in all. "
        "Others: a (frames 0 to 3). Never whole: c (frames 4 to 5). Choose with "
        "--person=ID or --person=all." in capsys.readouterr().out
    )
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


def read(path):
    """The (F, 17, 3) positions of one person in any format that tells them."""
    if path.suffix == ".json":
        return np.array(json.loads(path.read_text())["people"][0]["positions"])
    rows = np.loadtxt(path, delimiter=",", skiprows=1, dtype=str)
    return rows[:, -51:].astype(float).reshape(-1, 17, 3)


def test_every_format_axis_and_unit_says_the_same(model, keypoints, tmp_path, capsys):
    run_command(lift, *arguments(model, keypoints, tmp_path / "poses.npz"))
    with np.load(tmp_path / "poses.npz") as poses:
        plain = poses["positions"]
    x, y, z = np.moveaxis(plain, -1, 0)
    for name, axes in (("poses.json", "y_up"), ("poses.csv", "z_up")):
        run_command(
            lift,
            *arguments(model, keypoints, tmp_path / name, f"--axes={axes}"),
            "--units=mm",
        )
        assert f"Axes: {axes}, lengths in mm." in capsys.readouterr().out
        expected = [x, -y, -z] if axes == "y_up" else [x, z, -y]
        found = read(tmp_path / name) / 1000
        relative = found - found[:, :1]
        np.testing.assert_allclose(relative, np.stack(expected, axis=-1), atol=2e-5)
        up = "xyz".index(axes[0])
        feet = found[:, [3, 6], up].min(axis=1)
        assert np.percentile(feet, 5) == pytest.approx(0.07, abs=2e-5)
    run_command(lift, *arguments(model, keypoints, tmp_path / "poses.bvh"))
    assert "Axes: y_up, lengths in m." in capsys.readouterr().out
    assert (tmp_path / "poses.bvh").read_text().startswith("HIERARCHY\nROOT hip\n")


def test_smoothing_and_root_are_asked_for_by_flags(model, keypoints, tmp_path, capsys):
    output = tmp_path / "poses.npz"
    run_command(lift, *arguments(model, keypoints, output))
    with np.load(output) as poses:
        plain = poses["positions"]
    run_command(lift, *arguments(model, keypoints, output, "--smooth=savgol"))
    with np.load(output) as poses:
        expected = Savgol().smooth(plain, 50.0)
        np.testing.assert_allclose(poses["positions"], expected, atol=1e-6)
    run_command(
        lift,
        *arguments(model, keypoints, output, "--smooth=one_euro", "--min_cutoff=3"),
        *("--beta=0.5", "--speed_cutoff=2"),
    )
    with np.load(output) as poses:
        expected = OneEuro(3.0, 0.5, 2.0).smooth(plain, 50.0)
        np.testing.assert_allclose(poses["positions"], expected, atol=1e-6)


def test_the_focal_length_of_the_root_is_said_and_written(
    tmp_path, monkeypatch, capsys
):
    poses = np.random.default_rng(0).normal(0, 0.3, (8, 17, 3)).astype(np.float32)
    poses[:, 0] = 0

    def serve(**_):
        return {"positions": tf.constant(poses[None])}

    lifter = lifting.Lifter(TensorFlowEngine(serve, echo_lifter.OPTIONS))
    monkeypatch.setattr(lifting.Lifter, "load", lambda path, engine: lifter)
    intrinsics = np.array([900, 900, 500, 500, 0, 0, 0, 0, 0.0])
    path, output = tmp_path / "walk.npz", tmp_path / "poses.npz"
    np.savez(path, keypoints=cameras.project_linear(poses + [0.2, 0, 4], intrinsics))
    fit = ["--root=fit", "--layout=human36m_17"]
    run_command(lift, *arguments("any", path, output, *fit))
    out = capsys.readouterr().out
    assert "fitted with an assumed focal length of 1072 px" in out
    with np.load(output) as found:
        assert found["focal_px"] == pytest.approx(500 / np.tan(np.radians(25)))
    run_command(lift, *arguments("any", path, output, *fit, "--focal_px=900"))
    assert "with the given focal length of 900 px" in capsys.readouterr().out
    with np.load(output) as found:
        assert found["focal_px"] == 900.0
        np.testing.assert_allclose(found["positions"], poses + [0.2, 0, 4], atol=1e-4)


def test_several_people_have_a_bvh_file_each(model, tmp_path, capsys):
    path = two_people(tmp_path)
    output = tmp_path / "out" / "poses.bvh"
    run_command(lift, *arguments(model, path, output, "--person=all"))
    out = capsys.readouterr().out
    assert "13 poses: " in out and "poses-a.bvh, " in out and "poses-b_c.bvh" in out
    names = sorted(p.name for p in output.parent.iterdir())
    assert names == ["poses-a.bvh", "poses-b_c.bvh"]
    run_command(
        lift, *arguments(model, path, output.with_suffix(".csv"), "--person=all")
    )
    rows = output.with_suffix(".csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["person"] + 4 * ["a"] + 9 * ["b c"]


def test_bad_input_ends_with_one_line_and_no_file(
    model, keypoints, tmp_path, capsys, monkeypatch
):
    output = tmp_path / "poses.npz"

    def error(*more, model=model, keypoints=keypoints, output=output):
        line = command_error(capsys, lift, *arguments(model, keypoints, output, *more))
        assert line.startswith("error: ")
        assert list(tmp_path.iterdir()) == []
        return line

    assert "like 1920x1080, each side up to 1,000,000, got '1000'" in error(
        "--image_size=1000"
    )
    assert "up to 1,000,000, got '0x5'" in error("--image_size=0x5")
    assert "--picture must end in .png or .gif or .mp4" in error("--picture=a.jpg")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "")
        assert "ffmpeg writes .mp4 files" in error(f"--picture={tmp_path / 'a.MP4'}")
    assert "--view must end in .html" in error("--view=a.htm")
    assert ".glb or .trc, or name a folder (FOLDER/), got" in error(
        output=tmp_path / "poses.fbx"
    )
    assert "a .glb file is always m, `units` is 'mm'" in error(
        "--units=mm", output=tmp_path / "poses.glb"
    )
    assert "a .bvh file is always y_up" in error(
        "--axes=z_up", output=tmp_path / "poses.bvh"
    )
    assert "--focal_px is for --root=fit" in error("--focal_px=900")
    assert "focal_px" in error("--root=fit", "--focal_px=0")
    assert "--camera_height is for --root=fit" in error("--camera_height=1.5")
    assert "--camera_pitch is for --root=fit" in error("--camera_pitch=0")
    assert "camera_height" in error("--root=fit", "--camera_height=0.1")
    assert "camera_pitch" in error("--root=fit", "--camera_pitch=90")
    assert "--beta is for --smooth=one_euro" in error("--beta=1")
    assert "--min_cutoff is for" in error("--smooth=savgol", "--min_cutoff=1")
    assert "`seconds` must be above 0" in error("--smooth=savgol", "--savgol_seconds=0")
    assert "axes" in error("--axes=up")
    assert "units" in error("--units=inch")
    assert "layout must be one of" in error("--layout=coco")
    assert "humaneva_15' has 15" in error("--layout=humaneva_15")
    assert "holds no SavedModel" in error(model=tmp_path / "none")
    assert "not found" in error(keypoints=tmp_path / "none.npz")
    assert "fps" in error("--fps=0")
    assert "camera_height must be a finite" in error("--camera_height=nan")
    assert "camera_pitch must be a finite" in error("--camera_pitch=nan")
    for flag in ("fps", "focal_px"):
        for value in ("nan", "inf"):
            assert f"--{flag} must be a finite number, got {value}" in error(
                "--root=fit", f"--{flag}={value}"
            )
    assert "shows nobody named '2'; there are 1" in error("--person=2")
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
    assert "--output" in wrong.stderr
    assert "Traceback" not in wrong.stderr
