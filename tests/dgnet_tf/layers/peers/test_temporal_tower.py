"""The convolutions of the temporal-convolution lifter."""

import numpy as np
import tensorflow as tf
from support.layer_checks import features, randomize, values

from dgnet_tf.layers import TemporalTower


def test_by_hand():
    # Nine frames of 1, taps of 1, batch norms that are the identity (but for epsilon):
    # the first convolution gives 3, the block's 9, and with its shortcut 12; the last
    # layer 2 * 12 + 1.
    layer = TemporalTower(1, 1, blocks=1, dropout=0.0)
    layer.build((None, None, 1))
    for product in layer.products:
        product.kernel.assign(np.ones(product.kernel.shape))
    layer.shrink.kernel.assign([[2.0]])
    layer.shrink.bias.assign([1.0])
    y = layer(np.ones((1, 9, 1), np.float32))
    np.testing.assert_allclose(y, [[[25.0]]], rtol=1e-4)


def test_the_tower_against_loops():
    layer = TemporalTower(3, 2, blocks=2, dropout=0.0)
    x = features(2, 29, 4)
    layer(x)
    randomize(layer)

    def unit(i, x):
        product, norm = layer.products[i], layer.norms[i]
        kernel = np.asarray(product.kernel, np.float64)
        if kernel.ndim == 3:
            d = product.dilation
            y = np.stack(
                [
                    sum(x[:, t + k * d] @ kernel[k] for k in range(3))
                    for t in range(x.shape[1] - 2 * d)
                ],
                axis=1,
            )
        else:
            y = x @ kernel
        gamma, beta, mean, variance = (
            np.asarray(w, np.float64)
            for w in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
        )
        return np.maximum((y - mean) / np.sqrt(variance + 1e-5) * gamma + beta, 0)

    y = unit(0, np.float64(x))
    for i, gap in ((1, 3), (3, 9)):
        y = y[:, gap:-gap] + unit(i + 1, unit(i, y))
    kernel, bias = values(layer.shrink.weights)
    np.testing.assert_allclose(layer(x), y @ kernel + bias, rtol=1e-4, atol=1e-4)


def test_unknown_lengths_of_time_go_through():
    tower = TemporalTower(3, 2, blocks=1, dropout=0.0)
    function = tf.function(tower, input_signature=[tf.TensorSpec([None, None, 4])])
    for length in (9, 12):
        assert function(features(2, length, 4)).shape == (2, length - 8, 2)
