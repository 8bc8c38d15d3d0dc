"""Simulated detector errors: noise, outliers, and the spells that these come in."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

OUTLIERS_LAST = 0.5  # seconds at most
# From one frame to the next: what a detector takes for the joint moves slowly.
_OUTLIER_CORRELATION = 0.9


def draw(
    frames: int,
    joints: int,
    fps: float,
    *,
    noise_px: float,
    correlation: float,
    outlier_share: float,
    outlier_px: float,
    seed,
):
    """Draws errors of a detector for consecutive frames.

    Gaussian noise of standard deviation `noise_px`, correlated from one frame to the
    next, to which a share of outliers adds some of `outlier_px`: joints that are taken
    for something else for up to half a second. Returns (L, N, 2) pixels.
    """
    seeds = tf.unstack(tf.random.split(seed, 3))
    found = noise_px * _noise(frames, joints, correlation, seeds[0])
    if outlier_share:
        longest = max(1, round(OUTLIERS_LAST * fps))
        out = spells(frames, joints, outlier_share, longest, seeds[1])
        wide = outlier_px * _noise(frames, joints, _OUTLIER_CORRELATION, seeds[2])
        found += tf.where(out[..., None], wide, 0.0)
    return found


def spells(frames: int, joints: int, share: float, longest: int, seed):
    """Draws the stretches of time in which something is wrong with a joint.

    For each joint, its spells' length is drawn from 1 to `longest` frames; they begin
    anywhere, those that meet are one, and together they last a share of the time, below
    1. Returns (L, N) bool.
    """
    length_seed, begin_seed = tf.unstack(tf.random.split(seed))
    most = longest + 1
    lengths = tf.random.stateless_uniform([joints], length_seed, 1, most, tf.int32)
    # A frame is outside if none of the last `length` frames begins a spell.
    begin = 1.0 - (1.0 - share) ** (1.0 / tf.cast(lengths, tf.float32))  # (N,)
    # Spells that began before the first frame last into it.
    begins = tf.random.stateless_uniform([longest + frames, joints], begin_seed) < begin
    count = tf.cumsum(tf.cast(begins, tf.int32))
    now = tf.range(longest, longest + frames)[:, None]
    flat = (now - lengths) * joints + tf.range(joints)  # (L, N)
    return count[longest:] > tf.gather(tf.reshape(count, [-1]), flat)


def _noise(frames, joints, correlation, seed):
    """(L, N, 2) normal; each frame's is correlated with the one before."""
    white = tf.random.stateless_normal([frames, 2 * joints], seed)
    if correlation:
        white = tf.linalg.matmul(_memory(frames, correlation), white)
    return tf.reshape(white, [frames, joints, 2])


def _memory(frames, correlation):
    """(L, L) what makes x_i = c x_(i-1) + sqrt(1 - c^2) e_i of white noise e."""
    age = np.arange(frames)[:, None] - np.arange(frames)
    weights = np.where(age >= 0, correlation ** np.maximum(age, 0.0), 0.0)
    weights[:, 1:] *= np.sqrt(1.0 - correlation**2)
    return weights.astype(np.float32)
