"""Timing in turns, with clocks that the test winds."""

import pytest

from tuning.comparing import contest


class Clock:
    """A clock that stands still except while contestants run or somebody sleeps."""

    def __init__(self):
        self.now = 0.0
        self.slept = []
        self.order = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def contestant(self, name, *seconds, prepare=None):
        """Its calls last so long in turn, the last value again and again."""
        left = list(seconds)

        def run():
            self.order.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return contest.Contestant(name, run, prepare)


def hold(clock, contestants, rounds, **options):
    return contest.hold(contestants, rounds, clock=clock, sleep=clock.sleep, **options)


def test_the_order_alternates_after_two_calls_to_warm_up():
    clock = Clock()
    contestants = [clock.contestant(name, 1.0) for name in "abc"]
    hold(clock, contestants, 3)
    assert "".join(clock.order) == "aabbcc" + "abc" + "cba" + "abc"


def test_only_the_contestants_own_time_counts():
    clock = Clock()

    def prepare():
        clock.now += 100.0

    contestants = [
        clock.contestant("a", 50.0, 1.0, 2.0, 3.0, 5.0, prepare=prepare),
        clock.contestant("b", 10.0),
    ]
    times = hold(clock, contestants, 3)
    # The first two calls of "a" warmed up.
    assert times["a"].rounds == ((2.0,), (3.0,), (5.0,))
    assert times["a"].median == 3.0
    assert times["b"].medians == [10.0, 10.0, 10.0]
    assert clock.slept == [0.05] * 6


def test_short_calls_are_repeated_until_a_turn_is_long_enough():
    clock = Clock()
    contestants = [clock.contestant("a", 0.0625), clock.contestant("b", 0.5)]
    times = hold(clock, contestants, 1, least_seconds=0.25)
    assert [len(times[name].rounds[0]) for name in "ab"] == [4, 1]
    # Two to warm up; then one more that warms the caches again, untimed.
    assert clock.order.count("a") == 2 + 1 + 4
    assert clock.order.count("b") == 2 + 1


def test_the_number_of_calls_can_be_given():
    clock = Clock()
    times = hold(clock, [clock.contestant("a", 4.0)], 2, calls=3)
    assert [len(calls) for calls in times["a"].rounds] == [3, 3]


def test_quotients_are_taken_round_by_round():
    # The machine is ten times slower in the second round: no quotient notices.
    slow = contest.Times(((4.0,), (40.0, 40.0, 1000.0), (8.0,)))
    fast = contest.Times(((2.0,), (10.0,), (4.0,)))
    found = contest.quotient(slow, fast)
    assert (found.low, found.median, found.high) == (2.0, 2.0, 3.0)


def test_quantiles_are_of_all_calls():
    times = contest.Times(((1.0, 2.0), (3.0, 4.0, 5.0)))
    assert times.quantile(0.5) == 3.0
    assert times.quantile(1.0) == 5.0
    assert times.quantile(0.875) == pytest.approx(4.5)
