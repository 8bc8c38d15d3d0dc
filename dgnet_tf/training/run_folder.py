"""Creates a run folder, checks it before training resumes, saves its model."""

from __future__ import annotations

import dataclasses
import pathlib

from dgnet_tf.config import config as configuration
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents, provenance
from dgnet_tf.files.atomic import replacing, write_text
from dgnet_tf.models.runs import CONFIG, MODEL, TRAINING, VERSIONS


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
        training = {"command": provenance.command(), "data": manifest.summary(data)}
        if weights:
            training["weights"] = weights
        json_documents.write(workdir / TRAINING, training)
    json_documents.write(workdir / VERSIONS, provenance.versions())
    write_text(workdir / CONFIG, configuration.dumps(config))


def save_model(workdir, model):
    """Writes `model.keras`, whole or not at all."""
    with replacing(pathlib.Path(workdir) / MODEL) as beside:
        model.save(beside)
