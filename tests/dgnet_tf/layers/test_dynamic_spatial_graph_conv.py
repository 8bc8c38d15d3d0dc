"""DSG, Eq. 3-7, with every connection and weighting of Table VI."""

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

from dgnet_tf.layers import DynamicSpatialGraphConv
from dgnet_tf.layers.neighbor_masks import CONNECTIONS, NORMALIZATIONS

SHAPE = (2, 3, 17, 4)
# The embedded Gaussian is a softmax whatever the normalisation.
WEIGHTINGS = [
    ("none", "none"),
    ("none", "mean"),
    ("none", "softmax"),
    ("fc", "none"),
    ("fc", "mean"),
    ("fc", "softmax"),
    ("embedded_gaussian", "none"),
]


def test_by_hand():
    # Three joints at 0, 1 and 5; K = 2, so the sets are {0, 1}, {0, 1}, {1, 2}.
    # gamma([x_i, x_j]) = x_i + 10 x_j + 0.5 and Phi = 2:
    #   B = [[0 + 0 + .5, 0 + 10 + .5,           0],   = [[0.5, 10.5,    0],
    #        [1 + 0 + .5, 1 + 10 + .5,           0],      [1.5, 11.5,    0],
    #        [         0, 5 + 10 + .5, 5 + 50 + .5]]      [  0, 15.5, 55.5]]
    #   Y = 2 B [0, 1, 5] = 2 [10.5, 11.5, 15.5 + 277.5] = [21, 23, 586]
    layer = DynamicSpatialGraphConv(1, neighbors=2)
    layer.build((1, 1, 3, 1))
    layer.phi.assign([[2.0]])
    layer.gamma.query.assign([[1.0]])
    layer.gamma.key.assign([[10.0]])
    layer.gamma.offset.assign(0.5)
    x = tf.constant([[[[0.0], [1.0], [5.0]]]])
    expected = [[0.5, 10.5, 0], [1.5, 11.5, 0], [0, 15.5, 55.5]]
    np.testing.assert_allclose(layer.affinity(x), [[expected]], rtol=1e-6)
    np.testing.assert_allclose(layer(x), [[[[21], [23], [586]]]], rtol=1e-6)


def make(shape=SHAPE, channels=5, **arguments):
    """A layer with random weights, and its input."""
    layer = DynamicSpatialGraphConv(channels, **arguments)
    layer.build(shape)
    randomize(layer)
    return layer, features(*shape)


def score_of(layer):
    """The loops' score, under the layer's weights."""
    score = layer.gamma
    if layer.weighting == "none":
        return lambda x_i, x_j: 1.0
    if layer.weighting == "embedded_gaussian":
        return paper_loops.embedded_gaussian(*values([score.theta, score.phi]))
    weights = values([score.query, score.key, score.offset])
    return paper_loops.fc(*weights, layer.score_activation)


def loop_affinity(layer, x, keypoints):
    """B_t from the equations."""
    normalization = layer.normalization
    if layer.weighting == "embedded_gaussian":
        normalization = "softmax"
    frames = [
        [
            paper_loops.affinity(
                sets_of(layer, x[b, t], keypoints[b, t]),
                x[b, t],
                x[b, t],
                score_of(layer),
                normalization,
            )
            for t in range(x.shape[1])
        ]
        for b in range(x.shape[0])
    ]
    return np.array(frames)


def sets_of(layer, x, keypoints):
    if layer.connection == "dynamic":
        return paper_loops.knn(x, layer.neighbors)
    if layer.connection == "precomputed":
        return paper_loops.knn(keypoints, layer.neighbors)
    if layer.connection == "random":  # Whom it drew is its own affair.
        plain = DynamicSpatialGraphConv(
            1, connection="random", weighting="none", seed=layer.seed
        )
        plain.build(SHAPE)
        drawn = plain.affinity(np.zeros(SHAPE, np.float32)).numpy()
        return [np.flatnonzero(row).tolist() for row in drawn[0, 0]]
    return paper_loops.fixed_sets(layer.connection, layer.skeleton, temporal=False)


def test_it_is_a_well_behaved_layer(tmp_path):
    # 4 x 3 for Phi; 2 x 4 + 1 for gamma.
    check_layer(
        DynamicSpatialGraphConv,
        {"channels": 3},
        (features(*SHAPE),),
        output_shape=(2, 3, 17, 3),
        trainable=4,
        non_trainable=0,
        parameters=12 + 9,
        folder=tmp_path,
        affinity=lambda layer, inputs: layer.affinity(*inputs),
    )


def test_with_keypoints_it_survives_saving(tmp_path):
    layer, x = make(connection="precomputed", weighting="embedded_gaussian")
    check_saving(layer, (x, features(2, 3, 17, 2, seed=1)), tmp_path)
    check_config(
        DynamicSpatialGraphConv,
        {
            "channels": 3,
            "neighbors": 5,
            "connection": "random",
            "weighting": "none",
            "score_activation": "tanh",
            "normalization": "mean",
            "softness": 0.0,
            "skeleton": "humaneva_15",
            "seed": 4,
            "activation": "tanh",
            "use_bias": True,
        },
    )


def test_its_defaults_are_the_printed_equations():
    layer = DynamicSpatialGraphConv(8)
    assert (layer.neighbors, layer.connection, layer.weighting) == (3, "dynamic", "fc")
    assert layer.score_activation == "linear"
    assert layer.normalization == "none"
    assert layer.skeleton == "human36m_17"
    assert not layer.use_bias
    y = layer(features(*SHAPE)).numpy()
    assert (y >= 0).all() and (y > 0).any()  # sigma is ReLU


@pytest.mark.parametrize("connection", CONNECTIONS)
@pytest.mark.parametrize("weighting, normalization", WEIGHTINGS)
def test_it_equals_the_loops(connection, weighting, normalization):
    layer, x = make(
        connection=connection,
        weighting=weighting,
        normalization=normalization,
        seed=3,
    )
    keypoints = features(2, 3, 17, 2, seed=5)
    arguments = (x, keypoints) if connection == "precomputed" else (x,)
    b_t = loop_affinity(layer, x, keypoints)
    np.testing.assert_allclose(layer.affinity(*arguments), b_t, rtol=1e-5, atol=1e-6)
    expected = paper_loops.spatial(x, b_t, *values([layer.phi]), paper_loops.relu)
    np.testing.assert_allclose(layer(*arguments), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("activation", ["linear", "leaky_relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("frames, neighbors", [(1, 2), (2, 1), (2, 17)])
def test_it_equals_the_loops_for_other_scores_and_sizes(activation, frames, neighbors):
    layer, x = make(
        (2, frames, 17, 3),
        score_activation=activation,
        neighbors=neighbors,
        activation=None,
        use_bias=True,
    )
    b_t = loop_affinity(layer, x, x)
    phi, bias = values([layer.phi, layer.bias])
    expected = paper_loops.spatial(x, b_t, phi, paper_loops.linear, bias)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_the_embedded_gaussian_is_a_softmax_by_itself(normalization):
    layer, x = make(weighting="embedded_gaussian", normalization=normalization)
    matrix = layer.affinity(x)
    np.testing.assert_allclose(tf.reduce_sum(matrix, axis=-1), np.ones(SHAPE[:3]), 1e-5)
    np.testing.assert_allclose(matrix, loop_affinity(layer, x, x), rtol=1e-5)


def test_affinity_is_zero_outside_the_k_nearest_with_rows_for_joints():
    layer, x = make(neighbors=4)
    matrix = layer.affinity(x).numpy()
    assert matrix.shape == (2, 3, 17, 17)
    score = score_of(layer)
    for i, neighbors in enumerate(paper_loops.knn(x[1, 2], 4)):
        assert i in neighbors
        assert np.flatnonzero(matrix[1, 2, i]).tolist() == neighbors
        for j in neighbors:
            expected = score(x[1, 2, i], x[1, 2, j])
            assert matrix[1, 2, i, j] == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_with_one_neighbor_a_joint_hears_itself_alone():
    layer, x = make(neighbors=1, weighting="none", activation=None)
    np.testing.assert_array_equal(
        layer.affinity(x), np.broadcast_to(np.eye(17), (2, 3, 17, 17))
    )
    np.testing.assert_allclose(layer(x), x @ layer.phi.numpy(), rtol=1e-5, atol=1e-6)


def test_joints_have_no_order():
    layer, x = make()
    order = np.random.default_rng(1).permutation(17)
    expected = tf.gather(layer(x), order, axis=2)
    np.testing.assert_allclose(layer(x[:, :, order]), expected, rtol=1e-4, atol=1e-5)


def test_frames_do_not_hear_each_other():
    layer, x = make()
    changed = x.copy()
    changed[:, 1] += 1.0
    y, other = layer(x).numpy(), layer(changed).numpy()
    np.testing.assert_array_equal(y[:, [0, 2]], other[:, [0, 2]])
    assert (y[:, 1] != other[:, 1]).any()


def test_a_softmax_over_a_linear_score_leaves_the_query_without_gradient():
    # x_i . a and c are the same for all j of a row, so they cancel.
    layer, x = make(normalization="softmax")
    other, _ = make(normalization="softmax", score_activation="leaky_relu")
    for one, reached in ((layer, False), (other, True)):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(one(x) * features(2, 3, 17, 5, seed=1))
        query, key = tape.gradient(total, [one.gamma.query, one.gamma.key])
        size = np.abs(query).max() / np.abs(key).max()
        assert (size > 1e-3) == reached


def test_the_embedded_gaussian_holds_large_features_in_half_precision():
    layer = DynamicSpatialGraphConv(
        8, weighting="embedded_gaussian", dtype="mixed_float16"
    )
    x = 300.0 * features(*SHAPE[:3], 8)
    y = layer(x)
    assert y.dtype == tf.float16
    assert np.isfinite(y.numpy()).all()


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"neighbors": 0}, "`neighbors` must be a positive integer, got 0"),
        ({"neighbors": 2.5}, "`neighbors` must be a positive integer, got 2.5"),
        ({"connection": "near"}, r"`connection` must be one of \['dynamic', .*'near'"),
        ({"weighting": "mlp"}, r"`weighting` must be one of \['none', .*'mlp'"),
        ({"score_activation": "elu"}, "`score_activation` must be one of .*'elu'"),
        ({"normalization": "sum"}, r"`normalization` must be one of \['none', .*'sum'"),
        ({"softness": -0.5}, "`softness` must be at least 0, got -0.5"),
        (
            {"softness": 1.0, "connection": "full"},
            "`softness` has no effect with `connection='full'`",
        ),
        ({"skeleton": "dog"}, "`skeleton` must be one of .*'dog'"),
        ({"channels": 0}, "`channels` must be a positive integer, got 0"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        DynamicSpatialGraphConv(**{"channels": 3, **arguments})


def test_more_neighbors_than_joints_are_refused():
    layer = DynamicSpatialGraphConv(3, neighbors=18)
    with pytest.raises(ValueError, match="`neighbors` must be at most .* 17, got 18"):
        layer.build(SHAPE)


@pytest.mark.parametrize("connection", ["fixed", "full", "symmetry", "random"])
def test_joints_must_fit_where_the_skeleton_makes_the_graph(connection):
    layer = DynamicSpatialGraphConv(3, connection=connection)
    with pytest.raises(ValueError, match="`skeleton` 'human36m_17' has 17 joints"):
        layer.build((2, 3, 16, 4))


@pytest.mark.parametrize("connection", ["dynamic", "precomputed"])
def test_any_joints_do_where_neighbors_are_found(connection):
    layer = DynamicSpatialGraphConv(3, connection=connection)
    x = features(2, 3, 5, 4)
    arguments = (x, x[..., :2]) if connection == "precomputed" else (x,)
    assert layer(*arguments).shape == (2, 3, 5, 3)


def test_precomputed_without_keypoints_says_what_is_missing():
    layer = DynamicSpatialGraphConv(3, connection="precomputed")
    with pytest.raises(ValueError, match="call the layer with `keypoints=`"):
        layer(features(*SHAPE))


def test_soft_neighbors_by_hand():
    # Joints at 0, 1 and 3 with K = 2: squared distances 0, 1, 9 of joint 0, and 5
    # between the second and the third; their mean over all nine pairs is 28 / 9. Scores
    # are 1, so B_t(0, .) = sigmoid((5 - d) / (28 / 9)).
    layer = DynamicSpatialGraphConv(1, neighbors=2, weighting="none", softness=1.0)
    layer.build((1, 1, 3, 1))
    layer.phi.assign([[1.0]])
    x = tf.reshape([0.0, 1, 3], (1, 1, 3, 1))
    row = 1.0 / (1.0 + np.exp(-np.array([5.0, 4.0, -4.0]) / (28 / 9)))
    np.testing.assert_allclose(layer.affinity(x)[0, 0, 0], row, rtol=1e-5)
    np.testing.assert_allclose(layer(x)[0, 0, 0], [row @ [0, 1, 3]], rtol=1e-5)
    layer.tau.assign(1e-4)
    np.testing.assert_allclose(layer.affinity(x)[0, 0, 0], [1, 1, 0], atol=1e-6)


def test_soft_neighbors_are_a_well_behaved_layer(tmp_path):
    # Phi and a score, and tau, which is not trained.
    check_layer(
        DynamicSpatialGraphConv,
        {"channels": 3, "softness": 0.5, "normalization": "softmax",
         "score_activation": "tanh"},
        (features(*SHAPE),),
        output_shape=(2, 3, 17, 3),
        trainable=4,
        non_trainable=1,
        parameters=4 * 3 + 9 + 1,
        folder=tmp_path,
        affinity=lambda layer, inputs: layer.affinity(*inputs),
    )  # fmt: skip
