"""What a few seeds can tell, against simulations and cases by hand."""

import numpy as np
import pytest
from scipy import stats

from tuning.studies import statistics


def test_the_spread_is_the_sample_standard_deviation():
    assert statistics.spread([1.0, 3.0]) == pytest.approx(2**0.5)
    assert statistics.spread([1.0]) is None


def test_pooling_takes_each_row_about_its_own_mean():
    # Squares 2 + 2 over 1 + 1 degrees; a row of one seed adds nothing.
    deviation, freedom = statistics.pooled_spread([[1, 3], [101, 103], [7], []])
    assert (deviation, freedom) == (pytest.approx(2**0.5), 2)
    assert statistics.pooled_spread([[1], [5]]) is None


def test_the_upper_bound_holds_as_often_as_it_says():
    draws = np.random.default_rng(0).normal(size=(5_000, 4)).std(axis=1, ddof=1)
    bounds = [statistics.upper_spread(deviation, 3) for deviation in draws]
    assert np.mean(np.array(bounds) > 1.0) == pytest.approx(0.95, abs=0.012)


def test_so_many_seeds_find_the_difference_four_times_in_five():
    seeds = statistics.seeds_needed(5.0, 3.0)
    rng = np.random.default_rng(0)

    def found(count):
        a, b = rng.normal(0, 3, (2, 20_000, count)) + np.array([0, 5])[:, None, None]
        return np.mean(stats.ttest_ind(a, b, axis=1).pvalue < 0.05)

    assert found(seeds) >= 0.79
    assert found(seeds - 1) < 0.8


def test_small_differences_need_more_seeds_and_none_at_all_cannot_be_told():
    needed = [statistics.seeds_needed(d, 1.0) for d in (8.0, 2.0, 1.0, 0.5)]
    assert needed == sorted(needed) and needed[0] == 2 and needed[-1] > 60
    assert statistics.seeds_needed(-2.0, 1.0) == needed[1]
    assert statistics.seeds_needed(0.01, 1.0) is None
    assert statistics.seeds_needed(0.0, 0.0) is None
    assert statistics.seeds_needed(0.1, 0.0) == 2


def test_agreement_counts_pairs_in_the_same_order():
    # Of six pairs five agree.
    tau, _ = statistics.agreement([1, 2, 3, 4], [10, 20, 40, 30])
    assert tau == pytest.approx((5 - 1) / 6)
    assert statistics.agreement([1, 2], [5, 4])[0] == -1
    assert statistics.agreement([1], [5]) is None
    assert statistics.agreement([1, 2], [5, 5]) is None


def test_two_samples_are_compared_where_each_has_two_values():
    assert statistics.difference_p([1, 2], [5]) is None
    assert statistics.difference_p([1, 1], [2, 2]) is None
    assert statistics.difference_p([1.0, 1.1], [9.0, 9.1]) < 0.01
