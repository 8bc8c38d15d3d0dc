"""What bars show, of rate and time left, on a terminal and in a log."""

import io
import os
import re
import subprocess
import sys
import types

import pytest
import tqdm
from absl import flags

from dgnet_tf import command_line
from dgnet_tf.command_line import progress


class Stream(io.StringIO):
    """Standard error, of a terminal or not."""

    def __init__(self, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    @property
    def states(self):
        """What was shown, one after another."""
        return re.split(r"[\r\n]+", self.getvalue().strip())


@pytest.fixture
def clock(monkeypatch):
    """A clock in the place of tqdm's: a list of one number of seconds."""
    now = [1000.0]
    monkeypatch.setattr(tqdm.std, "time", lambda: now[0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def standard_error(monkeypatch, terminal):
    stream = Stream(terminal)
    # Not sys.stderr itself, which pytest sets anew before each test.
    monkeypatch.setattr(progress, "sys", types.SimpleNamespace(stderr=stream))
    return stream


@pytest.fixture
def terminal(monkeypatch):
    return standard_error(monkeypatch, True)


@pytest.fixture
def log(monkeypatch):
    return standard_error(monkeypatch, False)


def work(clock, total, seconds, first=0.0, **options):
    """Does `total` units; the first one takes longer."""
    with progress.Bar("work", total, "unit", shown=True, **options) as bar:
        clock[0] += first
        for _ in range(total - bar.n):
            clock[0] += seconds
            bar.update()
            yield bar


def test_time_left_is_that_of_the_units_after_the_first(clock, terminal):
    for bar in work(clock, 100, 2.0, first=60.0):
        if bar.n == 1:
            assert "1/100 [01:02<?, ?unit/s]" in str(bar)
        if bar.n == 50:
            # 49 units in 98 s, 50 more to come; 160 s with the first one's 62.
            assert "50/100 [02:40<01:40,  2.00s/unit]" in str(bar)
    assert terminal.states[-1].endswith("100/100 [04:20<00:00,  2.00s/unit]")


def test_what_was_done_before_does_not_count_in_the_rate(clock, terminal):
    for bar in work(clock, 100, 0.5, initial=60):
        if bar.n == 81:
            assert "81/100 [00:10<00:09,  2.00unit/s]" in str(bar)


def test_in_a_log_stands_a_line_now_and_then(clock, log):
    list(work(clock, 100, 1.0))
    lines = log.getvalue().splitlines()
    assert lines == [
        "work: 30 %, 30 of 100 [00:30<01:10,  1.00unit/s]",
        "work: 60 %, 60 of 100 [01:00<00:40,  1.00unit/s]",
        "work: 90 %, 90 of 100 [01:30<00:10,  1.00unit/s]",
        "work: 100 %, 100 of 100 [01:40<00:00,  1.00unit/s]",
    ]


@pytest.mark.parametrize("seconds,left", [(4.0, ""), (6.0, "100%")])
def test_of_short_work_nothing_stays_on_a_terminal(clock, terminal, seconds, left):
    list(work(clock, 2, seconds / 2))
    assert "0/2" in terminal.states[0]
    # The last state is blank, or the end of the bar.
    last = terminal.getvalue().rstrip("\r\n").split("\r")[-1]
    assert left in last and (left or not last.strip())


def test_of_short_work_nothing_stands_in_a_log(clock, log):
    list(work(clock, 20, 1.0))
    assert log.getvalue() == ""


def test_bars_are_for_commands_unless_asked_for(terminal):
    assert list(progress.each("ab", "work", 2, "unit")) == ["a", "b"]
    assert terminal.getvalue() == ""
    with progress.shown():
        list(progress.each("ab", "work", 2, "unit"))
    assert "0/2" in terminal.getvalue()


@pytest.mark.parametrize("environment,shown", [({}, True), ({"TQDM_DISABLE": "1"}, 0)])
def test_an_environment_variable_switches_them_off(environment, shown):
    script = (
        "import sys\nsys.stderr.isatty = lambda: True\n"
        "from dgnet_tf.command_line import progress\n"
        "list(progress.each('ab', 'work', 2, 'unit', shown=True))\n"
    )
    environment = {**os.environ, **environment}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stdout == ""
    assert ("0/2" in done.stderr) == bool(shown)


def test_functions_far_below_count_on_the_bar_of_their_caller(clock, terminal):
    sizes = {"a": 10, "b": 30}

    def lift(name):
        clock[0] += sizes[name] / 4
        progress.advance(4, "frame")
        progress.advance(100, "step")  # Is nobody's here.

    items = progress.each(
        sizes, "lift", 40, "frame", size=sizes.__getitem__, shown=True
    )
    seen = []
    for name in items:
        lift(name)
        seen.append(progress._bar.get().n)
    assert seen == [4, 14]  # 10 and 4 more.
    # 36 in the 7.5 s after the first 4.
    assert terminal.states[-1].endswith("40/40 [00:10<00:00,  4.80frame/s]")
    progress.advance(4, "frame")  # No bar is open: nothing to count on.


def test_steps_without_a_number_are_told_when_they_begin(clock, terminal):
    with progress.Bar("export", None, shown=True):
        progress.doing("load")
        clock[0] += 3
        progress.doing("trace")
        clock[0] += 4
    states = [state.strip() for state in terminal.states]
    assert states[1:] == ["export: load [00:00]", "export: trace [00:03]"] + [
        "export: trace [00:07]"
    ]


def test_a_log_tells_of_steps_as_rarely(clock, log):
    with progress.Bar("export", None, shown=True):
        for step in "abcdef":
            progress.doing(step)
            clock[0] += 20
    assert log.getvalue().splitlines() == [
        "export: c [00:40]",
        "export: e [01:20]",
        "export: f [02:00]",
    ]


def test_bars_of_several_jobs_tell_how_long_all_take(clock):
    jobs, titles = progress.Jobs("units", 4), []
    for seconds in (0.5, 10.0, 30.0, 10.0):  # The first was done before.
        with jobs.job():
            with progress.Bar("train", 9, "step") as bar:
                titles.append(bar.title)
                clock[0] += seconds
    assert titles == [
        "units 1/4, train",
        "units 2/4, train",
        "units 3/4 (about 00:20 left), train",
        "units 4/4 (about 00:20 left), train",
    ]
    assert progress.Bar("train", 9, "step").title == "train"


def test_others_share_the_work_of_jobs_that_are_not_timed(clock):
    jobs = progress.Jobs("trial", None, timed=False)
    for _ in range(3):
        with jobs.job():
            clock[0] += 60
    assert str(jobs) == "trial 3"
    jobs = progress.Jobs("units", 8, timed=False)
    with jobs.job(5):
        clock[0] += 60
    assert str(jobs) == "units 5/8"


@pytest.mark.parametrize("seconds", [1.0, 20.0])
def test_an_error_is_the_last_line(clock, monkeypatch, seconds):
    terminal = Stream(True)
    monkeypatch.setattr("sys.stderr", terminal)

    def main(values):
        for _ in progress.each(range(9), "work", 9, "unit"):
            clock[0] += seconds
            if clock[0] > 1000 + 2 * seconds:
                command_line._fail("no more")

    with pytest.raises(SystemExit):
        command_line.run(main, flags.FlagValues(), "Doc.", ["command"])
    assert terminal.getvalue().endswith("error: no more\n")
    assert terminal.states[-1] == "error: no more"
    assert not list(tqdm.tqdm._instances)
