"""FTG, Eq. 8-9."""

import numpy as np
import pytest
import tensorflow as tf
from support import paper_loops
from support.layer_checks import check_layer, features, randomize, values

from dgnet_tf.layers import FixedTemporalGraphConv


def test_by_hand():
    # One joint at 1, 2, 4; W_x = 1, W_f = 10, W_b = 100:
    #   Y_0 = 1 + 10 * 2           = 21
    #   Y_1 = 2 + 10 * 4 + 100 * 1 = 142
    #   Y_2 = 4          + 100 * 2 = 204
    layer = FixedTemporalGraphConv(1)
    layer.build((1, 3, 1, 1))
    layer.w_x.assign([[1.0]])
    layer.w_f.assign([[10.0]])
    layer.w_b.assign([[100.0]])
    y = layer(tf.reshape([1.0, 2.0, 4.0], (1, 3, 1, 1)))
    np.testing.assert_array_equal(y[0, :, 0, 0], [21, 142, 204])


def make(shape, **arguments):
    """A layer with random weights, and its input."""
    layer = FixedTemporalGraphConv(5, **arguments)
    layer.build(shape)
    randomize(layer)
    return layer, features(*shape)


def test_it_is_a_well_behaved_layer(tmp_path):
    check_layer(
        FixedTemporalGraphConv,
        {"channels": 3},
        (features(2, 3, 17, 4),),
        output_shape=(2, 3, 17, 3),
        trainable=3,
        non_trainable=0,
        parameters=3 * 4 * 3,
        folder=tmp_path,
    )


def test_its_defaults_are_the_printed_equation():
    layer = FixedTemporalGraphConv(8)
    y = layer(features(2, 3, 17, 4)).numpy()
    assert [tuple(weight.shape) for weight in layer.weights] == [(4, 8)] * 3
    assert (y >= 0).all() and (y > 0).any()  # sigma is ReLU


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
@pytest.mark.parametrize("activation", ["relu", None])
def test_it_equals_the_loops(frames, activation):
    layer, x = make((2, frames, 17, 4), activation=activation, use_bias=True)
    identity = np.broadcast_to(np.eye(17), (2, frames, 17, 17))  # Eq. 8
    weights = values([layer.w_x, layer.w_f, layer.w_b])
    sigma = paper_loops.relu if activation else paper_loops.linear
    expected = paper_loops.temporal(
        x, identity, identity, *weights, sigma, *values([layer.bias])
    )
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-5)


def test_time_reversed_swaps_forward_and_backward():
    layer, x = make((2, 4, 17, 4))
    y = layer(x).numpy()
    forward, backward = layer.w_f.numpy(), layer.w_b.numpy()
    layer.w_f.assign(backward)
    layer.w_b.assign(forward)
    np.testing.assert_allclose(layer(x[:, ::-1])[:, ::-1], y, rtol=1e-5, atol=1e-6)


def test_joints_do_not_hear_each_other():
    layer, x = make((2, 4, 17, 4))
    changed = x.copy()
    changed[:, :, 5] += 1.0
    same = np.all(layer(x) == layer(changed), axis=(0, 1, 3))
    assert np.flatnonzero(~same).tolist() == [5]


def test_the_three_kernels_start_apart():
    layer = FixedTemporalGraphConv(3)
    layer.build((2, 3, 17, 4))
    kernels = [layer.w_x.numpy(), layer.w_f.numpy(), layer.w_b.numpy()]
    assert (kernels[0] != kernels[1]).all() and (kernels[1] != kernels[2]).all()


def test_channels_must_be_a_positive_integer():
    with pytest.raises(ValueError, match="`channels` must be a positive .* got 0"):
        FixedTemporalGraphConv(0)
