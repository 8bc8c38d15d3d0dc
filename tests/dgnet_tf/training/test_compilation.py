"""Whether XLA compiles the training step."""

import pytest
import tensorflow as tf
from support.marks import KERAS_2

from dgnet_tf.config import config
from dgnet_tf.training import compilation, fit

LEAST = compilation.LEAST_STEPS


def compiles(steps, **fields):
    chosen = config.make("smoke", **{"jit_compile": "auto", **fields})
    return compilation.compiles(chosen, steps, announce=True)


@pytest.fixture
def current(monkeypatch):
    """The current TensorFlow, whichever runs."""
    monkeypatch.setattr(tf, "__version__", "2.21.0")


@pytest.mark.usefixtures("current")
def test_auto_compiles_long_trainings_alone(capsys):
    assert compiles(LEAST)
    assert compiles(100 * LEAST)
    assert "XLA compiles the training step" in capsys.readouterr().err
    assert not compiles(LEAST - 1)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"below {LEAST} steps" in said and f"has {LEAST - 1}" in said


@pytest.mark.usefixtures("current")
def test_who_chooses_is_obeyed_without_a_word(capsys):
    assert compiles(1, jit_compile="on")
    assert not compiles(100 * LEAST, jit_compile="off")
    assert not compiles(100 * LEAST, strategy="mirrored")
    assert not capsys.readouterr().err


def test_with_tensorflow_2_15_auto_never_compiles(monkeypatch, capsys):
    monkeypatch.setattr(tf, "__version__", "2.15.1")
    assert not compiles(100 * LEAST)
    assert not capsys.readouterr().err


@pytest.mark.usefixtures("current")
@pytest.mark.parametrize("epochs", [1, 2])
def test_a_training_decides_by_all_of_its_steps(
    epochs, tiny_data, tmp_path, monkeypatch
):
    class Stopped(Exception):
        pass

    def stop(model, config, steps, jit_compile):
        raise Stopped(steps, jit_compile)

    monkeypatch.setattr(fit, "compile_model", stop)
    half = LEAST // 2
    sizes = {"channels": 4, "blocks": 1, "epochs": epochs, "steps_per_epoch": half}
    sizes["jit_compile"] = "auto"
    with pytest.raises(Stopped) as stopped:
        fit.train(config.make("smoke", **sizes), tiny_data, tmp_path / "run", False)
    assert stopped.value.args == (epochs * half, epochs == 2)


@pytest.mark.skipif(KERAS_2, reason="Keras 2 compiles both or neither")
@pytest.mark.parametrize("steps, plain", [(LEAST - 1, True), (LEAST, False)])
def test_a_short_validation_is_left_plain_beside_compiled_steps(steps, plain):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=True)
    compilation.keep_validation_plain(model, steps)
    assert model.jit_compile
    x, y = tf.ones((8, 2)), tf.ones((8, 1))
    kept = model.test_function
    assert (kept is not None) == plain
    model.fit(x, y, validation_data=(x, y), verbose=0)
    if plain:
        assert model.test_function is kept
