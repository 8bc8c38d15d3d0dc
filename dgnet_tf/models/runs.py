"""Run folders: configuration and model of a trained network.

TensorFlow, which takes seconds to start, is imported when a network is built: what is
wrong with a folder's files is said before.
"""

from __future__ import annotations

import dataclasses
import pathlib
import typing

from dgnet_tf.config import config as configuration
from dgnet_tf.errors import UserError
from dgnet_tf.models import weight_files, weight_folders

if typing.TYPE_CHECKING:
    import tensorflow as tf

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
    from dgnet_tf.models import architectures

    try:
        return architectures.build(config)
    except ValueError as error:
        raise UserError(f"The configuration does not fit together: {error}") from error


def load(workdir: str | pathlib.Path) -> Run:
    """Loads a finished run, whichever Keras wrote it.

    The network is built from `config.json`; `model.keras` gives its weights and
    nothing else, so that a run of anybody's may be loaded.

    Raises:
        UserError: if the folder is no run or not finished, or its files are damaged
            or of another network.
    """
    config = check(workdir)
    model = build_model(config)
    weight_files.load_archive_into(model, pathlib.Path(workdir) / MODEL)
    return Run(config, model)


def check(workdir: str | pathlib.Path) -> configuration.Config:
    """Returns a finished run's configuration, without loading its network.

    Raises:
        UserError: if the folder is no run or not finished.
    """
    config = configuration.read(pathlib.Path(workdir) / CONFIG)
    configuration.check_filled(config)
    path = pathlib.Path(workdir) / MODEL
    if not path.is_file():
        raise UserError(
            f"{path}: not found; the run is not finished. Run `python -m "
            "dgnet_tf.train` with the same flags again to finish it."
        )
    weight_folders.check_size(path, config.blocks, config.channels)
    return config
