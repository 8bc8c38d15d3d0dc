"""Run folders: what a training leaves behind."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import pathlib
import platform
import shlex
import sys

import numpy as np
import tensorflow as tf

from dgnet_tf import architectures, limits, manifest
from dgnet_tf import config as configuration
from dgnet_tf.atomic import replacing
from dgnet_tf.errors import UserError

CONFIG, MODEL, VERSIONS = "config.json", "model.keras", "versions.json"
TRAINING = "training.json"


@dataclasses.dataclass(frozen=True)
class Run:
    """A trained run: its configuration and Keras model."""

    config: configuration.Config
    model: tf.keras.Model

    def smoothing(self, reach: int | None) -> Run:
        """Returns the run with another `keypoint_smoothing`; with its own for None.

        Raises:
            ValueError: if it is out of range.
        """
        if reach is None:
            return self
        limits.check("keypoint_smoothing", reach)
        config = dataclasses.replace(self.config, keypoint_smoothing=reach)
        return dataclasses.replace(self, config=config)


def build_model(config: configuration.Config) -> tf.keras.Model:
    """Builds the configuration's network.

    Raises:
        UserError: if its fields do not fit together.
    """
    try:
        return architectures.BUILDERS[config.architecture](config)
    except ValueError as error:
        raise UserError(f"The configuration does not fit together: {error}") from error


def check(workdir, config: configuration.Config):
    """Checks that a folder holds no run of another configuration.

    Raises:
        UserError: if it does; the message names what differs.
    """
    path = pathlib.Path(workdir) / CONFIG
    if not path.is_file():
        return
    there = dataclasses.asdict(configuration.read(path))
    asked = dataclasses.asdict(config)
    changed = [
        f"{name} was {there[name]!r}, is {asked[name]!r}"
        for name in asked
        if there[name] != asked[name]
    ]
    if changed:
        raise UserError(
            f"{workdir}: holds a run of another configuration "
            f"({'; '.join(changed)}). Name another --workdir, or remove this one."
        )


def start(
    workdir,
    config: configuration.Config,
    data: manifest.Manifest | None = None,
    weights: dict | None = None,
):
    """Makes a run folder, or leaves the one that a killed training has made.

    Args:
        workdir: the folder.
        config: of the run.
        data: what it is trained on; `training.json` keeps its summary.
        weights: what `fine_tuning.origin` tells of those it starts from, for there.
    """
    workdir = pathlib.Path(workdir)
    if (workdir / CONFIG).is_file():
        return
    if data:
        training = {"command": command(), "data": manifest.summary(data)}
        if weights:
            training["weights"] = weights
        with replacing(workdir / TRAINING) as beside:
            beside.write_text(json.dumps(training, indent=2) + "\n")
    with replacing(workdir / VERSIONS) as beside:
        beside.write_text(json.dumps(versions(), indent=2) + "\n")
    with replacing(workdir / CONFIG) as beside:
        beside.write_text(configuration.dumps(config))


def command() -> str:
    """Returns the command line of this process, for a shell to repeat."""
    return shlex.join(["python", *sys.orig_argv[1:]])


def versions() -> dict:
    """Returns what ran: Python, packages and machine."""
    found = {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        "machine": platform.machine(),
    }
    for package in ("keras", "tensorflow-addons"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def save_model(workdir, model):
    """Writes `model.keras`, whole or not at all."""
    with replacing(pathlib.Path(workdir) / MODEL) as beside:
        model.save(beside)


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
