import copy
import pathlib
import subprocess
import sys

import pytest
from absl import flags
from support.datasets import pose_archives

from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from preprocessing import convert, inspect

ROOT = pathlib.Path(convert.__file__).parent.parent


def parse(*arguments):
    values = copy.deepcopy(convert.FLAGS)
    values(["convert", *arguments])
    return values


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "preprocessing.convert", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_converts_and_prints_checks_table_and_folder(tmp_path):
    source = pose_archives.write(tmp_path / "a.npz")
    run = command(
        "--dataset=mocap",
        f"--source={source}",
        f"--output={tmp_path / 'out'}",
        "--validation_subjects=anna,ben",
        "--test_subjects=",
        "--record_frames=20",
        "--record_overlap=4",
        "--cameras=2",
        "--workers=1",
    )
    assert run.returncode == 0, run.stderr
    assert "ok: people are upright" in run.stdout
    assert "validation  anna, ben" in run.stdout
    assert run.stdout.splitlines()[-1] == f"wrote {tmp_path / 'out'}"
    content = manifest.read(tmp_path / "out")
    assert content.record_frames == 20 and content.record_overlap == 4
    assert list(content.splits) == ["train", "validation"]


def test_bad_input_ends_in_one_clear_line(tmp_path):
    run = command(
        "--dataset=mocap", "--source=/none/a.npz", f"--output={tmp_path / 'out'}"
    )
    assert run.returncode == 1
    last = run.stderr.splitlines()[-1]
    assert last.startswith("error: /none/a.npz: ") and "not found" in last
    assert "Traceback" not in run.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset=mocap"], "--output"),
        (["--output=x"], "--dataset"),
        (["--dataset=none", "--output=x"], "sample|synthetic|mocap"),
        (["--record_frames=8", "--record_overlap=8"], "record_overlap must be less"),
        (["--record_overlap=-1"], "record_overlap"),
        (["--workers=0"], "workers"),
        (["--cameras=0"], "cameras"),
        (["--subjects=2"], "subjects"),
    ],
)
def test_wrong_flags_are_named(arguments, message):
    if "--output=x" not in arguments and message != "--output":
        arguments = ["--dataset=mocap", "--output=x", *arguments]
    with pytest.raises(flags.Error, match=message):
        parse(*arguments)


def test_a_flag_that_is_empty_differs_from_one_not_given():
    values = parse("--dataset=mocap", "--output=x", "--test_subjects=")
    assert values.test_subjects == []
    assert values.validation_subjects is None


def test_flags_reach_the_synthetic_data_set(tmp_path, capsys):
    values = parse(
        "--dataset=synthetic",
        f"--output={tmp_path / 'out'}",
        "--subjects=3",
        "--clip_frames=30",
        "--motion_seed=5",
        "--cameras=1",
        "--camera_seed=2",
        "--camera_distance=3,5",
        "--camera_height=1.2",
        "--workers=1",
    )
    convert.main(values)
    content = manifest.read(tmp_path / "out")
    assert content.options == {
        "subjects": 3,
        "clip_frames": 30,
        "motion_seed": 5,
        "cameras": 1,
        "camera_seed": 2,
        "camera_distance": [3.0, 5.0],
        "camera_height": [1.2, 1.2],
        "camera_focal": [1145.0, 1145.0],
    }
    assert content.splits["test"].subjects == ("walker_02",)
    converted = capsys.readouterr().out
    values = copy.deepcopy(inspect.FLAGS)
    figure = tmp_path / "figure.png"
    values(["inspect", f"--data={tmp_path / 'out'}", f"--figure={figure}"])
    inspect.main(values)
    inspected = capsys.readouterr().out
    table = inspected.removesuffix(f"wrote {figure}\n")
    assert table in converted
    assert figure.read_bytes().startswith(b"\x89PNG")
    (tmp_path / "out" / content.splits["test"].shards[0].file).write_bytes(b"")
    with pytest.raises(UserError, match="test-00000-of-00001.tfrecord: has 0 bytes"):
        inspect.main(values)
