"""Dropout without a generator's state."""

import numpy as np
import pytest

from dgnet_tf.layers import StatelessDropout


def test_by_hand():
    # Half of the numbers are dropped, the others doubled.
    x = np.full((10, 10), 3.0, np.float32)
    y = StatelessDropout(0.5)(x, training=True).numpy()
    assert set(np.unique(y)) == {0.0, 6.0}


def test_dropout_follows_from_seed_and_features():
    x = np.ones((100, 50), np.float32)
    drop = StatelessDropout(0.3, seed=1)
    first = drop(x, training=True).numpy()
    assert set(np.unique(first)) == {np.float32(0.0), np.float32(1.0) / np.float32(0.7)}
    assert np.mean(first == 0) == pytest.approx(0.3, abs=0.03)
    again = StatelessDropout(0.3, seed=1)(x, training=True)
    np.testing.assert_array_equal(again, first)
    for other in (
        StatelessDropout(0.3, seed=2)(x, training=True),
        drop(x + np.float32(1e-4), training=True) / np.float32(1.0001),
    ):
        assert np.mean((other.numpy() == 0) == (first == 0)) < 0.7
    np.testing.assert_array_equal(drop(x, training=False), x)
    with pytest.raises(ValueError, match="`dropout` must be .* below 1, got 1"):
        StatelessDropout(1)
