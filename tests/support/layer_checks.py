"""Checks that every layer passes; a layer's own test file adds its numbers."""

import json

import numpy as np
import tensorflow as tf

keras = tf.keras


def features(*shape, seed=0):
    """Normal float32 features."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def randomize(layer, seed=0):
    """Moves every weight off its initial value; scales and variances stay positive."""
    rng = np.random.default_rng(seed)
    for weight in layer.weights:
        value = rng.normal(0.0, 0.3, weight.shape)
        if "variance" in weight.name or "gamma" in weight.name.split("/")[-1]:
            value = rng.uniform(0.5, 1.5, weight.shape)
        weight.assign(value)


def values(weights):
    """Weights as float64 arrays, for the loops."""
    return [np.asarray(weight, np.float64) for weight in weights]


def check_layer(
    layer_class,
    arguments,
    inputs,
    *,
    output_shape,
    trainable,
    non_trainable,
    parameters,
    folder,
    without_gradient=(),
    affinity=None,
    mixed_dtype=None,
):
    """Runs all checks below on one layer.

    Args:
        layer_class: its class.
        arguments: of the constructor.
        inputs: tuple of float32 call arguments with a leading batch axis.
        output_shape: expected, batch included.
        trainable, non_trainable: expected numbers of weights.
        parameters: expected number of parameters, all weights together.
        folder: to save in.
        without_gradient: last parts of the names of the weights to which no
            gradient can flow; every other trainable weight must get one.
        affinity: function of (layer, inputs) that gives a tensor or a tuple, if
            the layer has affinities.
        mixed_dtype: of the results under a mixed policy, if not the compute dtype.
    """
    check_config(layer_class, arguments)
    layer = layer_class(**arguments)
    check_weights(layer, inputs, trainable, non_trainable, parameters)
    check_calls(layer, inputs, output_shape)
    check_gradients(layer, inputs, without_gradient)
    check_jit_compile(layer, inputs)
    check_saving(layer, inputs, folder)
    check_fit(layer_class(**arguments), inputs)
    for policy in ("mixed_float16", "mixed_bfloat16"):
        layer = layer_class(**arguments, dtype=policy)
        result = mixed_dtype or policy.removeprefix("mixed_")
        check_mixed_precision(layer, inputs, policy, result, affinity)


def check_config(layer_class, arguments):
    """The configuration holds the arguments and survives JSON."""
    layer = layer_class(**arguments)
    config = layer.get_config()
    for name, value in arguments.items():
        assert config[name] == value, name
    text = json.dumps(keras.layers.serialize(layer))
    revived = keras.layers.deserialize(json.loads(text))
    assert type(revived) is layer_class
    assert revived.get_config() == config
    assert {*vars(revived)} == {*vars(layer)}


def check_weights(layer, inputs, trainable, non_trainable, parameters):
    """Weights come with `build`, as many as expected, each with a name."""
    assert not layer.built and not layer.weights
    layer.build(inputs[0].shape)
    assert layer.built
    assert len(layer.trainable_weights) == trainable
    assert len(layer.non_trainable_weights) == non_trainable
    assert layer.count_params() == parameters
    built = [id(weight) for weight in layer.weights]
    layer(*inputs)
    assert [id(weight) for weight in layer.weights] == built


def check_calls(layer, inputs, output_shape):
    """Eager, symbolic and declared shapes agree; the batch size is free."""
    assert layer(*inputs).shape == output_shape
    assert layer(*(value[:1] for value in inputs)).shape == (1, *output_shape[1:])
    symbolic = layer(*map(symbolic_input, inputs))
    assert tuple(symbolic.shape) == (None, *output_shape[1:])
    if len(inputs) == 1:
        declared = layer.compute_output_shape((None, *inputs[0].shape[1:]))
        assert tuple(declared) == (None, *output_shape[1:])


def check_gradients(layer, inputs, without_gradient):
    """Every trainable weight gets a gradient, but for those named."""
    randomize(layer)
    direction = features(*layer(*inputs).shape, seed=1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(*inputs, training=True) * direction)
    gradients = tape.gradient(loss, layer.trainable_weights)
    assert None not in gradients
    sizes = [float(tf.reduce_max(tf.abs(gradient))) for gradient in gradients]
    for weight, size in zip(layer.trainable_weights, sizes, strict=True):
        flows = size > 1e-5 * max(sizes)
        assert flows != weight.name.split(":")[0].endswith(without_gradient), weight


def check_fit(layer, inputs):
    """A compiled model takes a training step."""
    model = functional(layer, inputs)
    model.compile("sgd", loss="mse", jit_compile=False)
    target = np.zeros(layer(*inputs).shape, np.float32)
    history = model.fit(list(inputs), target, batch_size=len(target), verbose=0)
    assert np.isfinite(history.history["loss"][0])
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def check_mixed_precision(layer, inputs, policy, result, affinity):
    """Weights stay in float32; results are finite and of the type that is due."""
    y = layer(*inputs)
    assert layer.compute_dtype == policy.removeprefix("mixed_")
    assert y.dtype == result
    assert np.isfinite(tf.cast(y, tf.float32)).all()
    assert {tf.as_dtype(weight.dtype) for weight in layer.weights} <= {tf.float32}
    if affinity is not None:
        for matrix in tf.nest.flatten(affinity(layer, inputs)):
            assert np.isfinite(tf.cast(matrix, tf.float32)).all()


def check_jit_compile(layer, inputs):
    """XLA gives what the plain graph gives."""
    plain = tf.function(layer, jit_compile=False)(*map(tf.constant, inputs))
    compiled = tf.function(layer, jit_compile=True)(*map(tf.constant, inputs))
    scale = np.abs(plain).max()
    np.testing.assert_allclose(compiled / scale, plain / scale, rtol=0, atol=1e-5)


def check_saving(layer, inputs, folder):
    """A functional model with the layer comes back from `.keras` with its outputs."""
    randomize(layer)
    model = functional(layer, inputs)
    model.save(folder / "model.keras")
    revived = keras.models.load_model(folder / "model.keras")
    expected = model(list(inputs))
    np.testing.assert_array_equal(revived(list(inputs)), expected)


def functional(layer, inputs):
    """A model of the layer alone."""
    tensors = [symbolic_input(value) for value in inputs]
    return keras.Model(tensors, layer(*tensors))


def symbolic_input(value):
    return keras.Input(value.shape[1:], dtype=value.dtype.name)
