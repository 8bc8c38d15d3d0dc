"""The fully-connected layer."""

import numpy as np
from support.layer_checks import features, randomize, values

from dgnet_tf.layers import FullyConnected


def test_by_hand():
    # 3 * 1 + 4 * 2 + 5
    layer = FullyConnected(1)
    layer.build((1, 2))
    layer.kernel.assign([[3.0], [4.0]])
    layer.bias.assign([5.0])
    np.testing.assert_array_equal(layer(np.array([[1.0, 2.0]], np.float32)), [[16]])


def test_a_fully_connected_layer_is_a_product_and_a_sum():
    layer = FullyConnected(3)
    x = features(2, 1, 5, 4)
    layer(x)
    randomize(layer)
    kernel, bias = values(layer.weights)
    np.testing.assert_allclose(layer(x), x @ kernel + bias, atol=1e-5)
