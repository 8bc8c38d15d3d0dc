"""Edge padding in time."""

import numpy as np

from dgnet_tf.layers import RepeatEnds


def test_ends_are_repeated():
    x = np.array([[[1.0], [2.0], [3.0]]], np.float32)
    result = RepeatEnds(2)(x).numpy().ravel().tolist()
    assert result == [1, 1, 1, 2, 3, 3, 3]
