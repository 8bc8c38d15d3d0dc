"""Which stack the tests run on."""

import pytest
import tensorflow as tf

KERAS_2 = tf.__version__.startswith("2.15")


def multi_worker(test):
    """Marks a test that the default stack skips: the addons stack has to run it."""
    reason = "Keras 3's fit fails under MultiWorkerMirroredStrategy"
    return pytest.mark.addons(pytest.mark.skipif(not KERAS_2, reason=reason)(test))
