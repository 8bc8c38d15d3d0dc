"""Run folders: configuration and model of a trained network."""

from __future__ import annotations

import dataclasses
import pathlib

import tensorflow as tf

from dgnet_tf.config import config as configuration
from dgnet_tf.errors import UserError
from dgnet_tf.models import architectures

CONFIG, MODEL, VERSIONS = "config.json", "model.keras", "versions.json"
TRAINING = "training.json"


@dataclasses.dataclass(frozen=True)
class Run:
    """A trained run: its configuration and Keras model."""

    config: configuration.Config
    model: tf.keras.Model


def build_model(config: configuration.Config) -> tf.keras.Model:
    """Builds the configuration's network.

    Raises:
        UserError: if its fields do not fit together.
    """
    try:
        return architectures.build(config)
    except ValueError as error:
        raise UserError(f"The configuration does not fit together: {error}") from error


def load(workdir) -> Run:
    """Loads a finished run.

    Raises:
        UserError: if the folder is no run, is not finished, or was written by
            another Keras.
    """
    workdir = pathlib.Path(workdir)
    config = configuration.read(workdir / CONFIG)
    path = workdir / MODEL
    if not path.is_file():
        raise UserError(
            f"{path}: not found; the run is not finished. Run `python -m "
            "dgnet_tf.train` with the same flags again to finish it."
        )
    try:
        model = tf.keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras raises many kinds for a damaged file.
        raise UserError(
            f"{path}: cannot be loaded by TensorFlow {tf.__version__} "
            f"({type(error).__name__}); {VERSIONS} beside it names the version that "
            "wrote it. Use that one, or train again."
        ) from error
    return Run(config, model)
