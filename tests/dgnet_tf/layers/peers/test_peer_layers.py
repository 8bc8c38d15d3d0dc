"""The peers' layers against loops and cases that can be checked by hand."""

import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import (
    check_config,
    check_fit,
    check_gradients,
    check_saving,
    check_weights,
    features,
    randomize,
    values,
)

from dgnet_tf import layers, skeletons
from dgnet_tf.layers.peers import joint_groups
from dgnet_tf.layers.peers.spatio_temporal_graph_conv import neighbours

PAIRS = [[0, 2], [1, 3, 4]]


@pytest.mark.parametrize(
    "layer_class, arguments, shape, output, trainable, non_trainable, parameters",
    [
        (layers.FullyConnected, {"channels": 3}, (2, 5, 4), (2, 5, 3), 2, 0, 15),
        (layers.StatelessDropout, {"rate": 0.4, "seed": 3}, (2, 4), (2, 4), 0, 0, 0),
        (
            layers.TemporalConv,
            {"channels": 3, "kernel_size": 2, "dilation": 3},
            (2, 7, 4),
            (2, 4, 3),
            1,
            0,
            24,
        ),
        (layers.RepeatEnds, {"frames": 2}, (2, 3, 4), (2, 7, 4), 0, 0, 0),
        (
            layers.TemporalTower,
            {
                "channels": 3,
                "outputs": 2,
                "blocks": 1,
                "dropout": 0.0,
                "head_scale": 0.3,
            },
            (2, 11, 4),
            (2, 3, 2),
            3 + 3 * 2 + 2,
            3 * 2,
            36 + 27 + 9 + 3 * 12 + 8,
        ),
        (layers.GroupMax, {"groups": PAIRS}, (2, 1, 5, 3), (2, 1, 2, 3), 0, 0, 0),
        (layers.GroupSpread, {"groups": PAIRS}, (2, 1, 2, 3), (2, 1, 5, 3), 0, 0, 0),
        (
            layers.GroupedNonLocal,
            {"groups": PAIRS},
            (2, 1, 5, 4),
            (2, 1, 5, 4),
            10 + 2,
            2,
            3 * 10 + 4 + 12 + 16,
        ),
        (
            layers.SpatioTemporalGraphConv,
            {"channels": 3, "level": "parts", "skeleton": "humaneva_15"},
            (2, 3, 5, 4),
            (2, 3, 5, 3),
            6,
            0,
            72,
        ),
    ],
)
def test_each_layer_is_a_layer(
    layer_class,
    arguments,
    shape,
    output,
    trainable,
    non_trainable,
    parameters,
    tmp_path,
):
    inputs = (features(*shape),)
    check_config(layer_class, arguments)
    layer = layer_class(**arguments)
    check_weights(layer, inputs, trainable, non_trainable, parameters)
    assert layer(*inputs).shape == output
    assert layer.compute_output_shape((None, *shape[1:])) == (None, *output[1:])
    if trainable:
        check_gradients(layer, inputs, ())
        check_fit(layer_class(**arguments), inputs)
    check_saving(layer, inputs, tmp_path)


def test_a_fully_connected_layer_is_a_product_and_a_sum():
    layer = layers.FullyConnected(3)
    x = features(2, 1, 5, 4)
    layer(x)
    randomize(layer)
    kernel, bias = values(layer.weights)
    np.testing.assert_allclose(layer(x), x @ kernel + bias, atol=1e-5)


def test_dilated_taps_against_loops():
    layer = layers.TemporalConv(3, kernel_size=3, dilation=2)
    x = features(2, 7, 4)
    layer(x)
    (kernel,) = values(layer.weights)
    expected = np.zeros((2, 3, 3))
    for b in range(2):
        for t in range(3):
            for k in range(3):
                expected[b, t] += x[b, t + 2 * k] @ kernel[k]
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)


def test_taps_of_ones_add_up_frames():
    layer = layers.TemporalConv(1, dilation=3)
    layer.build((None, None, 1))
    layer.kernel.assign(np.ones((3, 1, 1)))
    # 0 + 3 + 6, 1 + 4 + 7.
    result = layer(np.arange(8.0, dtype=np.float32)[None, :, None])
    assert result.numpy().ravel().tolist() == [9.0, 12.0]


def test_ends_are_repeated():
    x = np.array([[[1.0], [2.0], [3.0]]], np.float32)
    result = layers.RepeatEnds(2)(x).numpy().ravel().tolist()
    assert result == [1, 1, 1, 2, 3, 3, 3]


def test_the_tower_against_loops():
    layer = layers.TemporalTower(3, 2, blocks=2, dropout=0.0)
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


def test_dropout_follows_from_seed_and_features():
    x = np.ones((100, 50), np.float32)
    drop = layers.StatelessDropout(0.3, seed=1)
    first = drop(x, training=True).numpy()
    assert set(np.unique(first)) == {np.float32(0.0), np.float32(1.0) / np.float32(0.7)}
    assert np.mean(first == 0) == pytest.approx(0.3, abs=0.03)
    again = layers.StatelessDropout(0.3, seed=1)(x, training=True)
    np.testing.assert_array_equal(again, first)
    for other in (
        layers.StatelessDropout(0.3, seed=2)(x, training=True),
        drop(x + np.float32(1e-4), training=True) / np.float32(1.0001),
    ):
        assert np.mean((other.numpy() == 0) == (first == 0)) < 0.7
    np.testing.assert_array_equal(drop(x, training=False), x)
    with pytest.raises(ValueError, match="`dropout` must be .* below 1, got 1"):
        layers.StatelessDropout(1)


def test_pooling_takes_each_channels_maximum_and_spreading_copies():
    x = np.array([[[[1, 9], [2, -3], [5, 4], [0, -2], [-1, -5]]]], np.float32)
    pooled = layers.GroupMax(PAIRS)(x)
    assert pooled.numpy().tolist() == [[[[5, 9], [2, -2]]]]
    spread = layers.GroupSpread(PAIRS)(pooled).numpy()[0, 0].tolist()
    assert spread == [[5, 9], [2, -2], [5, 9], [2, -2], [2, -2]]
    with pytest.raises(ValueError, match="`groups` must have each joint once"):
        layers.GroupSpread([[0, 1], [1, 2]])


def test_the_grouped_non_local_layer_against_loops():
    layer = layers.GroupedNonLocal(PAIRS)
    x = features(2, 2, 5, 4)
    layer(x)
    randomize(layer)
    weight = {
        w.name.split("/")[-1].split(":")[0]: np.asarray(w, np.float64)
        for w in layer.weights
    }
    norm = layer.norm
    expected = np.zeros_like(x, np.float64)
    for b, t in np.ndindex(2, 2):
        theta, phi, g = (
            x[b, t] @ weight[name] + weight[f"{name}_bias"]
            for name in ("theta", "phi", "g")
        )
        for i in range(5):
            y = np.zeros(2)
            for group in PAIRS:
                key, value = phi[group].max(axis=0), g[group].max(axis=0)
                score = theta[i] @ weight["a"][:, 0] + key @ weight["b"][:, 0]
                y += max(score, 0.0) * value / len(PAIRS)
            z = y @ weight["w"] + weight["w_bias"] - np.asarray(norm.moving_mean)
            z = z / np.sqrt(np.asarray(norm.moving_variance) + 1e-5)
            expected[b, t, i] = x[b, t, i] + z * norm.gamma + norm.beta
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-4)


def test_a_new_grouped_non_local_layer_is_the_identity():
    x = features(2, 2, 5, 4)
    np.testing.assert_array_equal(layers.GroupedNonLocal(PAIRS)(x), x)


def test_the_spatio_temporal_convolution_against_loops():
    layer = layers.SpatioTemporalGraphConv(2, activation=None)
    x = features(1, 3, 17, 4)
    layer(x)
    randomize(layer)
    skeleton = skeletons.get("human36m_17")
    itself, towards, away, mirrored, later, earlier = values(layer.weights)
    expected = np.zeros((3, 17, 2))
    for t in range(3):
        for i in range(17):
            y = x[0, t, i] @ itself
            if skeleton.parents[i] >= 0:
                y = y + x[0, t, skeleton.parents[i]] @ towards
            children = [j for j, p in enumerate(skeleton.parents) if p == i]
            for j in children:
                y = y + x[0, t, j] @ away / len(children)
            if skeleton.mirror[i] != i:
                y = y + x[0, t, skeleton.mirror[i]] @ mirrored
            if t < 2:
                y = y + x[0, t + 1, i] @ later
            if t > 0:
                y = y + x[0, t - 1, i] @ earlier
            expected[t, i] = y
    np.testing.assert_allclose(layer(x)[0], expected, atol=1e-4)


def test_limbs_hang_from_the_torso_and_the_body_is_alone():
    kinds = neighbours("parts", "human36m_17")
    torso, right_leg, left_leg, left_arm, right_arm = range(5)
    assert kinds["towards"][:, torso].tolist() == [0, 1, 1, 1, 1]
    assert kinds["away"][torso].tolist() == [0, 0.25, 0.25, 0.25, 0.25]
    assert kinds["mirrored"][right_leg, left_leg] == 1
    assert kinds["mirrored"][left_arm, right_arm] == 1
    assert kinds["mirrored"].sum() == 4
    assert neighbours("body", "human36m_17") == {}
    with pytest.raises(ValueError, match="`level` 'body' has 1 nodes, .* has 5"):
        layers.SpatioTemporalGraphConv(2, level="body")(features(1, 1, 5, 2))
    with pytest.raises(ValueError, match="`level` must be one of"):
        layers.SpatioTemporalGraphConv(2, level="head")


@pytest.mark.parametrize("name", list(skeletons.SKELETONS))
def test_groups_hold_each_joint_once(name):
    joints = list(range(len(skeletons.get(name).joints)))
    for groups in (joint_groups.pairs(name), joint_groups.parts(name)):
        assert sorted(joint for group in groups for joint in group) == joints
        assert all(groups)
    assert len(joint_groups.pairs(name)) == 8
    assert len(joint_groups.parts(name)) == 5
    assert skeletons.get(name).root in joint_groups.parts(name)[0]


def test_groups_are_the_published_ones():
    # SemGCN's 16 joints, in its order.
    published = [[2, 3], [5, 6], [1, 4], [0, 7], [8, 9], [14, 15], [11, 12], [10, 13]]
    found = joint_groups.pairs("human36m_16")
    assert sorted(sorted(g) for g in found) == sorted(published)
    assert joint_groups.pairs("human36m_17")[-1] == (8, 9, 10)
    assert joint_groups.parts("human36m_17") == (
        (0, 7, 8, 9, 10),
        (1, 2, 3),
        (4, 5, 6),
        (11, 12, 13),
        (14, 15, 16),
    )


def test_unknown_lengths_of_time_go_through():
    tower = layers.TemporalTower(3, 2, blocks=1, dropout=0.0)
    function = tf.function(tower, input_signature=[tf.TensorSpec([None, None, 4])])
    for length in (9, 12):
        assert function(features(2, length, 4)).shape == (2, length - 8, 2)
