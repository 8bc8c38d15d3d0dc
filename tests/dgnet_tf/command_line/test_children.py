"""Child processes: they end when their parent is terminated, and when it is killed."""

import signal
import subprocess

import pytest
from support.endings import own_process

from dgnet_tf.command_line import children

# A command of ours that starts another one, and a program that is not ours.
PARENT = """
import sys, time
from dgnet_tf.command_line import children
ours = children.start([sys.executable, "-c", {child!r}])
other = children.start(["sleep", "60"])
print(ours.pid, other.pid, flush=True)
time.sleep(60)
"""
POOL = """
import sys, time
from dgnet_tf.command_line import parallel
sys.path.insert(0, "tests")
from support.endings import own_process

from dgnet_tf.command_line import children
for pid in parallel.results(own_process.told, [{folder!r}] * 2, 2):
    pass
"""


def test_children_end_with_a_parent_that_is_terminated():
    child = own_process.command("import time\ntime.sleep(60)")[-1]
    process = own_process.start(own_process.command(PARENT.format(child=child)))
    started = [int(pid) for pid in process.stdout.readline().split()]
    assert all(map(own_process.is_running, started))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert not any(map(own_process.is_running, started))


def test_a_command_of_ours_ends_with_a_parent_that_is_killed():
    child = own_process.command("import time\ntime.sleep(60)")[-1]
    process = own_process.start(own_process.command(PARENT.format(child=child)))
    ours, other = (int(pid) for pid in process.stdout.readline().split())
    process.kill()
    own_process.wait_for(lambda: not own_process.is_running(ours))
    assert not own_process.is_running(ours)
    own_process.kill(other)
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_workers_of_a_pool_end_with_their_parent(number, tmp_path):
    body = POOL.format(folder=str(tmp_path))
    process = own_process.start(own_process.command(body), start_new_session=True)
    own_process.wait_for(lambda: len(list(tmp_path.iterdir())) == 2)
    workers = [int(path.name) for path in tmp_path.iterdir()]
    own_process.signal_group(process, number)
    said = process.communicate(timeout=30)[1]
    for worker in workers:
        own_process.wait_for(lambda worker=worker: not own_process.is_running(worker))
    assert "Traceback" not in said
    if number != signal.SIGKILL:  # Then multiprocessing says what it had to remove.
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("printed", "said", "last"),
    [
        ("found\n", "warning\nerror: no network\n", "error: no network"),
        ("no such package\n", " \n", "no such package"),
        ("", "", "no reason given"),
        (None, None, "no reason given"),
    ],
)
def test_the_last_words_of_a_process_are_its_last_line(printed, said, last):
    run = subprocess.CompletedProcess(["x"], 1, printed, said)
    assert children.last_words(run) == last
