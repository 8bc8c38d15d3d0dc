"""Skate and drift, by hand."""

import numpy as np
import pytest

from dgnet_tf import metrics


def test_skate_counts_standing_feet_only():
    # The left foot slides 3 mm a frame, the right one swings.
    feet = np.zeros((5, 2, 3))
    feet[:, 0, 0] = 0.003 * np.arange(5)
    feet[:, 1, 2] = 0.1 * np.arange(5)
    contact = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [1, 0]], bool)
    np.testing.assert_allclose(metrics.skate(feet, contact), [0.003, 0.003])


def test_skate_of_no_contact_is_empty():
    assert metrics.skate(np.zeros((4, 2, 3)), np.zeros((4, 2), bool)).shape == (0,)


@pytest.mark.parametrize("feet", [np.zeros((4, 2, 2)), np.full((4, 2, 3), np.nan)])
def test_skate_refuses(feet):
    with pytest.raises(ValueError, match="`feet`"):
        metrics.skate(feet, np.ones((4, 2), bool))


def test_drift_of_a_scaled_walk():
    # 10 m straight ahead, 2 % too long: 10 cm off after each 5 m, offsets aside.
    target = np.zeros((101, 3))
    target[:, 2] = 0.1 * np.arange(101)
    found = metrics.drift(1.02 * target + [1.0, 2.0, 3.0], target)
    assert 50 <= len(found) <= 51
    np.testing.assert_allclose(found, 0.1, atol=0.0021)


def test_drift_of_a_short_way_is_empty():
    assert metrics.drift(np.zeros((9, 3)), np.zeros((9, 3))).shape == (0,)
