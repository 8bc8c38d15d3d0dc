"""What Keras must find again in a file is registered under the package's name."""

import importlib
import pkgutil

import tensorflow as tf

import dgnet_tf

keras = tf.keras
KINDS = (keras.layers.Layer, keras.losses.Loss, keras.metrics.Metric)
# What layers have in common; nobody makes one of these.
ABSTRACT = {"GraphConv", "WindowModel", "_FrameMean"}


def own_classes():
    """Every layer, model, loss and metric that the package defines."""
    found = {}
    for module in pkgutil.walk_packages(dgnet_tf.__path__, "dgnet_tf."):
        for value in vars(importlib.import_module(module.name)).values():
            own = isinstance(value, type) and value.__module__.startswith("dgnet_tf")
            if own and issubclass(value, KINDS):
                found[value.__name__] = value
    return found


def test_every_keras_class_is_registered():
    classes = own_classes()
    assert {"DGNet", "DGConvBlock", "PairScore", "SumSquaredError", "MPJPE"} <= {
        *classes
    }
    for name in classes.keys() - ABSTRACT:
        registered = keras.utils.get_registered_name(classes[name])
        assert registered == f"dgnet_tf>{name}"
        assert keras.utils.get_registered_object(registered) is classes[name]


def test_every_layer_is_public():
    layers = {
        name
        for name, value in own_classes().items()
        if value.__module__.startswith("dgnet_tf.layers")
    }
    assert layers - ABSTRACT == set(dgnet_tf.layers.__all__)
