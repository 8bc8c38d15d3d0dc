"""Times contestants in turns, so that a slow minute hits all alike."""

from __future__ import annotations

import dataclasses
import math
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Contestant:
    """Something to time.

    Attributes:
        name: unique in its contest.
        run: does the work once and returns when it is done.
        prepare: called before the contestant's turn, untimed.
    """

    name: str
    run: Callable[[], object]
    prepare: Callable[[], object] | None = None


@dataclasses.dataclass(frozen=True)
class Times:
    """Seconds of each call of one contestant, by round."""

    rounds: tuple[tuple[float, ...], ...]

    @property
    def medians(self) -> list[float]:
        """The median of each round."""
        return [statistics.median(calls) for calls in self.rounds]

    @property
    def median(self) -> float:
        """The median of the rounds' medians."""
        return statistics.median(self.medians)

    def scaled(self, factor: float) -> Times:
        """Returns all times multiplied by a factor, such as one over a number."""
        return Times(tuple(tuple(factor * s for s in calls) for calls in self.rounds))

    def quantile(self, share: float) -> float:
        """A quantile of all calls."""
        return float(np.quantile([s for calls in self.rounds for s in calls], share))


@dataclasses.dataclass(frozen=True)
class Quotient:
    """A quotient of two contestants: median and quartiles over the rounds."""

    median: float
    low: float
    high: float


def hold(
    contestants: Sequence[Contestant],
    rounds: int,
    *,
    least_seconds: float = 0.2,
    calls: int | None = None,
    warm_ups: int = 2,
    pause: float = 0.05,
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Times]:
    """Lets all contestants run in each round: in order, then backwards, and so on.

    Args:
        contestants: in the order of the first round.
        rounds: number of rounds.
        least_seconds: a contestant's turn in a round has as many calls as are
            expected to last this long. Turns of several calls begin with one more,
            untimed, which warms the caches again.
        calls: calls of a turn instead, the same for all.
        warm_ups: untimed calls before the first round (compilation, caches), at
            least one.
        pause: seconds between turns; threads that wait in a busy loop give up
            their core within it.
        clock: returns the time in seconds.
        sleep: waits for a number of seconds.
    """
    turns = {}
    for contestant in contestants:
        for _ in range(warm_ups):
            _prepare(contestant)
            seconds = _timed(contestant, clock)
        turns[contestant.name] = calls or max(
            1, math.ceil(least_seconds / max(seconds, 1e-6))
        )
    found = {contestant.name: [] for contestant in contestants}
    for number in range(rounds):
        for contestant in contestants if number % 2 == 0 else contestants[::-1]:
            sleep(pause)
            _prepare(contestant)
            count = turns[contestant.name]
            if count > 1:
                contestant.run()
            found[contestant.name].append(
                tuple(_timed(contestant, clock) for _ in range(count))
            )
    return {name: Times(tuple(times)) for name, times in found.items()}


def quotient(over: Times, under: Times) -> Quotient:
    """Divides the medians of two contestants, round by round."""
    pairs = zip(over.medians, under.medians, strict=True)
    low, median, high = np.quantile([a / b for a, b in pairs], (0.25, 0.5, 0.75))
    return Quotient(float(median), float(low), float(high))


def _prepare(contestant):
    if contestant.prepare is not None:
        contestant.prepare()


def _timed(contestant, clock):
    start = clock()
    contestant.run()
    return clock() - start
