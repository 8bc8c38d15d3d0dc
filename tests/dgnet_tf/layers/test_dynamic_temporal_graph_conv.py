"""DTG, Eq. 10-14, with every connection and weighting of Table VI."""

import numpy as np
import pytest
import tensorflow as tf
from support import paper_loops
from support.layer_checks import check_layer, check_saving, features, randomize, values

from dgnet_tf.layers import DynamicTemporalGraphConv
from dgnet_tf.layers.neighbor_masks import CONNECTIONS

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
    # Three joints at 0, 10, 20, then at 1, 11, 25: they move by 1, 1 and 5. With
    # K = 2 the sets are {0, 1}, {0, 1} and {0, 2}: for joint 2, joints 0 and 1 are
    # equally far and the lower index wins. alpha = 2 x_i + 3, beta = x_j - 1:
    #   Q_{t+1} = [[ 3,  3, 0], [23, 23, 0], [43, 0, 43]]   (x_i = 0, 10, 20)
    #   Q_{t-1} = [[-1,  9, 0], [-1,  9, 0], [-1, 0, 19]]   (x_j = 0, 10, 20)
    # U_x = 1, U_f = 1, U_b = 100:
    #   Y_0 = [0 + 3 (1 + 11), 10 + 23 (1 + 11), 20 + 43 (1 + 25)] = [36, 286, 1138]
    #   Y_1 = [1 + 100 (0 + 90), 11 + 100 (0 + 90), 25 + 100 (0 + 380)]
    #       = [9001, 9011, 38025]
    layer = DynamicTemporalGraphConv(1, neighbors=2)
    layer.build((1, 2, 3, 1))
    for weight, value in (
        (layer.u_x, [[1.0]]),
        (layer.u_f, [[1.0]]),
        (layer.u_b, [[100.0]]),
        (layer.alpha.query, [[2.0]]),
        (layer.alpha.key, [[0.0]]),
        (layer.alpha.offset, 3.0),
        (layer.beta.query, [[0.0]]),
        (layer.beta.key, [[1.0]]),
        (layer.beta.offset, -1.0),
    ):
        weight.assign(value)
    x = tf.reshape([0.0, 10, 20, 1, 11, 25], (1, 2, 3, 1))
    forward, backward = layer.affinity(x)
    np.testing.assert_allclose(forward[0, 0], [[3, 3, 0], [23, 23, 0], [43, 0, 43]])
    np.testing.assert_allclose(backward[0, 0], [[-1, 9, 0], [-1, 9, 0], [-1, 0, 19]])
    expected = [[36, 286, 1138], [9001, 9011, 38025]]
    np.testing.assert_allclose(layer(x)[0, :, :, 0], expected, rtol=1e-6)


def make(shape=SHAPE, channels=5, **arguments):
    """A layer with random weights, and its input."""
    layer = DynamicTemporalGraphConv(channels, **arguments)
    layer.build(shape)
    randomize(layer)
    return layer, features(*shape)


def score_of(layer, direction):
    """The loops' alpha or beta, under the layer's weights."""
    if layer.weighting == "none":
        return lambda x_i, x_j: 1.0
    if layer.weighting == "embedded_gaussian":
        weights = values([direction.theta, direction.phi])
        return paper_loops.embedded_gaussian(*weights)
    weights = values([direction.query, direction.key, direction.offset])
    return paper_loops.fc(*weights, layer.score_activation)


def loop_affinities(layer, x, keypoints):
    """Q_{t+1} and Q_{t-1} from the equations, each direction from its own sets."""
    normalization = layer.normalization
    if layer.weighting == "embedded_gaussian":
        normalization = "softmax"
    frames = x.shape[1]
    forward = np.zeros((x.shape[0], frames - 1, 17, 17))
    backward = np.zeros((x.shape[0], frames - 1, 17, 17))
    for b in range(x.shape[0]):
        for t in range(frames):
            if t + 1 < frames:
                sets = sets_of(layer, x[b], keypoints[b], t + 1, t)
                forward[b, t] = paper_loops.affinity(
                    sets, x[b, t], x[b, t + 1], score_of(layer, layer.alpha),
                    normalization,
                )  # fmt: skip
            if t - 1 >= 0:
                sets = sets_of(layer, x[b], keypoints[b], t, t - 1)
                backward[b, t - 1] = paper_loops.affinity(
                    sets, x[b, t], x[b, t - 1], score_of(layer, layer.beta),
                    normalization,
                )  # fmt: skip
    return forward, backward


def sets_of(layer, x, keypoints, later, earlier):
    if layer.connection == "dynamic":
        return paper_loops.knn(x[later] - x[earlier], layer.neighbors)
    if layer.connection == "precomputed":
        return paper_loops.knn(keypoints[later] - keypoints[earlier], layer.neighbors)
    if layer.connection == "random":  # Whom it drew is its own affair.
        plain = DynamicTemporalGraphConv(
            1, connection="random", weighting="none", seed=layer.seed
        )
        plain.build(SHAPE)
        drawn = plain.affinity(np.zeros(SHAPE, np.float32))[0].numpy()
        return [np.flatnonzero(row).tolist() for row in drawn[0, 0]]
    return paper_loops.fixed_sets(layer.connection, layer.skeleton, temporal=True)


def test_it_is_a_well_behaved_layer(tmp_path):
    # Three kernels of 4 x 3; 2 x 4 + 1 each for alpha and beta.
    check_layer(
        DynamicTemporalGraphConv,
        {"channels": 3},
        (features(*SHAPE),),
        output_shape=(2, 3, 17, 3),
        trainable=9,
        non_trainable=0,
        parameters=36 + 18,
        folder=tmp_path,
        affinity=lambda layer, inputs: layer.affinity(*inputs),
    )


def test_with_keypoints_it_survives_saving(tmp_path):
    layer, x = make(connection="precomputed", weighting="embedded_gaussian")
    check_saving(layer, (x, features(2, 3, 17, 2, seed=1)), tmp_path)


def test_its_defaults_are_the_printed_equations():
    layer = DynamicTemporalGraphConv(8)
    assert (layer.neighbors, layer.connection, layer.weighting) == (4, "dynamic", "fc")
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
    forward, backward = loop_affinities(layer, x, keypoints)
    q_next, q_previous = layer.affinity(*arguments)
    np.testing.assert_allclose(q_next, forward, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(q_previous, backward, rtol=1e-5, atol=1e-6)
    weights = values([layer.u_x, layer.u_f, layer.u_b])
    expected = paper_loops.temporal(x, forward, backward, *weights, paper_loops.relu)
    np.testing.assert_allclose(layer(*arguments), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("frames", [2, 5])
@pytest.mark.parametrize("neighbors", [1, 2, 17])
def test_it_equals_the_loops_for_other_lengths_and_sizes(frames, neighbors):
    layer, x = make(
        (2, frames, 17, 3),
        neighbors=neighbors,
        score_activation="leaky_relu",
        activation=None,
        use_bias=True,
    )
    forward, backward = loop_affinities(layer, x, x)
    weights = values([layer.u_x, layer.u_f, layer.u_b])
    expected = paper_loops.temporal(
        x, forward, backward, *weights, paper_loops.linear, *values([layer.bias])
    )
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_single_frame_has_no_temporal_neighbors(jit_compile):
    layer, x = make((2, 1, 17, 4))
    y = tf.function(layer, jit_compile=jit_compile)(tf.constant(x))
    expected = paper_loops.relu(x @ layer.u_x.numpy())
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)
    assert [matrix.shape for matrix in layer.affinity(x)] == [(2, 0, 17, 17)] * 2


def test_affinity_is_zero_outside_the_joints_that_move_alike():
    layer, x = make(neighbors=3)
    forward, backward = (matrix.numpy() for matrix in layer.affinity(x))
    assert forward.shape == backward.shape == (2, 2, 17, 17)
    alpha, beta = score_of(layer, layer.alpha), score_of(layer, layer.beta)
    for i, neighbors in enumerate(paper_loops.knn(x[1, 2] - x[1, 1], 3)):
        # The pair (1, 2) stands at index 1 of Q_{t+1}, (2, 1) at index 1 of Q_{t-1}.
        assert i in neighbors
        assert np.flatnonzero(forward[1, 1, i]).tolist() == neighbors
        assert np.flatnonzero(backward[1, 1, i]).tolist() == neighbors
        for j in neighbors:
            there, back = alpha(x[1, 1, i], x[1, 2, j]), beta(x[1, 2, i], x[1, 1, j])
            assert forward[1, 1, i, j] == pytest.approx(there, rel=1e-4, abs=1e-5)
            assert backward[1, 1, i, j] == pytest.approx(back, rel=1e-4, abs=1e-5)


def test_a_frozen_video_connects_each_joint_with_the_lowest_indices():
    layer, x = make(neighbors=3, weighting="none")
    for matrix in layer.affinity(np.repeat(x[:, :1], 3, axis=1)):
        for row, joints in enumerate(matrix[0, 0].numpy()):
            expected = sorted({row, *[j for j in range(17) if j != row][:2]})
            assert np.flatnonzero(joints).tolist() == expected


def test_a_shift_of_the_whole_pose_changes_no_neighbors():
    # Quarters, so that shifting rounds nothing.
    x = np.round(features(*SHAPE) * 4) / 4
    shift = np.float32([[[8.0]], [[16.0]], [[-4.0]]])  # another for each frame
    layer, _ = make(weighting="none")
    shifted = layer.affinity(x + shift)
    for one, other in zip(layer.affinity(x), shifted, strict=True):
        np.testing.assert_array_equal(one, other)


def test_time_reversed_swaps_forward_and_backward():
    layer, x = make()
    y = layer(x).numpy()
    for one, other in (
        (layer.u_f, layer.u_b),
        *zip(layer.alpha.weights, layer.beta.weights, strict=True),
    ):
        value = one.numpy()
        one.assign(other)
        other.assign(value)
    np.testing.assert_allclose(layer(x[:, ::-1])[:, ::-1], y, rtol=1e-4, atol=1e-5)


def test_joints_have_no_order():
    layer, x = make()
    order = np.random.default_rng(1).permutation(17)
    expected = tf.gather(layer(x), order, axis=2)
    np.testing.assert_allclose(layer(x[:, :, order]), expected, rtol=1e-4, atol=1e-5)


def test_frames_hear_their_neighbors_in_time_alone():
    layer, x = make((2, 5, 17, 4))
    changed = x.copy()
    changed[:, 0] += features(2, 17, 4, seed=9)
    same = np.all(layer(x) == layer(changed), axis=(0, 2, 3))
    assert same.tolist() == [False, False, True, True, True]


def test_the_embedded_gaussian_holds_large_features_in_half_precision():
    layer = DynamicTemporalGraphConv(
        8, weighting="embedded_gaussian", dtype="mixed_float16"
    )
    y = layer(300.0 * features(*SHAPE[:3], 8))
    assert y.dtype == tf.float16
    assert np.isfinite(y.numpy()).all()


def test_the_three_kernels_start_apart():
    layer = DynamicTemporalGraphConv(3)
    layer.build(SHAPE)
    kernels = [layer.u_x.numpy(), layer.u_f.numpy(), layer.u_b.numpy()]
    assert (kernels[0] != kernels[1]).all() and (kernels[1] != kernels[2]).all()
    assert (layer.alpha.query.numpy() != layer.beta.query.numpy()).all()


def test_more_neighbors_than_joints_are_refused():
    layer = DynamicTemporalGraphConv(3, neighbors=18)
    with pytest.raises(ValueError, match="`neighbors` must be at most .* 17, got 18"):
        layer.build(SHAPE)


@pytest.mark.parametrize("connection", ["fixed", "full", "symmetry", "random"])
def test_joints_must_fit_where_the_skeleton_makes_the_graph(connection):
    layer = DynamicTemporalGraphConv(3, connection=connection)
    with pytest.raises(ValueError, match="`skeleton` 'human36m_17' has 17 joints"):
        layer.build((2, 3, 16, 4))


def test_wrong_arguments_are_refused_by_name():
    # The others are checked where DSG checks them.
    with pytest.raises(ValueError, match="`neighbors` must be a positive .* got -1"):
        DynamicTemporalGraphConv(3, neighbors=-1)


def test_precomputed_without_keypoints_says_what_is_missing():
    layer = DynamicTemporalGraphConv(3, connection="precomputed")
    with pytest.raises(ValueError, match="call the layer with `keypoints=`"):
        layer(features(*SHAPE))


def test_soft_neighbors_by_hand():
    # Joints move by 0, 1 and 3 with K = 2, as the features of DSG's test are: L is
    # sigmoid((5 - d) / (28 / 9)) in row 0, the same in both directions.
    layer = DynamicTemporalGraphConv(1, neighbors=2, weighting="none", softness=1.0)
    layer.build((1, 2, 3, 1))
    x = tf.reshape([5.0, 5, 5, 5, 6, 8], (1, 2, 3, 1))
    row = 1.0 / (1.0 + np.exp(-np.array([5.0, 4.0, -4.0]) / (28 / 9)))
    for matrix in layer.affinity(x):
        np.testing.assert_allclose(matrix[0, 0, 0], row, rtol=1e-5)
    layer.tau.assign(1e-4)
    for matrix in layer.affinity(x):
        np.testing.assert_allclose(matrix[0, 0, 0], [1, 1, 0], atol=1e-6)


def test_soft_neighbors_are_a_well_behaved_layer(tmp_path):
    # Three kernels, two scores, and tau, which is not trained.
    check_layer(
        DynamicTemporalGraphConv,
        {"channels": 3, "softness": 0.5, "normalization": "softmax",
         "score_activation": "tanh"},
        (features(*SHAPE),),
        output_shape=(2, 3, 17, 3),
        trainable=9,
        non_trainable=1,
        parameters=3 * 4 * 3 + 2 * 9 + 1,
        folder=tmp_path,
        affinity=lambda layer, inputs: layer.affinity(*inputs),
    )  # fmt: skip
