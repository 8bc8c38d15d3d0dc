"""Batch normalisation against Keras' own."""

import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import features, randomize

from dgnet_tf.layers.batch_norm import BatchNorm, make_batch_norm

keras = tf.keras

SETTINGS = {"momentum": 0.9, "epsilon": 1e-5}


def test_by_hand():
    # 1 and 5: mean 3, variance 4; gamma 10, beta 1.
    layer = make_batch_norm("norm", dtype="float32", gamma=10.0)
    layer.build((None, 1, 2, 1))
    layer.beta.assign([1.0])
    y = layer(tf.constant([[[[1.0], [5.0]]]]), training=True)
    np.testing.assert_allclose(y[0, 0], [[-9.0], [11.0]], rtol=1e-5)
    # A tenth of the way from 0 to 3 and from 1 to 4.
    np.testing.assert_allclose(layer.moving_mean, [0.3], rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, [1.3], rtol=1e-6)


def twins(dtype="float32", shape=(None, 4, 17, 8)):
    """Returns our layer and Keras' with equal random weights."""
    layers = [
        kind(dtype=dtype, **SETTINGS)
        for kind in (BatchNorm, keras.layers.BatchNormalization)
    ]
    for layer in layers:
        layer.build(shape)
        # Keras 2's fused operation averages the unbiased variance instead.
        layer.fused = False
    randomize(layers[0])
    layers[1].set_weights(layers[0].get_weights())
    return layers


def step(layer, x, training=True):
    """Returns output, gradients of a loss by input and weights, and statistics."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=training)
        loss = tf.reduce_sum(tf.cast(y, tf.float32) ** 3)
    gradients = tape.gradient(loss, [x, *layer.trainable_weights])
    return [tf.cast(v, tf.float32).numpy() for v in (y, *gradients)], [
        tf.convert_to_tensor(w).numpy() for w in layer.non_trainable_weights
    ]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("compiled", [True, False])
def test_it_equals_keras(training, compiled):
    x = 3 * features(5, 4, 17, 8) + 2
    results = []
    for layer in twins():

        def run(x, layer=layer):
            return layer(x, training=training)

        run = tf.function(run, jit_compile=compiled)
        run(tf.constant(x))
        values, statistics = step(layer, x, training)
        results.append([run(tf.constant(x)).numpy(), *values, *statistics])
    for ours, theirs in zip(*results, strict=True):
        scale = np.abs(theirs).max()
        np.testing.assert_allclose(ours / scale, theirs / scale, atol=2e-5)


def test_the_gradient_is_that_of_the_formula():
    x = tf.constant(features(2, 1, 3, 4), tf.float32)
    layer, _ = twins(shape=x.shape)

    def loss(x):
        # x is small: the fourth power makes every element's share differ.
        return tf.reduce_sum(layer(x, training=True) ** 4)

    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(x)
    gradient = tape.gradient(value, x).numpy()
    numeric = np.zeros_like(gradient)
    for index in np.ndindex(*x.shape):
        shift = np.zeros(x.shape, np.float32)
        shift[index] = 1e-2
        numeric[index] = (loss(x + shift) - loss(x - shift)) / 2e-2
    np.testing.assert_allclose(gradient, numeric, atol=0.02 * np.abs(numeric).max())


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_keeps_statistics_in_float32(dtype):
    ours, theirs = twins(dtype)
    x = tf.cast(features(5, 4, 17, 8) + 30, ours.compute_dtype)
    y = ours(x, training=True)
    assert y.dtype == ours.compute_dtype
    expected = theirs(x, training=True)
    np.testing.assert_allclose(
        tf.cast(y, tf.float32), tf.cast(expected, tf.float32), atol=0.05
    )
    np.testing.assert_allclose(ours.moving_mean, theirs.moving_mean, rtol=1e-3)


def test_a_frozen_layer_keeps_its_statistics():
    layer, _ = twins()
    layer.trainable = False
    before = [w.numpy() for w in layer.weights]
    y = layer(tf.constant(features(5, 4, 17, 8)), training=True)
    expected = layer(tf.constant(features(5, 4, 17, 8)), training=False)
    np.testing.assert_array_equal(y, expected)
    for old, new in zip(before, layer.weights, strict=True):
        np.testing.assert_array_equal(old, new)
