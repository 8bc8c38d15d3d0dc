"""Which stack the tests run on."""

import pytest
import tensorflow as tf

KERAS_2 = tf.__version__.startswith("2.15")

multi_worker = pytest.mark.skipif(
    not KERAS_2, reason="Keras 3's fit fails under MultiWorkerMirroredStrategy"
)
