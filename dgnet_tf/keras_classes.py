"""Tells Keras 3 of our classes before they are imported, so that it revives them.

`keras.saving.load_model` finds the classes of others by the names under which they are
registered, and imports none. Ours register where they are defined, which brings
TensorFlow; until somebody asks, a stand-in is registered in each one's place. Keras 2
imports the module that a file names.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys

# All that register, by their names, and the modules that bring them.
NAMES = (
    *("AUC", "BatchNorm", "DGConvBlock", "DGNet", "DynamicSpatialGraphConv"),
    *("DynamicTemporalGraphConv", "FixedSpatialGraphConv", "FixedTemporalGraphConv"),
    *("FullyConnected", "GatedGraphModule", "GroupMax", "GroupSpread"),
    *("GroupedNonLocal", "JointEmbedding", "MPJPE", "Martinez", "NMPJPE", "PCK"),
    *("PMPJPE", "PairScore", "PersonFrame", "RepeatEnds", "ResidualGraphModule"),
    *("STGCN", "SemGCN", "SpatialNonLocal"),
    *("SpatioTemporalGraphConv", "StatelessDropout", "SumSquaredError", "TCN"),
    *("TemporalConv", "TemporalTower", "Warmup"),
)
MODULES = (
    *("layers", "models.architectures", "training.keras_metrics"),
    *("training.learning_rates", "training.losses"),
)


class _StandIn:
    """A registered class that is imported when something of it is used."""

    def __init__(self, keras, name: str):
        self._keras, self._registered = keras, name

    def __getattr__(self, name):
        if name.startswith("_"):  # As `copy` asks for on an object without content.
            raise AttributeError(name)
        return getattr(self._found(), name)

    def __call__(self, *args, **kwargs):
        return self._found()(*args, **kwargs)

    def _found(self):
        for module in MODULES:
            importlib.import_module(f"dgnet_tf.{module}")
        return self._keras.saving.get_custom_objects()[self._registered]


class _KerasImport(importlib.abc.MetaPathFinder):
    """Registers the stand-ins when somebody imports Keras."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "keras":
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None:
            spec.loader.exec_module = self._then_register(spec.loader.exec_module)
        return spec

    def _then_register(self, execute):
        def execute_and_register(module):
            # Fails where TensorFlow, half imported itself, tries it for the first time.
            execute(module)
            sys.meta_path.remove(self)
            _register(module)

        return execute_and_register


def _register(keras):
    if keras.__version__.startswith("2."):
        return
    known = keras.saving.get_custom_objects()
    for name in (f"dgnet_tf>{name}" for name in NAMES):
        known.setdefault(name, _StandIn(keras, name))


def announce() -> None:
    """Registers stand-ins with Keras, at once or when it is imported."""
    if keras := sys.modules.get("keras"):  # None where its import is forbidden.
        _register(keras)
    else:
        sys.meta_path.insert(0, _KerasImport())
