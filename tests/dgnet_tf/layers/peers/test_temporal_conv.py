"""Convolution over time with gaps between its taps."""

import numpy as np
from support.layer_checks import features, values

from dgnet_tf.layers import TemporalConv


def test_taps_of_ones_add_up_frames():
    layer = TemporalConv(1, dilation=3)
    layer.build((None, None, 1))
    layer.kernel.assign(np.ones((3, 1, 1)))
    # 0 + 3 + 6, 1 + 4 + 7.
    result = layer(np.arange(8.0, dtype=np.float32)[None, :, None])
    assert result.numpy().ravel().tolist() == [9.0, 12.0]


def test_dilated_taps_against_loops():
    layer = TemporalConv(3, kernel_size=3, dilation=2)
    x = features(2, 7, 4)
    layer(x)
    (kernel,) = values(layer.weights)
    expected = np.zeros((2, 3, 3))
    for b in range(2):
        for t in range(3):
            for k in range(3):
                expected[b, t] += x[b, t + 2 * k] @ kernel[k]
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)
