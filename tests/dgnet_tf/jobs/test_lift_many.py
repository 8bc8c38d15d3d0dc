"""The lifting command on many inputs."""

import copy
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from support.keypoints import detector_files, ultralytics_files
from support.keypoints.detector_files import walk

from dgnet_tf import command_line, lift


def run(keypoints, output, *more):
    """Runs the command with the weights that come along."""
    argv = [
        *("lift", f"--keypoints={keypoints}", f"--output={output}"),
        *("--layout=coco_17", "--image_size=1000x1000", *more),
    ]
    command_line.run(lift.main, copy.deepcopy(lift.FLAGS), lift.__doc__, argv)


def failure(capsys, *arguments) -> str:
    """The last line of a run that must fail."""
    with pytest.raises(SystemExit) as stop:
        run(*arguments)
    assert stop.value.code == 1
    return capsys.readouterr().err.splitlines()[-1]


@pytest.fixture
def clips(tmp_path):
    folder = tmp_path / "clips"
    detector_files.coco(folder / "a.json", walk("coco_17", 4))
    detector_files.coco(folder / "b.json", walk("coco_17", 6))
    ultralytics_files.labels(folder / "yolo", walk("coco_17", 3))
    return folder


def names(folder):
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    )


def test_each_input_has_its_results(clips, tmp_path, capsys):
    output = tmp_path / "poses"
    more = ["--format=csv,NPZ,html", "--fps=25"]
    run(clips, output, *more)
    out = capsys.readouterr().out
    assert f"a: 4 poses: {output / 'a.npz'}, {output / 'a.csv'}, " in out
    assert "Lifted 3 of 3 inputs." in out
    assert names(output) == [f"{n}.{e}" for n in ("a", "b", "yolo") for e in (
        "csv", "html", "npz",
    )]  # fmt: skip
    single = tmp_path / "single.npz"
    run(clips / "b.json", single, "--fps=25")
    with np.load(single) as one, np.load(output / "b.npz") as same:
        np.testing.assert_array_equal(one["positions"], same["positions"])
    assert "<title>yolo" in (output / "yolo.html").read_text()
    capsys.readouterr()
    run(clips, output, *more)
    assert "3 of 3 inputs are done already." in capsys.readouterr().out
    run(clips, output, *more, "--smooth=savgol")
    assert "Lifted 3 of 3 inputs." in capsys.readouterr().out
    # One format in the midst of a working day.
    run(clips, output, "--format=trc", more[1], "--smooth=savgol", "--shard=2/3")
    assert [name for name in names(output) if name.endswith("trc")] == ["b.trc"]
    assert len(names(output)) == 10
    run(clips, output, "--shard=4/4")
    assert "No input is in this shard." in capsys.readouterr().out


def test_what_cannot_be_lifted_is_named_at_the_end(clips, tmp_path, capsys):
    (clips / "broken.json").write_text("{")
    legless = walk("coco_17", 2)
    for _, _, rows in legless:
        rows[11:] = 0
    detector_files.coco(clips / "c.json", legless)
    output = tmp_path / "poses"
    line = failure(capsys, clips, f"{output}/")
    assert line == (
        "error: 2 of 5 inputs could not be lifted: broken, c. The reasons stand above; "
        "the others are lifted."
    )
    assert names(output) == ["a.npz", "b.npz", "yolo.npz"]


def test_flags_that_do_not_go_together_are_refused(clips, tmp_path, capsys):
    def error(*more, keypoints=clips, output=tmp_path / "poses"):
        line = failure(capsys, keypoints, output, *more)
        assert not (tmp_path / "poses").exists()
        return line

    assert "--view is for an --output that is a file. Pages and" in error(
        "--view=a.html"
    )
    file = tmp_path / "poses.npz"
    for flag in ("--format=npz", "--workers=2", "--shard=1/2"):
        assert "is for an --output that is a folder" in error(flag, output=file)
    assert "--format must be of npz, json, " in error("--format=npz,fbx")
    assert "a .glb file is always m" in error("--format=npz,glb", "--units=cm")
    assert "--shard must be i/n" in error("--shard=0/2")
    assert "workers" in error("--workers=0")
    assert "is a folder without .json or .txt files" in error(output=file)
    assert "none: not found" in error(keypoints=tmp_path / "none")
    assert "lies in the folder of inputs" in error(output=clips / "out")
    plain = tmp_path / "plain.npz"
    np.savez(plain, keypoints=np.ones((2, 17, 2)))
    assert "is an input, and a result would take its place" in error(
        keypoints=plain, output=f"{tmp_path}/"
    )
    # What is wrong for all is said once.
    assert "holds no SavedModel" in error(f"--model={tmp_path / 'none'}")
    assert "has no conversion to the model's skeleton" in error(
        "--layout=mpi_inf_3dhp_17"
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_killed_workers_leave_nothing_and_the_rest_is_done_later(clips, tmp_path):
    for number in range(8):
        detector_files.coco(
            clips / f"long {number}.json", walk("coco_17", 300, step=0.5)
        )
    output = tmp_path / "poses"
    command = [
        *(sys.executable, "-m", "dgnet_tf.lift", f"--keypoints={clips}"),
        *("--layout=coco_17", "--image_size=1000x1000", f"--output={output}/"),
        *("--workers=2", "--format=npz,bvh"),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list(output.glob("*.npz")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM, errors
    assert errors.splitlines()[-1] == "error: terminated"
    for path in output.glob("*.npz"):
        with np.load(path) as whole:
            assert np.isfinite(whole["positions"]).all()
    subprocess.run(command, check=True, capture_output=True, env=dict(os.environ))
    assert len(names(output)) == 2 * 11
    assert not [path for path in output.rglob("*") if ".partial" in str(path)]
