"""Poses to measure, and the distance that metrics are made of."""

import math

import numpy as np

TOLERANCE = 1e-9

# A pose with no symmetry, so that no rotation equals a reflection of it.
POSE = np.array(
    [[0, 0, 0], [0.3, 0, 0], [0, 0.5, 0], [0, 0, 0.9], [0.2, 0.4, -0.7]], np.float64
)


def random_poses(*shape, seed=0):
    """Predictions and targets, metres."""
    rng = np.random.default_rng(seed)
    return rng.normal(0.0, 0.3, (*shape, 3)), rng.normal(0.0, 0.3, (*shape, 3))


def distance(a, b):
    """Of two points."""
    return math.sqrt(sum((a[i] - b[i]) ** 2 for i in range(3)))
