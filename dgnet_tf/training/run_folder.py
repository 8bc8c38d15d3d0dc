"""Creates a run folder, checks it before training resumes, saves its model."""

from __future__ import annotations

import dataclasses
import pathlib

from dgnet_tf.config import config as configuration
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents, locks, provenance
from dgnet_tf.files.atomic import replacing, write_text
from dgnet_tf.models.runs import CONFIG, MODEL, TRAINING, VERSIONS


def check(workdir, config: configuration.Config):
    """Raises UserError, which names what differs, where another run is there."""
    path = pathlib.Path(workdir) / CONFIG
    if not path.is_file():
        return
    there = dataclasses.asdict(configuration.read(path))
    changed = [
        f"{name} was {there[name]!r}, is {asked!r}"
        for name, asked in dataclasses.asdict(config).items()
        if there[name] != asked
    ]
    if changed:
        raise UserError(
            f"{workdir}: holds a run of another configuration "
            f"({'; '.join(changed)}). Name another --workdir, or remove this one."
        )


def held(workdir):
    """Holds the folder for this training; the lock goes with the process.

    Raises:
        Held: if another process trains there.
    """
    busy = (
        f"{workdir}: {{holder}} trains there. Wait for it, or name another --workdir."
    )
    return locks.holding(workdir, busy)


def start(workdir, config: configuration.Config, data=None, weights=None):
    """Makes a run folder, or completes the one that a killed training has made.

    The configuration comes first: it says whose all the rest is. `training.json` keeps
    a summary of the `Manifest` that it is trained on, and what `fine_tuning.origin`
    returns of the weights that it starts from.
    """
    workdir = pathlib.Path(workdir)
    if not (workdir / CONFIG).is_file():
        write_text(workdir / CONFIG, configuration.dumps(config))
    if not (workdir / VERSIONS).is_file():
        json_documents.write(workdir / VERSIONS, provenance.versions())
    if data and not (workdir / TRAINING).is_file():
        training = {"command": provenance.command(), "data": manifest.summary(data)}
        if weights:
            training["weights"] = weights
        json_documents.write(workdir / TRAINING, training)


def save_model(workdir, model):
    """Writes `model.keras`, whole or not at all."""
    with replacing(pathlib.Path(workdir) / MODEL) as beside:
        model.save(beside)
