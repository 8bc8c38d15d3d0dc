"""Locks: one process at a time, whoever was killed, whatever its number."""

import contextlib
import errno
import os
import re
import signal

import pytest
from support.endings import own_process

from dgnet_tf.files import locks

BUSY = "here: {holder} works. Wait."
HOLDING = """
import time
from dgnet_tf.files import locks
with locks.holding({folder!r}, "busy"):
    print("ready", flush=True)
    time.sleep(60)
"""


def holding(folder, **options):
    return locks.holding(folder, BUSY, **options)


def test_one_holds_a_folder_at_a_time_and_the_other_hears_who(tmp_path):
    folder = tmp_path / "new" / "run"
    with holding(folder) as locked:
        assert locked
        with pytest.raises(locks.Held) as refused, holding(folder):
            pytest.fail("held twice")
        host = r"[\w.-]+"
        told = rf"process {os.getpid()} on {host} since \d{{4}}-[-\d: ]{{14}} UTC"
        assert re.fullmatch(rf"here: {told} works\. Wait\.", str(refused.value))
    with holding(folder):
        pass
    # Nothing was written into it, so nothing stays.
    assert not list(tmp_path.iterdir())


def test_what_was_written_stays_and_the_lock_does_not(tmp_path):
    with holding(tmp_path / "run"):
        (tmp_path / "run" / "result").touch()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["result"]


def test_a_folder_that_was_there_stays_even_if_empty(tmp_path):
    with pytest.raises(KeyError), holding(tmp_path):
        raise KeyError
    assert tmp_path.is_dir() and not list(tmp_path.iterdir())


def test_the_lock_of_a_process_that_was_killed_holds_nobody_up(tmp_path):
    body = HOLDING.format(folder=str(tmp_path))
    process = own_process.start(own_process.command(body))
    assert process.stdout.readline() == "ready\n"
    with pytest.raises(locks.Held, match=f"process {process.pid} on"):
        with holding(tmp_path):
            pass
    process.kill()
    process.communicate()
    assert (tmp_path / locks.FILE).exists()
    with holding(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_a_holder_that_is_terminated_takes_its_lock_along(tmp_path):
    body = HOLDING.format(folder=str(tmp_path))
    process = own_process.start(own_process.command(body))
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[1] == "error: terminated\n"
    assert not list(tmp_path.iterdir())


def test_one_may_wait_for_the_other(tmp_path):
    body = HOLDING.format(folder=str(tmp_path)).replace("sleep(60)", "sleep(0.3)")
    process = own_process.start(own_process.command(body))
    process.stdout.readline()
    with holding(tmp_path, seconds=30.0):
        assert process.communicate(timeout=30)[1] == ""


@pytest.mark.parametrize(
    "said", [b"", b"\xff\x00", b"error: mine\n" * 99, b"process 1"]
)
def test_a_lock_that_does_not_say_whose_it_is_is_anothers(tmp_path, said):
    with holding(tmp_path):
        (tmp_path / locks.FILE).write_bytes(said)
        with pytest.raises(locks.Held, match="here: another process works. Wait."):
            with holding(tmp_path):
                pass


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path):
    target = tmp_path / "precious"
    target.write_text("mine")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / locks.FILE).symlink_to(target)
    with pytest.raises(OSError), holding(tmp_path / "run"):
        pass
    assert target.read_text() == "mine"


def test_a_file_or_a_dead_link_in_the_folders_place_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link"):
        with pytest.raises(OSError), holding(tmp_path / name / "run"):
            pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL])
def test_without_locks_a_warning_says_so_and_the_work_goes_on(
    tmp_path, monkeypatch, capsys, number
):
    def refuse(*arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(locks.fcntl, "flock", refuse)
    with holding(tmp_path) as locked, holding(tmp_path, quiet=True):
        assert not locked and not list(tmp_path.iterdir())
    said = capsys.readouterr().err
    assert said.startswith(f"warning: {tmp_path}: lies on a file system without locks.")
    assert len(said.splitlines()) == 1


def test_many_that_come_and_go_never_hold_it_together(tmp_path):
    """The file and its folder come and go with each of them."""
    body = f"""
import os, pathlib
from dgnet_tf.files import locks
for i in range(60):
    with locks.holding({str(tmp_path / "run")!r}, "busy", seconds=60.0):
        alone = pathlib.Path({str(tmp_path / "alone")!r})
        os.close(os.open(alone, os.O_CREAT | os.O_EXCL))
        alone.unlink()
"""
    with contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(own_process.start(own_process.command(body)))
            for _ in range(4)
        ]
        said = [process.communicate(timeout=60)[1] for process in processes]
    assert said == [""] * 4 and [process.returncode for process in processes] == [0] * 4
    assert not list(tmp_path.glob("*/*"))
