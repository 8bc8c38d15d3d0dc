"""Signals: one line, the exit code that shells give, and nothing left."""

import signal
import subprocess
import sys
import time

import pytest
from support.endings import own_process

ENDS = [
    (signal.SIGINT, 130, "error: interrupted"),
    (signal.SIGTERM, 143, "error: terminated"),
    (signal.SIGHUP, 129, "error: hung up"),
]
WRITING = """
import pathlib, sys, tempfile, time
from dgnet_tf.files import atomic
folder = pathlib.Path({folder!r})
with tempfile.TemporaryDirectory(dir=folder), atomic.replacing(folder / "new/x") as one:
    one.write_text("half")
    print("ready", flush=True)
    {wait}
"""
SLEEPING = "time.sleep(60)"
# What a library may do with an exception in its midst.
SWALLOWING = """while True:
        try:
            time.sleep(60)
        except BaseException:
            pass"""


@pytest.mark.parametrize("number,code,line", ENDS)
@pytest.mark.parametrize("wait", [SLEEPING, SWALLOWING])
def test_a_signal_ends_a_command_with_one_line_and_leaves_nothing(
    number, code, line, wait, tmp_path
):
    body = WRITING.format(folder=str(tmp_path), wait=wait)
    process = own_process.start(own_process.command(body))
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert process.communicate(timeout=30)[1] == f"{line}\n"
    assert process.returncode == code
    assert not list(tmp_path.iterdir())


def test_native_code_holds_no_signal_up(tmp_path):
    # Compiled code that lets other threads run, and does not ask for signals.
    wait = "import hashlib; hashlib.pbkdf2_hmac('sha256', b'x', b'x', 10**9)"
    body = WRITING.format(folder=str(tmp_path), wait=wait)
    process = own_process.start(own_process.command(body))
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)  # Until it is in there.
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[1] == "error: terminated\n"
    assert process.returncode == 143 and time.monotonic() - begun < 10
    assert not list(tmp_path.iterdir())


def test_the_line_stands_below_a_progress_bar():
    body = "import time, tqdm\nbar = tqdm.tqdm(total=9)\nprint(1, flush=True)\n"
    process = own_process.start(own_process.command(f"{body}{SLEEPING}"))
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[1].splitlines()[-1] == "error: terminated"


def test_a_signal_that_is_ignored_stays_so():
    body = "import os, signal\nos.kill(os.getpid(), signal.SIGHUP)\nprint('goes on')\n"
    process = own_process.start(
        ["/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh", *own_process.command(body)]
    )
    assert process.communicate(timeout=30) == ("goes on\n", "")
    assert process.returncode == 0


@pytest.mark.parametrize("number,code,line", ENDS[:2])
def test_a_command_that_still_imports_ends_with_one_line_as_well(number, code, line):
    # As `python -m` does it, stopped in the first import after `command_line`.
    process = own_process.start(
        [sys.executable, "-X", "importtime", "-m", "preprocessing.convert", "--help"]
    )
    for text in process.stderr:
        if text.rstrip().endswith("dgnet_tf.command_line"):
            process.send_signal(number)
            break
    rest = process.communicate(timeout=30)[1].splitlines()
    assert process.returncode == code
    assert rest[-1] == line and not any("Traceback" in text for text in rest)


def test_handlers_are_put_back_where_a_command_runs_within_another_program():
    script = (
        "import signal\nfrom absl import flags\nfrom dgnet_tf import command_line\n"
        "before = signal.getsignal(signal.SIGTERM)\n"
        "command_line.run(lambda v: None, flags.FlagValues(), 'Doc.', ['x'])\n"
        "assert signal.getsignal(signal.SIGTERM) == before == signal.SIG_DFL\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=own_process.ROOT)
