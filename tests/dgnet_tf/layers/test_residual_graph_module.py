"""The two-layer residual module."""

import numpy as np
import pytest
import tensorflow as tf
from support import paper_loops
from support.layer_checks import (
    check_config,
    check_layer,
    check_saving,
    features,
    randomize,
    values,
)

from dgnet_tf.layers import ResidualGraphModule
from dgnet_tf.layers.residual_graph_module import OPERATIONS

SHAPE = (2, 3, 17, 4)
NORM = 4 * 4  # scale, shift, mean and variance of four channels


def test_by_hand():
    # One joint in one frame, at 3. Batch norms start as the identity (but for epsilon):
    # 3 + ReLU(0.5 ReLU(4 * 3)) = 3 + 6; and with -4 in the place of 4, 3 + 0.
    module = ResidualGraphModule("ftg", 1)
    module.build((1, 1, 1, 1))
    module.conv_2.w_x.assign([[0.5]])
    for weight, expected in ((4.0, 9.0), (-4.0, 3.0)):
        module.conv_1.w_x.assign([[weight]])
        y = module(np.full((1, 1, 1, 1), 3.0, np.float32))
        np.testing.assert_allclose(y, [[[[expected]]]], rtol=1e-4)


def make(operation, **arguments):
    """A module with random weights, and its input."""
    module = ResidualGraphModule(operation, 4, **arguments)
    module.build(SHAPE)
    randomize(module)
    return module, features(*SHAPE)


@pytest.mark.parametrize(
    "operation, weights, parameters",
    [
        ("fsg", 1, 4 * 4),
        ("dsg", 1 + 3, 4 * 4 + 9),
        ("ftg", 3, 3 * 4 * 4),
        ("dtg", 3 + 6, 3 * 4 * 4 + 2 * 9),
    ],
)
def test_it_is_a_well_behaved_layer(operation, weights, parameters, tmp_path):
    check_layer(
        ResidualGraphModule,
        {"operation": operation, "channels": 4, "gamma": 0.5},
        (features(*SHAPE),),
        output_shape=SHAPE,
        trainable=2 * (weights + 2),
        non_trainable=2 * 2,
        parameters=2 * (parameters + NORM),
        folder=tmp_path,
    )


def test_with_arguments_and_keypoints_it_survives_saving(tmp_path):
    arguments = {"connection": "precomputed", "neighbors": 2}
    check_config(
        ResidualGraphModule,
        {"operation": "dsg", "channels": 4, "arguments": arguments},
    )
    module, x = make("dsg", arguments=arguments)
    check_saving(module, (x, features(2, 3, 17, 2, seed=1)), tmp_path)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_it_equals_the_loops(operation, training):
    module, x = make(operation)
    y = x.astype(np.float64)
    for convolution, norm in (
        (module.conv_1, module.norm_1),
        (module.conv_2, module.norm_2),
    ):
        y = paper_loops.convolve(operation, convolution, y)
        mean, variance = values([norm.moving_mean, norm.moving_variance])
        if training:
            mean, variance = y.mean(axis=(0, 1, 2)), y.var(axis=(0, 1, 2))
        scale, shift = values([norm.gamma, norm.beta])
        y = paper_loops.relu(paper_loops.batch_norm(y, scale, shift, mean, variance))
    actual = module(x, training=training)
    np.testing.assert_allclose(actual, x + y, rtol=1e-4, atol=1e-5)


def test_batch_norm_averages_over_joints_frames_and_examples_at_pytorchs_pace():
    module, x = make("fsg")
    before = values([module.norm_1.moving_mean])[0]
    y = paper_loops.convolve("fsg", module.conv_1, x.astype(np.float64))
    module(x, training=True)
    expected = 0.9 * before + 0.1 * y.mean(axis=(0, 1, 2))
    np.testing.assert_allclose(module.norm_1.moving_mean, expected, rtol=1e-4)


def test_gamma_scales_the_branch_at_the_start():
    x = features(*SHAPE)
    still = ResidualGraphModule("fsg", 4, gamma=0.0)
    np.testing.assert_array_equal(still(x), x)
    module = ResidualGraphModule("fsg", 4, gamma=0.25)
    module.build(SHAPE)
    np.testing.assert_array_equal(module.norm_1.gamma, np.ones(4))
    np.testing.assert_array_equal(module.norm_2.gamma, np.full(4, 0.25))


def test_the_convolutions_have_no_activation_of_their_own():
    module, _ = make("ftg")
    assert module.conv_1.activation is tf.keras.activations.linear
    assert module.conv_2.activation is tf.keras.activations.linear


def test_two_random_graphs_differ():
    module, x = make(
        "dsg", arguments={"connection": "random", "weighting": "none", "seed": 0}
    )
    first, second = module.conv_1.affinity(x), module.conv_2.affinity(x)
    assert (first.numpy() != second.numpy()).any()


def test_an_unknown_operation_is_refused():
    with pytest.raises(ValueError, match=r"`operation` must be one of \['fsg', .*'x'"):
        ResidualGraphModule("x", 4)


def test_other_input_channels_are_refused():
    with pytest.raises(ValueError, match="`channels` is 4, the input of .* has 5"):
        ResidualGraphModule("fsg", 4).build((2, 3, 17, 5))
