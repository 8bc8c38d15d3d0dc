"""The sum over a frame and its neighbours in time (Eq. 9, 14)."""

import tensorflow as tf


def add_neighbor_frames(here, from_next, from_previous):
    """Adds what each frame gets from the next frame and from the previous one.

    `here` is (B, T, N, C), the others are (B, T-1, N, C): index t of `from_next` goes
    to frame t, and nothing to the last, index t of `from_previous` to frame t + 1.
    """
    return (
        here
        + tf.pad(from_next, [[0, 0], [0, 1], [0, 0], [0, 0]])
        + tf.pad(from_previous, [[0, 0], [1, 0], [0, 0], [0, 0]])
    )
