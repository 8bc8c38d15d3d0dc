"""The sum over a frame and its neighbours in time (Eq. 9, 14)."""

from __future__ import annotations

import tensorflow as tf


def add_neighbor_frames(here, from_next, from_previous):
    """Adds what each frame gets from the next frame and from the previous one.

    Args:
        here: (B, T, N, C).
        from_next: (B, T-1, N, C); index t goes to frame t, nothing to the last.
        from_previous: (B, T-1, N, C); index t goes to frame t + 1, nothing to the
            first.

    Returns:
        (B, T, N, C).
    """
    return (
        here
        + tf.pad(from_next, [[0, 0], [0, 1], [0, 0], [0, 0]])
        + tf.pad(from_previous, [[0, 0], [1, 0], [0, 0], [0, 0]])
    )
