"""FSG, Eq. 1-2, and its semantic form."""

import inspect

import numpy as np
import pytest
import tensorflow as tf
from support import paper_loops
from support.layer_checks import check_layer, features, randomize, values

from dgnet_tf import skeletons
from dgnet_tf.layers import FixedSpatialGraphConv

SHAPE = (2, 3, 17, 4)
HIP, ANKLE, THORAX = 0, 3, 8


def test_by_hand_each_joint_sums_its_neighbors():
    layer = FixedSpatialGraphConv(1, kernel_initializer="ones")
    y = layer(joint_numbers())[0, 0, :, 0].numpy()
    assert y[HIP] == 1 + 4 + 7
    assert y[ANKLE] == 2
    assert y[THORAX] == 7 + 9 + 11 + 14
    layer.theta.assign([[-1.0]])
    assert (layer(joint_numbers()).numpy() == 0).all()


def test_by_hand_semantic_bones_start_as_a_mean():
    layer = FixedSpatialGraphConv(1, semantic=True)
    layer.build((1, 1, 17, 1))
    layer.theta_self.assign([[10.0]])
    layer.theta.assign([[1.0]])
    y = layer(joint_numbers())[0, 0, :, 0].numpy()
    assert y[HIP] == pytest.approx((10 * 0 + 1 + 4 + 7) / 4)
    assert y[ANKLE] == pytest.approx((10 * 3 + 2) / 2)
    assert y[THORAX] == pytest.approx((10 * 8 + 7 + 9 + 11 + 14) / 5)


def joint_numbers():
    """One frame whose only feature is each joint's index."""
    return tf.range(17, dtype=tf.float32)[None, None, :, None]


@pytest.mark.parametrize(
    "semantic, weights, parameters", [(False, 1, 12), (True, 3, 73)]
)
def test_it_is_a_well_behaved_layer(semantic, weights, parameters, tmp_path):
    # 4 x 3 for each kernel, and 2 x 16 bones + 17 joints.
    check_layer(
        FixedSpatialGraphConv,
        {"channels": 3, "semantic": semantic},
        (features(*SHAPE),),
        output_shape=(2, 3, 17, 3),
        trainable=weights,
        non_trainable=0,
        parameters=parameters,
        folder=tmp_path,
        affinity=lambda layer, inputs: layer.affinity(),
    )


def test_its_defaults_are_the_printed_equation():
    layer = FixedSpatialGraphConv(8)
    layer.build(SHAPE)
    assert layer.skeleton == "human36m_17"
    assert [tuple(weight.shape) for weight in layer.weights] == [(4, 8)]
    adjacency = layer.affinity().numpy()
    assert (np.diag(adjacency) == 0).all()  # Eq. 1 has no self-loop
    assert set(np.unique(adjacency)) == {0.0, 1.0}  # and no normalisation
    assert (layer(features(*SHAPE)).numpy() >= 0).all()  # sigma is ReLU
    parameters = inspect.signature(FixedSpatialGraphConv).parameters
    assert parameters["semantic"].default is False


@pytest.mark.parametrize("skeleton", sorted(skeletons.SKELETONS))
@pytest.mark.parametrize("frames, activation", [(3, "relu"), (1, None)])
def test_it_equals_the_loops_over_bones(skeleton, frames, activation):
    joints = len(skeletons.get(skeleton).joints)
    x = features(2, frames, joints, 4)
    layer = FixedSpatialGraphConv(
        5, skeleton=skeleton, activation=activation, use_bias=True
    )
    layer.build(x.shape)
    randomize(layer)
    theta, bias = values([layer.theta, layer.bias])
    sets = paper_loops.bones(skeleton)
    matrix = paper_loops.affinity(sets, x[0, 0], x[0, 0], lambda x_i, x_j: 1.0)
    np.testing.assert_array_equal(layer.affinity(), matrix)
    sigma = paper_loops.relu if activation else paper_loops.linear
    everywhere = np.broadcast_to(matrix, (2, frames, joints, joints))
    expected = paper_loops.spatial(x, everywhere, theta, sigma, bias)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("skeleton", sorted(skeletons.SKELETONS))
def test_semantic_equals_the_loops_over_learned_edges(skeleton):
    joints = len(skeletons.get(skeleton).joints)
    x = features(2, 3, joints, 4)
    layer = FixedSpatialGraphConv(5, skeleton=skeleton, semantic=True, activation=None)
    layer.build(x.shape)
    randomize(layer)
    theta, theta_self, edges = values([layer.theta, layer.theta_self, layer.edges])
    # Edges are numbered by row, then by column.
    pairs, edge_of = [], {}
    for i, near in enumerate(paper_loops.bones(skeleton)):
        for j in sorted([i, *near]):
            edge_of[i, j] = edges[len(pairs)]
            pairs.append((i, j))
    assert len(pairs) == len(edges)
    m = np.zeros((joints, joints))
    for i, j in pairs:
        total = sum(np.exp(edge_of[row]) for row in pairs if row[0] == i)
        m[i, j] = np.exp(edge_of[i, j]) / total
    np.testing.assert_allclose(layer.affinity(), m, rtol=1e-5)
    expected = np.zeros((2, 3, joints, 5))
    for b in range(2):
        for t in range(3):
            for i, j in pairs:
                kernel = theta_self if i == j else theta
                expected[b, t, i] += m[i, j] * x[b, t, j] @ kernel
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5, atol=1e-5)


def test_the_split_into_loops_and_bones_is_that_of_diag_part_gradients_too():
    x = tf.constant(features(*SHAPE))
    layer = FixedSpatialGraphConv(5, semantic=True, activation=None)
    layer.build(SHAPE)
    randomize(layer)
    direction = features(2, 3, 17, 5, seed=1)

    def as_printed(x):
        affinity = layer.affinity()
        loops = tf.linalg.diag_part(affinity)
        bones = tf.matmul(affinity - tf.linalg.diag(loops), x @ layer.theta)
        return loops[:, None] * (x @ layer.theta_self) + bones

    found = []
    for function in (layer, as_printed):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
            loss = tf.reduce_sum(y * direction)
        found.append((y, *tape.gradient(loss, [x, *layer.trainable_weights])))
    for ours, printed in zip(*found, strict=True):
        np.testing.assert_allclose(ours, printed, rtol=1e-6, atol=1e-6)


def test_the_two_kernels_of_the_semantic_form_start_apart():
    layer = FixedSpatialGraphConv(3, semantic=True)
    layer.build(SHAPE)
    assert (layer.theta.numpy() != layer.theta_self.numpy()).all()


def test_another_number_of_joints_is_refused():
    for semantic in (False, True):
        layer = FixedSpatialGraphConv(3, semantic=semantic)
        with pytest.raises(ValueError, match=r"`skeleton` 'human36m_17' has 17 .* 16"):
            layer.build((2, 3, 16, 4))


@pytest.mark.parametrize("channels", [0, -1, 2.0, "8", True, None])
def test_channels_must_be_a_positive_integer(channels):
    with pytest.raises(ValueError, match="`channels` must be a positive integer, got"):
        FixedSpatialGraphConv(channels)


def test_an_unknown_skeleton_is_refused():
    with pytest.raises(ValueError, match="`skeleton` must be one of .* got 'dog'"):
        FixedSpatialGraphConv(3, skeleton="dog")
