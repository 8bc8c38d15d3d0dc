"""Keras revives a run's model with nothing but `import dgnet_tf`."""

import copy
import importlib
import pkgutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from support.marks import KERAS_2

import dgnet_tf
from dgnet_tf import keras_classes
from dgnet_tf.models import runs

keras = tf.keras

# Loads the archive named first, and saves what it gives for made-up keypoints.
LOAD = """
import sys
{imports}
import numpy as np

model = {load}(sys.argv[1])
keypoints = np.random.default_rng(0).normal(size=(2, 4, 17, 2)).astype(np.float32)
np.save(sys.argv[2], model(keypoints, training=False)["pose"])
assert type(model) is dgnet_tf.DGNet
assert type(model.loss["pose"]) is dgnet_tf.SumSquaredError
"""
ORDERS = {
    "dgnet_tf first": ("import dgnet_tf, keras", "keras.saving.load_model"),
    "Keras first": ("import keras, dgnet_tf", "keras.saving.load_model"),
    "TensorFlow": ("import dgnet_tf, tensorflow as tf", "tf.keras.models.load_model"),
}


def revived(run, tmp_path, order):
    imports, load = ORDERS[order]
    target = tmp_path / "pose.npy"
    code = LOAD.format(imports=imports, load=load)
    done = subprocess.run(
        [sys.executable, "-c", code, str(run / runs.MODEL), str(target)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return np.load(target)


def check(run, tmp_path, order):
    keypoints = np.random.default_rng(0).normal(size=(2, 4, 17, 2)).astype(np.float32)
    wanted = runs.load(run).model(keypoints, training=False)["pose"]
    np.testing.assert_allclose(revived(run, tmp_path, order), wanted, atol=1e-6)


@pytest.mark.addons
def test_keras_revives_a_run(tiny_run, tmp_path):
    check(tiny_run, tmp_path, "dgnet_tf first")


@pytest.mark.slow
@pytest.mark.addons
@pytest.mark.parametrize("order", list(ORDERS)[1:])
def test_so_it_does_whatever_is_imported_first(tiny_run, tmp_path, order):
    check(tiny_run, tmp_path, order)


def test_every_class_that_registers_is_announced():
    for module in pkgutil.walk_packages(dgnet_tf.__path__, "dgnet_tf."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    prefix = "dgnet_tf>"
    known = keras.utils.get_custom_objects()
    ours = {name.removeprefix(prefix) for name in known if name.startswith(prefix)}
    assert set(keras_classes.NAMES) == ours
    assert all(isinstance(known[prefix + name], type) for name in ours)


@pytest.mark.skipif(KERAS_2, reason="Keras 2 imports what it revives")
def test_a_stand_in_gives_way_to_its_class():
    found = keras_classes._StandIn(sys.modules["keras"], "dgnet_tf>DGNet")
    assert found.from_config == dgnet_tf.DGNet.from_config
    assert isinstance(found(blocks=1, channels=4), dgnet_tf.DGNet)
    assert isinstance(copy.copy(found), keras_classes._StandIn)
    with pytest.raises(AttributeError, match="nothing"):
        found.nothing  # noqa: B018


@pytest.mark.skipif(KERAS_2, reason="Keras 2 imports what it revives")
def test_what_is_registered_already_stays(monkeypatch):
    known = {"dgnet_tf>PCK": dgnet_tf.PCK}
    module = sys.modules["keras"]
    monkeypatch.setattr(module.saving, "get_custom_objects", lambda: known)
    keras_classes._register(module)
    assert known["dgnet_tf>PCK"] is dgnet_tf.PCK
    assert len(known) == len(keras_classes.NAMES)
