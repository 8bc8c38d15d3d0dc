"""Neighbour masks and their weighting, alone."""

import numpy as np
import pytest
import tensorflow as tf
from support import paper_loops
from support.layer_checks import features

from dgnet_tf import skeletons
from dgnet_tf.layers.neighbor_masks import (
    constant_mask,
    nearest_mask,
    skeleton_adjacency,
    soft_mask,
    weigh,
)


def test_nearest_mask_by_hand():
    # On a line: 0 . 1 . . . 5 . . 8; each with the one nearest other.
    x = tf.constant([[0.0], [1.0], [5.0], [8.0]])
    assert neighbors_of(nearest_mask(x, 2)) == [[0, 1], [0, 1], [2, 3], [2, 3]]
    low, high = [0, 1, 2], [1, 2, 3]
    assert neighbors_of(nearest_mask(x, 3)) == [low, low, high, high]


def neighbors_of(mask):
    """The set bits of each row."""
    assert set(np.unique(mask)) <= {0.0, 1.0}
    return [np.flatnonzero(row).tolist() for row in np.asarray(mask)]


nearest_mask_by_xla = tf.function(nearest_mask, jit_compile=True)


def eager_and_xla(x, neighbors):
    """The mask, which both must agree on."""
    mask = nearest_mask(tf.constant(x), neighbors).numpy()
    np.testing.assert_array_equal(nearest_mask_by_xla(x, neighbors), mask)
    return mask


@pytest.mark.parametrize("neighbors", [1, 2, 3, 4, 9, 17])
def test_nearest_mask_is_what_sorting_gives(neighbors):
    x = features(2, 3, 17, 4)
    mask = nearest_mask(tf.constant(x), neighbors).numpy()
    assert mask.shape == (2, 3, 17, 17) and mask.dtype == np.float32
    for b in range(2):
        for t in range(3):
            assert neighbors_of(mask[b, t]) == paper_loops.knn(x[b, t], neighbors)


def test_one_neighbor_is_the_joint_itself():
    mask = nearest_mask(tf.constant(features(2, 17, 4)), 1)
    np.testing.assert_array_equal(mask, [np.eye(17)] * 2)


def test_as_many_neighbors_as_joints_are_everybody():
    mask = nearest_mask(tf.constant(features(2, 17, 4)), 17)
    np.testing.assert_array_equal(mask, np.ones((2, 17, 17)))


def test_zero_motion_takes_the_joint_itself_and_then_the_lowest_indices():
    mask = eager_and_xla(np.zeros((5, 4), np.float32), 3)
    assert neighbors_of(mask) == [[0, 1, 2]] * 3 + [[0, 1, 3], [0, 1, 4]]


def test_a_common_motion_is_a_tie_of_all_joints():
    mask = nearest_mask(tf.constant([[0.1, -0.3, 7.7]] * 17), 2)
    assert neighbors_of(mask) == [[0, 1]] + [[0, i] for i in range(1, 17)]


@pytest.mark.parametrize("channels", [3, 128])
@pytest.mark.parametrize("pair", [(0, 16), (3, 7), (15, 16)])
def test_of_identical_joints_each_takes_itself_and_others_the_lower(pair, channels):
    low, high = pair
    # Whole numbers: no sum of their products rounds, in whatever order a machine adds.
    x = np.round(8 * features(8, 17, channels, seed=channels)) + np.float32(1.0)
    x[:, high] = x[:, low]
    mask = eager_and_xla(x, 2)
    assert (mask[:, low, [low, high]] == 1).all()
    assert (mask[:, high, [low, high]] == 1).all()
    others = np.delete(mask, pair, axis=1)
    assert (others[:, :, high] == 0).all()
    mask = nearest_mask(tf.constant(x), 6).numpy()
    assert (mask[:, :, low] >= mask[:, :, high]).all()


@pytest.mark.parametrize("pair", [(0, 16), (3, 7), (15, 16)])
def test_identical_joints_of_whatever_features_take_each_other(pair):
    x = features(8, 17, 128) + 1.0
    x[:, pair[1]] = x[:, pair[0]]
    for nearest in (nearest_mask, nearest_mask_by_xla):
        mask = nearest(tf.constant(x), 2).numpy()
        assert (mask[:, pair, :][:, :, pair] == 1).all()
        assert (mask.sum(-1) == 2).all()


def test_ties_of_integer_distances_go_to_the_lower_index():
    rng = np.random.default_rng(0)
    x = rng.integers(-4, 5, (60, 17, 2)).astype(np.float32)
    mask = eager_and_xla(x, 4)
    for example, rows in zip(x, mask, strict=True):
        assert neighbors_of(rows) == paper_loops.knn(example, 4)


def test_a_far_offset_does_not_blur_the_neighbors():
    # Multiples of 1/64, so that the offset itself rounds nothing.
    x = np.round(features(20, 17, 3) * 64) / 64
    near = nearest_mask(tf.constant(x), 4)
    far = nearest_mask(tf.constant(x + np.float32(1000.0)), 4)
    np.testing.assert_array_equal(near, far)


def test_half_precision_features_are_compared_in_float32():
    # 303^2 is above float16's largest number.
    x = np.zeros((4, 1), np.float32)
    x[:, 0] = [0.0, 300.0, 301.0, 303.0]
    mask = nearest_mask(tf.constant(x, tf.float16), 2)
    assert neighbors_of(mask) == [[0, 1], [1, 2], [1, 2], [2, 3]]


def test_no_gradient_flows_through_the_choice_of_neighbors():
    x = tf.Variable(features(5, 3))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(nearest_mask(x, 2))
    assert tape.gradient(total, x) is None


@pytest.mark.parametrize("skeleton", sorted(skeletons.SKELETONS))
def test_adjacency_holds_the_bones_and_no_joint_itself(skeleton):
    adjacency = skeleton_adjacency(skeleton)
    assert neighbors_of(adjacency) == paper_loops.bones(skeleton)
    joints = len(skeletons.get(skeleton).joints)
    assert adjacency.sum() == 2 * (joints - 1)  # a tree, both directions


@pytest.mark.parametrize("skeleton", sorted(skeletons.SKELETONS))
@pytest.mark.parametrize("connection", ["fixed", "full", "symmetry"])
@pytest.mark.parametrize("temporal", [False, True])
def test_constant_masks_follow_the_skeleton(connection, skeleton, temporal):
    mask = constant_mask(connection, skeleton, 3, 0, temporal)
    expected = paper_loops.fixed_sets(connection, skeleton, temporal)
    assert mask.dtype == np.float32
    assert neighbors_of(mask) == expected


def test_symmetry_pairs_the_wrists():
    wrist = skeletons.get("human36m_17").joints.index
    mask = constant_mask("symmetry", "human36m_17", 3, 0, False)
    left, right = wrist("left_wrist"), wrist("right_wrist")
    assert neighbors_of(mask)[left] == sorted([left, right])
    assert neighbors_of(mask)[0] == [0]  # the hip is its own mirror image


def test_random_masks_have_k_neighbors_and_depend_on_the_seed_alone():
    masks = [constant_mask("random", "human36m_17", 4, s, False) for s in range(99)]
    for mask in masks:
        assert (np.diag(mask) == 1).all()
        assert [len(row) for row in neighbors_of(mask)] == [4] * 17
    np.testing.assert_array_equal(
        masks[5], constant_mask("random", "human36m_17", 4, 5, True)
    )
    assert len({mask.tobytes() for mask in masks}) == 99
    # Over the seeds every joint meets every other one: none is favoured.
    assert (sum(masks) > 0).all()


SCORES = tf.constant([[2.0, -1.0, 7.0], [1.0, 3.0, 0.5], [4.0, 4.0, -2.0]])
MASK = tf.constant([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1.0]])


def test_weight_without_normalization_is_the_product():
    expected = [[2, -1, 0], [0, 3, 0], [4, 4, -2]]
    np.testing.assert_array_equal(weigh(MASK, SCORES, "none"), expected)


def test_weight_mean_divides_by_the_number_of_neighbors():
    expected = [[1, -0.5, 0], [0, 3, 0], [4 / 3, 4 / 3, -2 / 3]]
    np.testing.assert_allclose(weigh(MASK, SCORES, "mean"), expected, rtol=1e-6)


def test_weight_softmax_runs_over_the_neighbors_alone():
    # Row 0: e^2 / (e^2 + e^-1) = 1 / (1 + e^-3); row 2: 1 / (2 + e^-6) twice.
    first, last = 1 / (1 + np.exp(-3.0)), 1 / (2 + np.exp(-6.0))
    expected = [[first, 1 - first, 0], [0, 1, 0], [last, last, 1 - 2 * last]]
    np.testing.assert_allclose(weigh(MASK, SCORES, "softmax"), expected, rtol=1e-5)


def test_softmax_holds_for_extreme_scores():
    scores = tf.constant([[1e8, -1e8, 1e8], [-1e8, -1e8, 1e8]])
    mask = tf.constant([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]])
    expected = [[1, 0, 0], [0.5, 0.5, 0]]
    np.testing.assert_array_equal(weigh(mask, scores, "softmax"), expected)


@pytest.mark.parametrize("neighbors", [1, 3, 4, 16, 17])
def test_joints_that_nearly_tie_count_once(neighbors):
    # Distances differ in their last digits, if at all.
    rng = np.random.default_rng(0)
    x = np.eye(17)[rng.integers(0, 3, (200, 17))] + 1e-7 * rng.normal(
        size=(200, 17, 17)
    )
    mask = nearest_mask(tf.constant(x, tf.float32), neighbors).numpy()
    assert set(np.unique(mask)) <= {0.0, 1.0}
    np.testing.assert_array_equal(mask.sum(axis=-1), neighbors)
    np.testing.assert_array_equal(np.einsum("bii->bi", mask), 1)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-np.asarray(x, np.float64)))


def test_soft_mask_by_hand():
    # On a line: 0 . 1 . . . 5 . . 8, K = 2. Squared distances of joint 0: 0, 1, 25, 64,
    # between the second and the third 13; of joint 3: 0, 9, 49, 64, and 29. The mean
    # over all pairs is (90 + 66 + 50 + 122) / 16 = 20.5, so tau = 2 divides by 41.
    mask = soft_mask(tf.constant([[0.0], [1.0], [5.0], [8.0]]), 2, 2.0)
    expected = sigmoid(np.array([13.0, 12.0, -12.0, -51.0]) / 41.0)
    np.testing.assert_allclose(mask[0], expected, rtol=1e-5)
    expected = sigmoid(np.array([-35.0, -20.0, 20.0, 29.0]) / 41.0)
    np.testing.assert_allclose(mask[3], expected, rtol=1e-5)


@pytest.mark.parametrize("neighbors", [1, 3, 16, 17])
def test_a_soft_mask_ends_as_the_nearest(neighbors):
    x = tf.constant(features(2, 3, 17, 4))
    hard = nearest_mask(x, neighbors)
    np.testing.assert_allclose(soft_mask(x, neighbors, 1e-7), hard, atol=1e-3)
    # Whatever tau, who is near has more than a half, who is not less. No unit counts.
    soft = soft_mask(x, neighbors, 0.5)
    np.testing.assert_array_equal(soft > 0.5, hard > 0.5)
    np.testing.assert_allclose(soft_mask(100.0 * x, neighbors, 0.5), soft, atol=1e-4)


def test_soft_joints_that_are_alike_are_half_neighbors():
    mask = soft_mask(tf.ones((5, 4)), 3, 0.1)
    np.testing.assert_array_equal(mask, np.full((5, 5), 0.5))


def test_the_choice_of_soft_neighbors_passes_its_gradient():
    x, step = features(5, 3).astype(np.float64), 1e-2
    direction = features(5, 3, seed=1)
    weight = tf.constant(features(5, 5, seed=2))

    def total(x):
        return tf.reduce_sum(weight * soft_mask(x, 2, 0.7))

    variable = tf.Variable(x, dtype=tf.float32)
    with tf.GradientTape() as tape:
        value = total(variable)
    slope = tf.reduce_sum(tape.gradient(value, variable) * direction)
    ahead, behind = (
        total(tf.constant(x + s * step * direction, tf.float32)) for s in (1, -1)
    )
    assert float(slope) == pytest.approx(float(ahead - behind) / (2 * step), rel=1e-2)
    still = tf.Variable(tf.ones((5, 3)))
    with tf.GradientTape() as tape:
        value = total(still)
    assert np.isfinite(tape.gradient(value, still)).all()


def test_weigh_multiplies_soft_marks_into_the_softmax():
    mask = tf.constant([[0.5, 0.25, 0.0]])
    scores = tf.math.log([[2.0, 4.0, 100.0]])  # Exponentials 2, 4 and 100.
    found = weigh(mask, scores, "softmax", soft=True)
    np.testing.assert_allclose(found, [[0.5, 0.5, 0.0]], atol=1e-6)
    found = weigh(mask, tf.constant([[3.0, -6.0, 1.0]]), "mean", soft=True)
    np.testing.assert_allclose(found, [[2.0, -2.0, 0.0]], rtol=1e-6)


def test_neighbors_without_scores_are_normalised_by_their_number():
    # D_t over its row sums: each of K neighbours gets 1 / K, by mean and softmax alike.
    mask = nearest_mask(tf.constant(features(17, 4)), 4)
    for normalization in ("mean", "softmax"):
        found = weigh(mask, tf.ones((1, 1)), normalization)
        np.testing.assert_allclose(found, mask / 4.0, rtol=1e-6)
