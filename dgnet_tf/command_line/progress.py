"""Progress of long work: a bar on a terminal, a line now and then in a log.

It goes to standard error. Of work that takes a few seconds nothing stays. tqdm's
environment variable, `TQDM_DISABLE=1`, switches it off.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import tqdm

# Seconds: a bar of shorter work disappears; between two looks of a bar, and two lines
# of a log, the first of which comes as late.
_SHORT, _REFRESH, _LOG_EVERY = 5.0, 0.5, 30.0
_IN_A_LOG = (
    "{desc}: {percentage:.0f} %, {n_fmt} of {total_fmt} [{elapsed}<{remaining}, "
    "{rate_fmt}{postfix}]"
)
_WITHOUT_TOTAL = "{desc} [{elapsed}]"
_JOB = 1.0  # Seconds: a job that is done sooner was done before.

_bar = contextvars.ContextVar("bar", default=None)
_place = contextvars.ContextVar("place", default="")
_commands = []  # That are running in this process.


class Bar(tqdm.tqdm):
    """A tqdm bar that tells of the rate and the time left.

    The rate is that of all work after the first unit, whose time also goes into what
    comes once: tracing, compiling, starting processes.

    Args:
        title: of the work, one word or two.
        total: units in all; None where they are not counted.
        unit: what is counted, in the singular.
        initial: units that were done before.
        shown: by default where a command runs, and not to those who call a function
            of the package; True or False for always or never.
    """

    monitor_interval = 0  # No thread.

    def __init__(
        self,
        title: str,
        total: int | None,
        unit: str = "",
        *,
        initial: int = 0,
        shown: bool | None = None,
    ):
        self._first, self.title = None, _place.get() + title
        self.unit = unit  # Also where tqdm is switched off.
        self.in_a_line = sys.stderr.isatty()
        if self.in_a_line:
            options = {"file": sys.stderr, "mininterval": _REFRESH}
            options |= {"dynamic_ncols": True}
        else:
            options = {"file": _Lines(sys.stderr), "bar_format": _IN_A_LOG}
            options |= {"mininterval": _LOG_EVERY, "delay": _LOG_EVERY}
        if total is None:
            options["bar_format"] = _WITHOUT_TOTAL
        if not (bool(_commands) if shown is None else shown):
            options["disable"] = True  # Else the environment decides.
        super().__init__(
            desc=self.title,
            total=total,
            unit=unit,
            initial=initial,
            miniters=1,
            smoothing=0,
            **options,
        )

    def update(self, n=1):
        """Counts `n` units as done."""
        shown = super().update(n)
        if not self.disable and self._first is None and self.n > self.initial:
            self._first = self.n, self._time()
        return shown

    def close(self):
        """Leaves the last state of long work, and nothing of short."""
        if not self.disable:
            self.leave = self._time() - self.start_t >= _SHORT
        super().close()

    @property
    def format_dict(self):
        """What the bar is made from; see tqdm."""
        found, rate = super().format_dict, 0.0
        if self._first is not None:
            done, since = self._first
            seconds = self._time() - since
            rate = (self.n - done) / seconds if seconds > 0 else 0.0
        return {**found, "rate": rate}

    def __enter__(self):
        """Takes what `advance` and `doing` tell in the block."""
        self._outer = _bar.set(self)
        return super().__enter__()

    def __exit__(self, *error):
        """Closes the bar."""
        _bar.reset(self._outer)
        return super().__exit__(*error)


class _Lines:
    """A stream that is no terminal: each state of a bar becomes a line."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        if text := text.strip():
            self.stream.write(f"{text}\n")

    def flush(self):
        self.stream.flush()


def each(
    items: Iterable,
    title: str,
    total: int,
    unit: str,
    *,
    size: Callable[[Any], int] = lambda item: 1,
    **options,
) -> Iterator:
    """Yields the items with a `Bar`; `size` gives the units of each."""
    with Bar(title, total, unit, **options) as bar:
        for item in items:
            begun = bar.n
            yield item
            bar.update(size(item) - (bar.n - begun))  # Others told by `advance`.


def advance(count: int, unit: str):
    """Counts units as done on the bar that a caller has opened for them, if any."""
    bar = _bar.get()
    if bar is not None and bar.unit == unit:
        bar.update(count)


def doing(what: str):
    """Tells on the bar that a caller has opened what is being done now."""
    bar = _bar.get()
    if bar is not None and bar.total is None and not bar.disable:
        bar.set_description_str(f"{bar.title}: {what}", refresh=False)
        if bar.in_a_line or bar._time() - bar.last_print_t >= _LOG_EVERY:
            bar.refresh()
            bar.last_print_t = bar._time()


class Jobs:
    """Tells on the bars of several long jobs which one it is, and how long all take.

    Args:
        title: of them all.
        total: their number; None where it is not known.
        timed: whether this process does them all, so that its own time tells how long
            the rest takes.
    """

    def __init__(self, title: str, total: int | None, *, timed: bool = True):
        self.title, self.total, self.timed = title, total, timed
        self.number, self._seconds = 0, []

    @contextlib.contextmanager
    def job(self, number: int | None = None) -> Iterator[None]:
        """Marks the bars of the block with the job's number, by default the next."""
        self.number = self.number + 1 if number is None else number
        outer, begun = _place.set(f"{_place.get()}{self}, "), time.monotonic()
        try:
            yield
        finally:
            _place.reset(outer)
            seconds = time.monotonic() - begun
            if seconds >= _JOB:
                self._seconds.append(seconds)

    def __str__(self):
        """Returns such as "units 4/12 (about 1:20:00 left)"."""
        if self.total is None:
            return f"{self.title} {self.number}"
        text = f"{self.title} {self.number}/{self.total}"
        if not self._seconds or not self.timed:
            return text
        mean = sum(self._seconds) / len(self._seconds)
        left = tqdm.tqdm.format_interval(mean * (self.total - self.number + 1))
        return f"{text} (about {left} left)"


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Shows the bars of the block, as a command does."""
    _commands.append(None)
    try:
        yield
    finally:
        _commands.pop()
