"""Loads networks with trained weights by name."""

from __future__ import annotations

import pathlib
from collections.abc import Callable

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.config import config as configuration
from dgnet_tf.errors import UserError
from dgnet_tf.models import runs, weight_files, weight_folders


def load(weights: str | pathlib.Path, *, load_weights: bool = True) -> runs.Run:
    """Loads trained weights into the network that they were trained in.

    Args:
        weights: a name that the package ships, or a folder made by `save_preset`.
        load_weights: False gives the network as it is before training.

    Returns:
        The configuration and the network.

    Raises:
        UserError: if there are no such weights, or they are damaged.
    """
    folder = weight_folders.find(weights)
    config = read_config(folder)

    from dgnet_tf.models.architectures import precision

    with precision(config.precision):
        model = runs.build_model(config)
    if load_weights:
        weight_files.load_into(model, folder)
    return runs.Run(config, model)


def of_flags(
    workdir: str | pathlib.Path, weights: str | pathlib.Path | None
) -> tuple[runs.Run, pathlib.Path]:
    """Loads what a command was given: a run, or weights where they are not None.

    Returns the run and the folder that holds its origin; errors as of the loaders.
    """
    if weights is None:
        return runs.load(workdir), pathlib.Path(workdir)
    return load(weights), weight_folders.find(weights)


def read_config(folder: str | pathlib.Path) -> configuration.Config:
    """Returns the configuration that a folder's weights were trained with.

    Raises:
        UserError: if `preset.json` is damaged or holds none.
    """
    content = weight_folders.read(folder)
    if not content["config"].get("fps"):
        raise UserError(
            f"{pathlib.Path(folder) / weight_folders.FILE}: `config`: 'fps' is missing "
            "or empty, the frame rate that the network was trained at. Save it again "
            "with `model.save_to_preset(folder, fps=...)`."
        )
    try:
        config = configuration.make("paper", **content["config"])
        configuration.check_filled(config)
    except UserError as error:
        path = pathlib.Path(folder) / weight_folders.FILE
        raise UserError(f"{path}: `config`: {error}") from error
    return config


def probe(model: Callable, config: configuration.Config) -> np.ndarray:
    """Returns (N, 3), the newest pose that a network gives for one made-up window.

    Saved with the weights it shows whether another stack computes the same.
    """
    import tensorflow as tf  # Not above: what is wrong with files is said at once.

    frame = np.arange(config.frames)[:, None]
    joint = np.arange(len(skeletons.get(config.skeleton).joints))
    x = 0.3 * np.sin(1.0 + 2.1 * joint + 0.05 * frame)
    y = 0.5 * np.cos(2.0 + 1.3 * joint - 0.07 * frame)
    window = np.stack([x, y], axis=-1)[None].astype(np.float32)
    pose = model(tf.constant(window), training=False)["pose"]
    return np.asarray(pose, np.float32)[0, -1]
