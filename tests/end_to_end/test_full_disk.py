"""Full disks: each command ends with one line that names the file, and leaves nothing.

Every file that a command writes meets a disk that is full at its first byte, in the
middle and at its last byte.
"""

import shutil

import numpy as np
import pytest
from support.datasets import pose_archives
from support.endings import full_disk
from support.lifting.lifting_stand_ins import run_command
from support.tuning_stand_ins import eagerly

from dgnet_tf import (
    compare,
    evaluate,
    export,
    html_report,
    lift,
    replay,
    save_preset,
    train,
)
from dgnet_tf.evaluation import evaluation
from dgnet_tf.exporting import signatures
from dgnet_tf.lifting import loading
from dgnet_tf.models import runs
from dgnet_tf.pages import report_clips
from preprocessing import convert, inspect, join

# Of the commands that need more than a moment the quick tests have one.
# Their files are never twice of one size.
MEASURED = ["replay", "export onnx"]
# ffmpeg does not hear of the limit before it ends it.
FULL = ("File too large", "File size limit exceeded")
QUICK = ["convert", "compare", "lift npz"]


@pytest.fixture(scope="module")
def places(tmp_path_factory, tiny_data, tiny_run, tiny_export, tiny_evaluated):
    """Where a command's input is, by name."""
    folder = tmp_path_factory.mktemp("sources")
    archive = pose_archives.write(folder / "a.npz")
    report = next(tiny_evaluated.rglob("report.json"))
    (folder / "other").mkdir()
    shutil.copy(report, folder / "other")
    return {
        "reports": f"{report},{folder / 'other'}",
        "data": tiny_data,
        "run": tiny_run,
        "model": tiny_export,
        "evaluated": tiny_evaluated,
        "archive": archive,
        "keypoints": _keypoints(folder / "k.npz"),
    }


@pytest.fixture(scope="module", autouse=True)
def computed_once():
    """Lets each command compute once: what it writes, and where, is looked at here."""
    with pytest.MonkeyPatch.context() as patch:
        for module, function in (
            *((runs, "load"), (loading, "load"), (evaluation, "evaluate")),
            *((signatures, "build"), (report_clips, "load")),
        ):
            patch.setattr(module, function, _remembered(getattr(module, function)))
        yield


def _remembered(function):
    found = {}

    def remembered(*arguments, **options):
        # `lift` and all its kinds of files compute the same.
        command = _running[-1].partition(" ")[0]
        if command not in found:
            found[command] = function(*arguments, **options)
        return found[command]

    return remembered


_running = []


def _keypoints(path):
    rng = np.random.default_rng(0)
    np.savez(path, keypoints=rng.uniform(100, 500, (8, 17, 2)))
    return path


LIFT = "--model={model} --keypoints={keypoints} --layout=human36m_17 --fps=50 "
LIFT += "--image_size=640x480 --output={out}/poses"
COMMANDS = {
    "convert": (
        convert,
        "--dataset=mocap --source={archive} --output={out}/d --workers=1 --cameras=1 "
        "--test_subjects=anna --validation_subjects=ben",
    ),
    "inspect": (inspect, "--data={data} --figure={out}/f.png"),
    "join": (join, "--sources={archive} --output={out}/joined.npz"),
    "evaluate": (evaluate, "--workdir={run} --data={data} --output={out}/e"),
    "compare": (compare, "--reports={reports} --output={out}/c"),
    "html_report": (
        html_report,
        "--workdir={evaluated} --data={data} --output={out}/page.html",
    ),
    "export": (export, "--workdir={run} --output={out}/m"),
    "export tflite": (
        export,
        "--workdir={run} --format=tflite --output={out}/m.tflite",
    ),
    "export onnx": (export, "--workdir={run} --format=onnx --output={out}/m.onnx"),
    "save_preset": (save_preset, "--workdir={evaluated} --name=ours --output={out}"),
    "save_preset half": (
        save_preset,
        "--workdir={evaluated} --name=ours --output={out} --half=true",
    ),
    **{f"lift {s}": (lift, LIFT + f".{s}") for s in ("npz", "json", "csv", "bvh")},
    "lift view": (lift, LIFT + ".npz --view={out}/v.html"),
    **{
        f"lift {s}": (lift, LIFT + ".npz --picture={out}/p." + s)
        for s in ("png", "gif", "mp4")
    },
    "replay": (
        replay,
        "--model={run} --keypoints={keypoints} --layout=human36m_17 "
        "--image_size=640x480 --seconds=0.1 --output={out}/r.json",
    ),
}


def run(name, places, out):
    """Runs a command; returns its exit code."""
    _running.append(name)
    module, arguments = COMMANDS[name]
    arguments = arguments.format(**places, out=out)
    try:
        run_command(module, *arguments.split())
    except SystemExit as stop:
        return stop.code
    return 0


def sizes(folder) -> dict:
    """The bytes of all files below a folder."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow)
        for name in COMMANDS
    ],
)
def test_each_command_at_each_byte_that_matters(
    name, places, tmp_path, monkeypatch, capsys
):
    whole = tmp_path / "whole"
    assert run(name, places, whole) == 0, capsys.readouterr().err
    found = sizes(whole)
    assert found
    limits = {0, max(found.values()) // 2}
    if name not in MEASURED:
        limits |= {size - 1 for size in found.values()}
    for limit in sorted(limits):
        out = tmp_path / f"out{limit}"
        with monkeypatch.context() as patch:
            full_disk.where_results_grow(patch, limit)
            code = run(name, places, out)
        said = capsys.readouterr().err
        last = said.splitlines()[-1]
        left = sizes(out)
        assert "Traceback" not in said
        assert code == 1 and last.startswith("error: "), (limit, said, left)
        named = [file for file in found if f"{out}/{file}" in last]
        named += [file for file in found if f"{(out / file).parent}: " in last]
        assert any(text in last for text in FULL) and named, (limit, last)
        # Files that a command wrote before are whole.
        assert all(found[file] == size for file, size in left.items()), left
        assert not list(out.rglob(".*")) and len(left) < len(found)


def train_to(data, out):
    """Trains a little; returns the exit code."""
    small = "--architecture=martinez --blocks=1 --epochs=2 --steps_per_epoch=1"
    try:
        run_command(train, f"--data={data}", f"--workdir={out}", *small.split())
    except SystemExit as stop:
        return stop.code
    return 0


def plain(found):
    """What a training always writes: event files are named after time and process."""
    return {name for name in found if not name.startswith("tensorboard")}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Even though the .*run_functions_eagerly")
def test_a_training_at_each_byte_that_matters_goes_on_when_there_is_room(
    tiny_data, tmp_path, capsys
):
    with eagerly():
        _train_at_each_byte(tiny_data, tmp_path, capsys)


def _train_at_each_byte(tiny_data, tmp_path, capsys):
    assert train_to(tiny_data, tmp_path / "whole") == 0
    found = sizes(tmp_path / "whole")
    history = (tmp_path / "whole" / "history.csv").read_text()
    met = ("config.json", "tensorboard/validation", ".index", ".data", "model.keras")
    limits = {
        max(size for name, size in found.items() if part in name) - 1 for part in met
    }
    for limit in sorted(limits):
        out = tmp_path / f"out{limit}"
        capsys.readouterr()
        with full_disk.files_of(limit):
            code = train_to(tiny_data, out)
        said = capsys.readouterr().err
        last = said.splitlines()[-1]
        assert code == 1 and "Traceback" not in said
        assert last.startswith(f"error: {out}/") and "File too large" in last, last
        left = sizes(out)
        assert plain(left) < plain(found)
        assert left.get("config.json") in (None, found["config.json"])
        assert train_to(tiny_data, out) == 0
        assert plain(sizes(out)) == plain(found)
        assert (out / "history.csv").read_text() == history
        entries = [path.name for path in out.rglob("*") if path.is_dir()]
        assert sorted(entries) == ["checkpoints", "tensorboard", "train", "validation"]


@pytest.mark.slow
@pytest.mark.parametrize("name", list(COMMANDS))
def test_each_command_on_a_file_system_without_room(name, places, tmp_path, capsys):
    whole = tmp_path / "whole"
    assert run(name, places, whole) == 0
    pages = sum(-(-size // 4096) for size in sizes(whole).values())
    for room in sorted({pages // 2, pages - 1} - {0}):
        capsys.readouterr()
        with full_disk.mounted(tmp_path / "disk", 4096 * room) as disk:
            code = run(name, places, disk / "out")
            left = list(disk.rglob("*"))
        said = capsys.readouterr().err
        last = said.splitlines()[-1]
        assert code == 1 and last.startswith("error: ") and str(disk) in last
        assert "No space left on device" in last and "Traceback" not in said
        assert not [path for path in left if path.name.startswith(".")]
