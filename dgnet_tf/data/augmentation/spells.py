"""Spells: stretches of time in which something is wrong with a joint."""

from __future__ import annotations

import tensorflow as tf


def draw(frames: int, joints: int, share: float, longest: int, seed):
    """Draws when each joint is in a spell.

    For each joint, its spells' length is drawn from 1 to `longest` frames; they begin
    anywhere, and those that meet are one.

    Args:
        frames: L.
        joints: N.
        share: of the time in spells, below 1.
        longest: frames.
        seed: (2,) integers.

    Returns:
        (L, N) bool.
    """
    length_seed, begin_seed = tf.unstack(tf.random.split(seed))
    lengths = tf.random.stateless_uniform(
        [joints], length_seed, 1, longest + 1, tf.int32
    )
    # A frame is outside if none of the last `length` frames begins a spell.
    begin = 1.0 - (1.0 - share) ** (1.0 / tf.cast(lengths, tf.float32))  # (N,)
    # Spells that began before the first frame last into it.
    begins = tf.random.stateless_uniform([longest + frames, joints], begin_seed) < begin
    count = tf.cumsum(tf.cast(begins, tf.int32))
    now = tf.range(longest, longest + frames)[:, None]
    flat = (now - lengths) * joints + tf.range(joints)  # (L, N)
    return count[longest:] > tf.gather(tf.reshape(count, [-1]), flat)
