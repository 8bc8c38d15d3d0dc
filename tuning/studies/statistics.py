"""Statistics of a few seeds: spread, tests, the seeds needed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

_MOST = 1000


def spread(values: Sequence[float]) -> float | None:
    """Returns the sample standard deviation; None below two values."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else None


def pooled_spread(rows: Sequence[Sequence[float]]) -> tuple[float, int] | None:
    """Returns the standard deviation within rows, and its degrees of freedom.

    Args:
        rows: each row's values, one for each seed.

    Returns:
        None where no row has two values.
    """
    rows = [row for row in rows if row]
    freedom = sum(len(row) - 1 for row in rows)
    if not freedom:
        return None
    squares = sum(float(np.sum((np.array(row) - np.mean(row)) ** 2)) for row in rows)
    return math.sqrt(squares / freedom), freedom


def upper_spread(deviation: float, freedom: int, confidence: float = 0.95) -> float:
    """Returns the one-sided upper confidence bound of a standard deviation."""
    low = stats.chi2.ppf(1 - confidence, freedom)
    return deviation * math.sqrt(freedom / low)


def seeds_needed(
    difference: float, deviation: float, level: float = 0.05, power: float = 0.8
) -> int | None:
    """Returns the seeds that each of two rows needs to be told apart.

    A two-sided t-test of two equally large samples at `level` finds a true
    difference with probability `power`.

    Args:
        difference: of the rows' means.
        deviation: standard deviation within a row.
        level: probability to find a difference where there is none.
        power: probability to find this one.

    Returns:
        At least 2; None if more than 1,000 are needed.
    """
    difference = abs(difference)
    if deviation == 0:
        return 2 if difference else None
    for seeds in range(2, _MOST + 1):
        freedom = 2 * seeds - 2
        shift = difference / (deviation * math.sqrt(2 / seeds))
        critical = stats.t.ppf(1 - level / 2, freedom)
        # The other tail, a difference found with the wrong sign, is left out.
        if stats.nct.sf(critical, freedom, shift) >= power:
            return seeds
    return None


def agreement(published, ours) -> tuple[float, float] | None:
    """Returns Kendall's tau-b of two orderings and its p-value; None if undefined.

    Args:
        published: the paper's figures.
        ours: the same rows'.
    """
    if len(published) < 2 or len(set(published)) < 2 or len(set(ours)) < 2:
        return None
    found = stats.kendalltau(published, ours)
    return float(found.statistic), float(found.pvalue)


def difference_p(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Returns the p-value of Welch's t-test; None below two values each."""
    if min(len(first), len(second)) < 2 or (np.ptp(first) == 0 and np.ptp(second) == 0):
        return None
    return float(stats.ttest_ind(first, second, equal_var=False).pvalue)
