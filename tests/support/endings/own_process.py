"""Small commands in processes of their own, to be signalled, starved and cut off."""

import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[3]
_COMMAND = """
import sys
from absl import flags
from dgnet_tf import command_line
FLAGS = flags.FlagValues()
def main(values):
{body}
command_line.run(main, FLAGS, "What it does.", sys.argv[:1])
"""


def command(body: str) -> list[str]:
    """Returns a command line whose `main` has these lines."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return [sys.executable, "-c", _COMMAND.format(body=lines)]


def start(arguments, **options) -> subprocess.Popen:
    """Starts a process in the repository's root; its output is text to be read."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    # As a terminal starts it: what runs in the background may ignore Ctrl-C.
    heeding = {"preexec_fn": _heed_signals}
    options = {**pipes, **heeding, "cwd": ROOT, "env": environment, **options}
    return subprocess.Popen(arguments, **options)


def _heed_signals():
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def wait_for(condition, seconds: float = 30.0):
    """Waits until a condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)


def is_running(process: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        status = pathlib.Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def kill(process: int):
    """Kills a process that is not this one's child."""
    os.kill(process, signal.SIGKILL)


def signal_group(process: subprocess.Popen, number: int):
    """Sends a signal to a process; Ctrl-C goes to its children as well."""
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)


def told(folder):
    """Writes a file named after this process, and works on for long."""
    (pathlib.Path(folder) / str(os.getpid())).touch()
    time.sleep(60)
