"""What every test starts from: the same seeds and float32."""

import os

# Before TensorFlow and matplotlib are imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402

keras = tf.keras


@pytest.fixture(autouse=True)
def fresh_keras():
    """Seeds Python, NumPy and TensorFlow; afterwards restores the dtype policy."""
    # No clear_session: with TensorFlow 2.21 it can crash the process where it clears
    # the kernel cache, and it costs a quarter of a second.
    keras.utils.set_random_seed(0)
    yield
    keras.mixed_precision.set_global_policy("float32")
