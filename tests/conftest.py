"""What every test starts from: the same seeds, float32 and a fresh Keras session."""

import os

# Before TensorFlow and matplotlib are imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")

import inspect  # noqa: E402

import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402

keras = tf.keras

# Keras 3 collects garbage unless told not to: a quarter of a second for each test.
_CLEAR = inspect.signature(keras.backend.clear_session).parameters
_QUICKLY = {"free_memory": False} if "free_memory" in _CLEAR else {}


@pytest.fixture(autouse=True)
def fresh_keras():
    """Seeds Python, NumPy and TensorFlow; afterwards resets what Keras keeps."""
    keras.utils.set_random_seed(0)
    yield
    keras.backend.clear_session(**_QUICKLY)
    keras.mixed_precision.set_global_policy("float32")
