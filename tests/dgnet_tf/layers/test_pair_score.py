"""Pair scores against the concatenation that they avoid."""

import numpy as np
import pytest
import tensorflow as tf
from support import paper_loops
from support.layer_checks import check_config, check_layer, features, randomize, values

from dgnet_tf.layers import PairScore

INPUTS = (features(2, 3, 17, 4), features(2, 3, 17, 4, seed=1))


def test_by_hand():
    # x = 1, 2 and y = 10, 20; s_ij = 3 x_i - y_j + 0.5.
    layer = PairScore()
    layer.build((1, 1, 2, 1))
    layer.query.assign([[3.0]])
    layer.key.assign([[-1.0]])
    layer.offset.assign(0.5)
    scores = layer(tf.constant([[[[1.0], [2.0]]]]), tf.constant([[[[10.0], [20.0]]]]))
    np.testing.assert_array_equal(scores[0, 0], [[-6.5, -16.5], [-3.5, -13.5]])


@pytest.mark.parametrize(
    "weighting, trainable, parameters",
    # One weight for each of the 2C inputs and a bias; two C x C/2 embeddings.
    [("fc", 3, 2 * 4 + 1), ("embedded_gaussian", 2, 2 * 4 * 2)],
)
def test_it_is_a_well_behaved_layer(weighting, trainable, parameters, tmp_path):
    check_layer(
        PairScore,
        {"weighting": weighting, "activation": "tanh"},
        INPUTS,
        output_shape=(2, 3, 17, 17),
        trainable=trainable,
        non_trainable=0,
        parameters=parameters,
        folder=tmp_path,
        mixed_dtype="float32",
    )


def loop_scores(score):
    """Scores of all pairs of the two inputs."""
    x, y = INPUTS
    scores = np.zeros((2, 3, 17, 17))
    for b, t, i, j in np.ndindex(scores.shape):
        scores[b, t, i, j] = score(x[b, t, i], y[b, t, j])
    return scores


@pytest.mark.parametrize("activation", ["linear", "leaky_relu", "tanh", "sigmoid"])
def test_fc_equals_a_layer_on_the_concatenation(activation):
    layer = PairScore(activation=activation)
    layer.build(INPUTS[0].shape)
    randomize(layer)
    weights = values([layer.query, layer.key, layer.offset])
    expected = loop_scores(paper_loops.fc(*weights, activation))
    np.testing.assert_allclose(layer(*INPUTS), expected, rtol=1e-5, atol=1e-6)


def test_embedded_gaussian_equals_the_inner_products():
    layer = PairScore("embedded_gaussian")
    layer.build(INPUTS[0].shape)
    randomize(layer)
    weights = values([layer.theta, layer.phi])
    expected = loop_scores(paper_loops.embedded_gaussian(*weights))
    np.testing.assert_allclose(layer(*INPUTS), expected, rtol=1e-5, atol=1e-5)


def test_without_weighting_every_score_is_one_and_there_are_no_weights():
    layer = PairScore("none")
    np.testing.assert_array_equal(layer(*INPUTS), np.ones((2, 3, 17, 17)))
    assert not layer.weights
    check_config(PairScore, {"weighting": "none", "activation": "sigmoid"})


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_few_frames_are_scored_like_many(frames):
    # TensorFlow 2.21 overwrites memory in a plain product of (B, 1, N, C) and (C, D).
    layer = PairScore()
    layer.build(INPUTS[0].shape)
    all_scores = layer(*INPUTS).numpy()
    few = layer(*(value[:, :frames] for value in INPUTS))
    np.testing.assert_allclose(few, all_scores[:, :frames], rtol=1e-5, atol=1e-6)


def test_fc_starts_within_glorots_limits_for_the_concatenation():
    layer = PairScore()
    layer.build((None, 3, 17, 128))
    both = np.concatenate([layer.query, layer.key])
    limit = np.sqrt(6 / (256 + 1))
    assert 0.95 * limit < np.abs(both).max() <= limit
    assert layer.offset.numpy() == 0
    assert (layer.query.numpy() != layer.key.numpy()).all()


def test_unknown_choices_are_refused_by_name():
    with pytest.raises(ValueError, match=r"`weighting` must be one of \['none', .*'x'"):
        PairScore("x")
    with pytest.raises(ValueError, match="`score_activation` must be one of .*'x'"):
        PairScore(activation="x")
