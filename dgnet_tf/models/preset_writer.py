"""Saves a network as a folder of trained weights that `from_preset` takes.

`python -m dgnet_tf.save_preset` writes more of a run: its data, scores and terms.
"""

from __future__ import annotations

import inspect
import pathlib

import dgnet_tf
from dgnet_tf.config import config as configuration
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.files import json_documents, provenance
from dgnet_tf.files.atomic import replacing
from dgnet_tf.models import network_arguments, weight_files, weight_folders

_LIMIT = "Saved from Python: data, scores and terms of the weights are not on record."


def write(model, folder, overwrite: bool, known: dict) -> pathlib.Path:
    """Writes the folder, whole or not at all; see `WindowModel.save_to_preset`."""
    folder = pathlib.Path(folder)
    name = folder.absolute().name
    if not weight_folders.is_name(name):
        raise ValueError(
            "`folder` must be named by lower-case letters, digits and underscores, got "
            f"{str(folder)!r}."
        )
    config = _config(model, known)
    weight_folders.check_free(folder, overwrite)
    with replacing(folder, alone=True, folder=overwrite) as beside:
        beside.mkdir()
        path = weight_files.save(model, beside / weight_folders.WEIGHTS)
        content = {
            "format": weight_folders.FORMAT,
            "name": name,
            "version": 1,
            "package": dgnet_tf.__version__,
            "config": config,
            "network": weight_folders.network(config),
            "weights": {
                "bytes": path.stat().st_size,
                "sha256": provenance.sha256(path),
                "dtype": "float32",
                "parameters": int(model.count_params()),
            },
            "training": {},
            "scores": [],
            "licence": [],
            "limits": [_LIMIT],
        }
        json_documents.write(beside / weight_folders.FILE, content)
    return folder


def _config(model, known) -> dict:
    """Returns the fields of a configuration that asks for the network.

    Raises:
        ValueError: if there is none.
        UserError: if a field of `known` is out of its range or no field.
    """
    arguments = {k: v for k, v in model.get_config().items() if k != "name"}
    classes = network_arguments.CLASSES
    config = {
        "architecture": next(
            k for k, v in classes.items() if v == type(model).__name__
        ),
        **{name: value for name, value in arguments.items() if name in FIELDS},
        "precision": model.layers[1].dtype_policy.name,
        **known,
    }
    configuration.make("paper", **config)
    asked = network_arguments.derive(config)["arguments"]
    parameters = inspect.signature(type(model)).parameters
    for name, value in arguments.items():
        if value != asked.get(name, parameters[name].default):
            raise ValueError(
                f"a network with `{name}` {value!r} cannot be saved: no configuration "
                "asks for it. Save the one that was trained."
            )
    return config
