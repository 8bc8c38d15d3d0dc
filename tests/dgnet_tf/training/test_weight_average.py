"""The moving average of weights: numbers, validation, what is left behind."""

import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf.training.callbacks import Callbacks
from dgnet_tf.training.weight_average import WeightAverage

keras = tf.keras
STEPS, EPOCHS = 25, 2
X = np.random.default_rng(0).normal(size=(4 * STEPS, 2)).astype(np.float32)
Y = X[:, :1] + 3.0


def small_model():
    keras.utils.set_random_seed(0)
    x = keras.Input((2,))
    hidden = keras.layers.BatchNormalization(name="norm")(x)
    model = keras.Model(x, keras.layers.Dense(1, name="out")(hidden))
    model.compile(keras.optimizers.SGD(0.05), "mse")
    return model


class Recorder(keras.callbacks.Callback):
    """The weights before each step, and those that validation sees."""

    def __init__(self):
        super().__init__()
        self.steps, self.validated, self.after = [], [], []

    def on_train_batch_begin(self, batch, logs=None):
        self.steps.append(self.model.get_weights())

    def on_test_batch_begin(self, batch, logs=None):
        self.validated.append(self.model.get_weights())

    def on_epoch_end(self, epoch, logs=None):
        self.after.append(self.model.get_weights())


def fit(momentum, validate):
    model = small_model()
    average = WeightAverage(model, momentum, STEPS)
    recorder = Recorder()
    batches = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4).repeat(EPOCHS)
    model.fit(
        batches,
        validation_data=(X[:4], Y[:4]) if validate else None,
        epochs=EPOCHS,
        steps_per_epoch=STEPS,
        shuffle=False,
        verbose=0,
        callbacks=Callbacks([average, recorder], model),
    )
    return model, recorder


def expected(recorder, momentum):
    """The averages after each epoch, step by step in NumPy: updates every 10 steps."""
    # The weights after step n: those before step n + 1, or those at the epoch's end.
    after = {n: weights for n, weights in enumerate(recorder.steps)}
    for epoch, weights in enumerate(recorder.after, start=1):
        after[epoch * STEPS] = weights
    average, found, before = recorder.steps[0], [], 0
    for n in (10, 20, 25, 35, 45, 50):
        kept = min(momentum, (1 + n) / (10 + n)) ** (n - before)
        pairs = zip(average, after[n], strict=True)
        average, before = [w + kept * (a - w) for a, w in pairs], n
        if n % STEPS == 0:
            found.append(average)
    return found


def assert_same(weights, other, **options):
    for a, b in zip(weights, other, strict=True):
        np.testing.assert_allclose(a, b, **options)


@pytest.mark.parametrize("momentum", [0.7, 0.95])
def test_the_average_is_that_of_a_loop_and_is_left_in_the_model(momentum):
    model, recorder = fit(momentum, validate=True)
    averages = expected(recorder, momentum)
    assert_same(model.get_weights(), averages[-1], rtol=1e-4, atol=1e-6)
    pairs = zip(averages[-1], recorder.after[-1], strict=True)
    moved = [np.abs(a - b).max() for a, b in pairs]
    # All four of the norm's and both of the layer's: moving statistics as well.
    assert len(moved) == 6 and min(moved) > 1e-4


def test_validation_sees_the_average_and_training_gets_its_weights_back():
    _, recorder = fit(0.9, validate=True)
    for seen, average in zip(recorder.validated, expected(recorder, 0.9), strict=True):
        assert_same(seen, average, rtol=1e-4, atol=1e-6)
    _, alone = fit(0.9, validate=False)
    for weights, other in zip(recorder.steps, alone.steps, strict=True):
        assert_same(weights, other, rtol=0, atol=0)


def test_the_average_does_not_depend_on_whether_there_is_validation():
    with_it, without = (
        fit(0.9, validate)[0].get_weights() for validate in (True, False)
    )
    assert_same(with_it, without, rtol=0, atol=0)


def test_no_momentum_keeps_the_last_weights():
    model, recorder = fit(0.0, validate=False)
    assert_same(model.get_weights(), recorder.after[-1], rtol=0, atol=0)


@pytest.mark.parametrize("momentum", [1.0, -0.1])
def test_a_momentum_out_of_range_is_refused(momentum):
    with pytest.raises(ValueError, match=f"`momentum` must be .* got {momentum}"):
        WeightAverage(small_model(), momentum, 3)
