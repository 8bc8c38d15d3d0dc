"""Keras' dtype policy, set for a while."""

from __future__ import annotations

import contextlib

import tensorflow as tf

keras = tf.keras


@contextlib.contextmanager
def precision(policy: str):
    """Sets Keras' global dtype policy for a while."""
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        yield
    finally:
        keras.mixed_precision.set_global_policy(before)
