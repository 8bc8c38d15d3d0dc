"""Marks of tests: by the stack that they need, and by how long they take."""

import pytest
import tensorflow as tf

KERAS_2 = not hasattr(tf.keras, "ops")


def multi_worker(test):
    """Marks a test that the default stack skips: the addons stack has to run it."""
    reason = "Keras 3's fit fails under MultiWorkerMirroredStrategy"
    return pytest.mark.addons(pytest.mark.skipif(not KERAS_2, reason=reason)(test))


def slow_but(quick, values) -> list:
    """Returns values for `parametrize`, all slow but the one that is named."""
    return [
        value if value == quick else pytest.param(value, marks=pytest.mark.slow)
        for value in values
    ]
