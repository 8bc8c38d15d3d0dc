"""Maxima over groups of joints, and the way back."""

import numpy as np
import pytest

from dgnet_tf.layers import GroupMax, GroupSpread

PAIRS = [[0, 2], [1, 3, 4]]


def test_pooling_takes_each_channels_maximum_and_spreading_copies():
    x = np.array([[[[1, 9], [2, -3], [5, 4], [0, -2], [-1, -5]]]], np.float32)
    pooled = GroupMax(PAIRS)(x)
    assert pooled.numpy().tolist() == [[[[5, 9], [2, -2]]]]
    spread = GroupSpread(PAIRS)(pooled).numpy()[0, 0].tolist()
    assert spread == [[5, 9], [2, -2], [5, 9], [2, -2], [2, -2]]
    with pytest.raises(ValueError, match="`groups` must have each joint once"):
        GroupSpread([[0, 1], [1, 2]])
