"""Files and folders that appear whole or not at all."""

import contextlib
import errno

import pytest
from support.endings import full_disk, own_process

from dgnet_tf.files import locks
from dgnet_tf.files.atomic import replacing, write_text


def test_a_file_takes_the_place_of_an_older_one_at_the_end(tmp_path):
    path = tmp_path / "new" / "report.json"
    for text in ("first", "second"):
        with replacing(path) as beside:
            assert beside.suffix == ".json"
            beside.write_text(text)
            assert not path.exists() or path.read_text() == "first"
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_appears_with_all_of_its_files(tmp_path):
    with replacing(tmp_path / "1") as beside:
        beside.mkdir()
        (beside / "a").write_text("a")
        assert not (tmp_path / "1").exists()
    assert [p.name for p in (tmp_path / "1").iterdir()] == ["a"]
    assert list(tmp_path.iterdir()) == [tmp_path / "1"]


@pytest.mark.parametrize("kind", ["file", "folder", "nothing"])
def test_after_an_error_the_old_stays_and_nothing_else(tmp_path, kind):
    path = tmp_path / "poses.npz"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as beside:
        if kind == "file":
            beside.write_text("half")
        elif kind == "folder":
            beside.mkdir()
            (beside / "half").write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_no_file_can_hold_leaves_the_older_one(tmp_path):
    path = tmp_path / "new" / "a.txt"
    write_text(path, "Zoë\n")
    assert path.read_bytes() == "Zoë\n".encode()
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half a pair: \ud800")
    assert path.read_bytes() == "Zoë\n".encode()
    assert list(path.parent.iterdir()) == [path]


def partial(path):
    return path.with_name(f".{path.name}.partial")


WRITING = """
import os, pathlib, time
os.getpid = lambda: 1  # As the first process of each container has it.
from dgnet_tf.files import atomic
with atomic.replacing({path!r}, alone={alone}) as beside:
    beside.mkdir() if {alone} else None
    (beside / "a" if {alone} else beside).write_text("{text}")
    print("ready", flush=True)
    time.sleep({seconds})
print("done", flush=True)
"""


def writer(path, alone, text, seconds):
    body = WRITING.format(path=str(path), alone=alone, text=text, seconds=seconds)
    process = own_process.start(own_process.command(body))
    return process


def test_of_two_processes_of_one_number_one_makes_the_folder(tmp_path):
    path = tmp_path / "out"
    first = writer(path, True, "first", 0.5)
    assert first.stdout.readline() == "ready\n"
    second = writer(path, True, "second", 0)
    said = second.communicate(timeout=30)[1]
    assert second.returncode == 1 and said.startswith(f"error: {path}: process 1 on ")
    assert "writes it. Wait for that to end, or name another." in said
    assert first.communicate(timeout=30)[1] == "" and first.returncode == 0
    assert list(tmp_path.iterdir()) == [path]
    assert (path / "a").read_text() == "first"


def test_of_two_processes_of_one_number_both_write_a_file_in_turn(tmp_path):
    path = tmp_path / "out.json"
    first = writer(path, False, "first", 0.3)
    assert first.stdout.readline() == "ready\n"
    second = writer(path, False, "second", 0)
    for process in (first, second):
        assert process.communicate(timeout=30)[1] == "" and process.returncode == 0
    assert path.read_text() == "second" and list(tmp_path.iterdir()) == [path]


def test_what_a_process_that_was_killed_has_left_is_removed_by_the_next(tmp_path):
    path = tmp_path / "out"
    process = writer(path, True, "half", 60)
    process.stdout.readline()
    process.kill()
    process.communicate()
    assert partial(path).is_dir() and not path.exists()
    with replacing(path, alone=True) as beside:
        assert len(list(partial(path).iterdir())) == 2  # The lock and what is new.
        beside.mkdir()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("dies", ["before", "between", "after"])
def test_a_folder_in_the_place_of_an_older_one_is_the_old_or_the_new(tmp_path, dies):
    path = tmp_path / "weights"
    path.mkdir()
    (path / "old").touch()
    if dies == "between":  # The two moves; a process that is killed undoes none.
        partial(path).mkdir()
        path.rename(partial(path) / "older")
    with contextlib.suppress(KeyboardInterrupt), replacing(path, folder=True) as beside:
        assert (path / "old").exists()
        beside.mkdir()
        (beside / "new").touch()
        if dies == "before":
            raise KeyboardInterrupt
    wanted = "old" if dies == "before" else "new"
    assert [entry.name for entry in path.iterdir()] == [wanted]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_in_the_way_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "out"
    with pytest.raises(OSError, match="not empty: '.*/out'"), replacing(path) as beside:
        beside.mkdir()
        path.mkdir()
        (path / "anothers").touch()
    assert list(tmp_path.iterdir()) == [path]
    assert [entry.name for entry in path.iterdir()] == ["anothers"]


def test_a_folder_of_somebody_elses_in_that_place_is_left_alone(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "mine").touch()
    path = tmp_path / "poses.npz"
    partial(path).symlink_to(precious)
    write_text(path, "poses")
    assert path.read_text() == "poses" and (precious / "mine").exists()
    assert sorted(tmp_path.iterdir()) == sorted([partial(path), path, precious])


def test_without_locks_everybody_writes_for_themselves(tmp_path, monkeypatch, capsys):
    def refuse(*arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", refuse)
    path = tmp_path / "new" / "out"
    with replacing(path) as first, replacing(path) as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first" and list(path.parent.iterdir()) == [path]
    with pytest.raises(KeyError), replacing(tmp_path / "other" / "out"):
        raise KeyError
    assert capsys.readouterr().err == ""
    assert [entry.name for entry in tmp_path.iterdir()] == ["new"]


@pytest.mark.parametrize("most", [0, 9])
def test_a_full_disk_names_the_file_that_was_wanted_and_leaves_the_older(
    tmp_path, most
):
    path = tmp_path / "report.md"
    path.write_text("old")
    with full_disk.files_of(most), pytest.raises(OSError) as error:
        write_text(path, "ten bytes\n")
    assert error.value.filename == str(path) and error.value.errno == errno.EFBIG
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_an_error_about_another_file_keeps_its_name(tmp_path):
    with pytest.raises(FileNotFoundError) as error, replacing(tmp_path / "out"):
        open(tmp_path / "source")
    assert error.value.filename == str(tmp_path / "source")


def test_names_of_any_length_that_fit_with_the_folder_beside(tmp_path):
    write_text(tmp_path / ("x" * 240), "text")
    with pytest.raises(OSError, match="File name too long: '.*xx'"):
        write_text(tmp_path / ("x" * 255), "text")
