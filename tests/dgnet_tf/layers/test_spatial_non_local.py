"""The spatial non-local block."""

import numpy as np
import pytest
import tensorflow as tf
from support import paper_loops
from support.layer_checks import check_layer, features, randomize, values

from dgnet_tf.layers import SpatialNonLocal

SHAPE = (2, 3, 17, 4)


def test_by_hand_equal_scores_give_each_joint_the_mean():
    # Two joints at 1 and 3. With theta = 0 all scores are equal: each joint gets the
    # mean of g x = 10 x, that is 20, times W = 0.5, that is 10. Normalised with
    # running mean 4, variance 9 (and epsilon 1e-5), scale 2 and shift 7: 2 (10 - 4)
    # / 3 + 7 = 11.
    layer = SpatialNonLocal()
    layer.build((1, 1, 2, 1))
    for weight, value in (
        (layer.theta, [[0.0]]),
        (layer.phi, [[5.0]]),
        (layer.g, [[10.0]]),
        (layer.w, [[0.5]]),
        (layer.norm.gamma, [2.0]),
        (layer.norm.beta, [7.0]),
        (layer.norm.moving_mean, [4.0]),
        (layer.norm.moving_variance, [9.0]),
    ):
        weight.assign(value)
    x = tf.reshape([1.0, 3.0], (1, 1, 2, 1))
    np.testing.assert_array_equal(layer.affinity(x)[0, 0], [[0.5, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(layer(x)[0, 0, :, 0], [1 + 11, 3 + 11], rtol=1e-5)


def make(**arguments):
    """A layer with random weights, and its input."""
    layer = SpatialNonLocal(**arguments)
    layer.build(SHAPE)
    randomize(layer)
    return layer, features(*SHAPE)


@pytest.mark.parametrize("inner", [None, 3])
def test_it_is_a_well_behaved_layer(inner, tmp_path):
    # theta, phi, g, w; then scale, shift, mean and variance.
    check_layer(
        SpatialNonLocal,
        {"inner_channels": inner},
        (features(*SHAPE),),
        output_shape=SHAPE,
        trainable=4 + 2,
        non_trainable=2,
        parameters=4 * 4 * (inner or 4) + 4 * 4,
        folder=tmp_path,
        affinity=lambda layer, inputs: layer.affinity(*inputs),
    )


@pytest.mark.parametrize("training", [False, True])
def test_it_starts_as_the_identity(training):
    x = features(*SHAPE)
    np.testing.assert_array_equal(SpatialNonLocal()(x, training=training), x)


@pytest.mark.parametrize("inner", [None, 3])
def test_it_equals_the_loops(inner):
    layer, x = make(inner_channels=inner)
    y = paper_loops.non_local(x, *values([layer.theta, layer.phi, layer.g, layer.w]))
    expected = x + paper_loops.norm(layer.norm, y)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-5)


def test_affinity_rows_sum_to_one_over_all_joints():
    layer, x = make()
    matrix = layer.affinity(x).numpy()
    assert matrix.shape == (2, 3, 17, 17)
    assert (matrix > 0).all()
    np.testing.assert_allclose(matrix.sum(axis=-1), np.ones(SHAPE[:3]), rtol=1e-5)


def test_frames_do_not_hear_each_other():
    layer, x = make()
    changed = x.copy()
    changed[:, 1] += 1.0
    np.testing.assert_array_equal(layer(x)[:, ::2], layer(changed)[:, ::2])


def test_joints_have_no_order():
    layer, x = make()
    order = np.random.default_rng(1).permutation(17)
    expected = tf.gather(layer(x), order, axis=2)
    np.testing.assert_allclose(layer(x[:, :, order]), expected, rtol=1e-4, atol=1e-5)


def test_it_holds_large_features_in_half_precision():
    layer = SpatialNonLocal(dtype="mixed_float16")
    x = 300.0 * features(*SHAPE[:3], 8)
    assert np.isfinite(layer(x).numpy()).all()
    assert np.isfinite(layer.affinity(x).numpy()).all()


@pytest.mark.parametrize("inner", [0, -2, 1.5])
def test_inner_channels_must_be_a_positive_integer(inner):
    with pytest.raises(ValueError, match="`inner_channels` must be a positive integer"):
        SpatialNonLocal(inner)
