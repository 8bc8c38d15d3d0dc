"""Many inputs: done ones are left alone, and one that fails stops no other."""

import functools
import os

import pytest

from dgnet_tf.errors import UserError
from dgnet_tf.files import atomic
from dgnet_tf.jobs import inputs, records, run


def work(output, one, show):
    """Copies an input, unless it says otherwise."""
    text = one.path.read_text()
    if text.startswith("bad"):
        raise UserError(f"{one.path}: is bad")
    if text.startswith("bug"):
        raise TypeError("a bug")
    if text.startswith("die"):
        os._exit(9)
    if text.startswith("fatal"):
        raise run.Fatal("no model")
    results = [output / f"{one.name}{end}" for end in (".npz", "-2.npz")]
    for path in results[: int(text)]:
        atomic.write_text(path, text)
        with open(output / "log", "a") as file:
            file.write(f"{path.name}\n")
    show(f"{text} results")
    return results[: int(text)]


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in "abc":
        (source / f"{name}.npy").write_text("1")
    return source


def go(folder, workers=1, settings="0" * 64):
    """Runs; the lines for people, the results that were written, and the error."""
    output = folder.parent / "out"
    done = functools.partial(work, output)
    found = inputs.keypoints(str(folder), output)
    tasks = [run.Task(one, done, output, settings, (".npz",)) for one in found]
    lines, error = [], None
    try:
        run.run(tasks, workers, lines.append)
    except UserError as found:
        error = str(found)
    log = output / "log"
    written = log.read_text().split() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines, sorted(written), error


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_all_are_lifted_once(folder, workers):
    lines, written, error = go(folder, workers)
    assert written == ["a.npz", "b.npz", "c.npz"] and error is None
    assert sorted(lines[:3]) == ["a: 1 results", "b: 1 results", "c: 1 results"]
    assert lines[3] == "Lifted 3 of 3 inputs."
    lines, written, error = go(folder, workers)
    assert (lines, written) == (["3 of 3 inputs are done already."], [])


def test_what_changed_is_lifted_again(folder):
    go(folder)
    (folder / "b.npy").write_text("2")
    _, written, _ = go(folder)
    assert written == ["b-2.npz", "b.npz"]
    (folder.parent / "out" / "c.npz").write_text("cut")
    assert go(folder)[1] == ["c.npz"]
    (folder.parent / "out" / "a.npz").unlink()
    assert go(folder)[1] == ["a.npz"]
    assert len(go(folder, settings="1" * 64)[1]) == 4
    assert go(folder, settings="1" * 64)[1] == []


def test_results_that_are_no_more_made_are_removed(folder):
    (folder / "b.npy").write_text("2")
    go(folder)
    assert (folder.parent / "out" / "b-2.npz").exists()
    (folder / "b.npy").write_text("1")
    go(folder)
    assert not (folder.parent / "out" / "b-2.npz").exists()
    assert (folder.parent / "out" / "b.npz").exists()


def test_what_fails_is_named_and_the_others_go_on(folder, capfd):
    (folder / "a.npy").write_text("bad")
    (folder / "b.npy").write_text("bug")
    lines, written, error = go(folder)
    assert written == ["c.npz"]
    assert f"a: failed: {folder / 'a.npy'}: is bad" in lines
    assert "b: failed: TypeError: a bug" in lines
    assert "Traceback" in capfd.readouterr().err
    assert error.startswith("2 of 3 inputs could not be lifted: a, b.")
    (folder / "a.npy").write_text("1")
    (folder / "b.npy").write_text("1")
    assert go(folder)[1:] == (["a.npz", "b.npz"], None)


def test_one_that_kills_its_process_is_named(folder):
    (folder / "b.npy").write_text("die")
    lines, written, error = go(folder, 2)
    assert set(written) == {"a.npz", "c.npz"}
    assert any(line.startswith("b: failed: its process ended") for line in lines)
    assert error.startswith("1 of 3 inputs could not be lifted: b.")


def test_what_would_fail_for_all_ends_at_once(folder):
    (folder / "a.npy").write_text("fatal")
    assert go(folder)[1:] == ([], "no model")


def test_formats_are_done_one_by_one(folder):
    output, settings = folder.parent / "out", "0" * 64
    (one, *_) = inputs.keypoints(str(folder), output)
    read = records.of_input(one)
    files = {end: output / f"a{end}" for end in (".npz", ".glb")}
    for end, path in files.items():
        atomic.write_text(path, "x")
        records.write(output, one, read, settings, [path])
        assert records.is_done(output, one, settings, [end])
    assert records.is_done(output, one, settings, list(files))
    assert not records.is_done(output, one, settings, [".csv"])
    records.write(output, one, read, "1" * 64, [files[".glb"]])
    assert files[".npz"].exists()
    assert records.is_done(output, one, "1" * 64, [".glb"])
    assert not records.is_done(output, one, "1" * 64, [".npz"])


def test_a_damaged_record_makes_its_input_be_lifted_again(folder):
    go(folder)
    record = folder.parent / "out" / records.FOLDER / "a.json"
    record.write_text("{")
    assert go(folder)[1] == ["a.npz"]
    text = record.read_text().replace("a.npz", "../source/b.npy")
    record.write_text(text)
    assert go(folder)[1] == ["a.npz"]
    assert (folder / "b.npy").exists()


def test_a_change_while_an_input_is_read_is_not_missed(folder):
    output = folder.parent / "out"
    (one, *_) = inputs.keypoints(str(folder), output)

    def slow(one, show):
        results = work(output, one, show)
        one.path.write_text("2")
        return results

    task = run.Task(one, slow, output, "0" * 64, (".npz",))
    run.run([task], 1, print)
    assert not task.is_done


def test_a_models_digest_is_of_what_is_in_it(tmp_path):
    model = tmp_path / "lifter.tflite"
    model.write_bytes(b"one")
    first = records.of_settings({"fps": 25}, str(model))
    os.utime(model, (1, 1))
    assert records.of_settings({"fps": 25}, str(model)) == first
    model.write_bytes(b"two")
    assert records.of_settings({"fps": 25}, str(model)) != first
    assert records.of_settings({"fps": 30}, None) != records.of_settings({}, None)
    version = tmp_path / "export" / "1"
    version.mkdir(parents=True)
    (version / "saved_model.pb").write_bytes(b"one")
    first = records.of_settings({}, str(version.parent))
    (version / "saved_model.pb").write_bytes(b"more")
    assert records.of_settings({}, str(version.parent)) != first


def test_threads_are_shared_between_workers(folder, monkeypatch):
    for name in run._THREADS:
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    monkeypatch.setattr(run.exported_files, "usable_cores", lambda: 8)
    monkeypatch.setattr(run.parallel, "survivors", lambda *_: ())
    go(folder, 3)
    assert {os.environ[name] for name in run._THREADS} == {"2"}
