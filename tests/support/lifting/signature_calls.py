"""Calls of an export's signatures with made-up keypoints."""

import numpy as np
import tensorflow as tf

from dgnet_tf.exporting import signatures
from dgnet_tf.inference.options import InferenceOptions
from support.lifting.lifting_stand_ins import Config, small_model

SIZE = (1920, 1080)


def of_small_model() -> dict:
    """The signatures of a small network that is computed by hand."""
    return signatures.build(small_model(), InferenceOptions.of(Config()))


def pixels(batch, frames, joints=17, seed=0):
    """Keypoints (batch, frames, joints, 2)."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 1000, (batch, frames, joints, 2)).astype(np.float32)


def sizes(batch):
    """An image size for each video."""
    return np.full((batch, 2), SIZE, np.float32)


def call(function, **inputs):
    """Returns the outputs as arrays."""
    outputs = function(**{name: tf.constant(value) for name, value in inputs.items()})
    return {name: value.numpy() for name, value in outputs.items()}
