"""Trained weights: the folders of `save_preset`, and finished runs."""

from __future__ import annotations

import functools
import json
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

from support.models import weight_stand_ins

from dgnet_tf.exporting import model_card
from dgnet_tf.files import provenance
from dgnet_tf.models import pretrained, runs, weight_files, weight_folders
from fuzzing import byte_damage, hdf5_damage, json_damage
from fuzzing.target import Target
from fuzzing.targets.documents import written

_FOLDER = weight_stand_ins.NAME


def targets() -> Iterator[Target]:
    """Yields them."""
    json_ = (json_damage.of_json,)
    hdf5 = (hdf5_damage.of_hdf5,)
    yield Target("preset.json", _preset, _read_preset, json_)
    yield Target("weights", _weights, _read_weights, hdf5, cost=20)
    zip_ = (byte_damage.of_zip, byte_damage.of_bytes)
    yield Target("model.keras", _run, _read_run, zip_, cost=100)


@functools.cache
def _made():
    """Returns a temporary folder with trained weights and a run, and the network."""
    folder = tempfile.TemporaryDirectory(prefix="fuzzing-weights-")
    _, made = weight_stand_ins.write(pathlib.Path(folder.name))
    return folder, made.model  # Who drops the object removes the folder.


def _preset(folder):
    made, _ = _made()
    shutil.copytree(pathlib.Path(made.name) / _FOLDER, folder)
    return folder / weight_folders.FILE


def _weights(folder):
    return _preset(folder).with_name(weight_folders.WEIGHTS)


def _run(folder):
    made, _ = _made()
    shutil.copytree(pathlib.Path(made.name) / f"run_of_{_FOLDER}", folder)
    return folder / runs.MODEL


def _read_preset(path):
    folder = path.parent
    found = pretrained.read_config(folder)
    written(vars(found))
    written(weight_folders.read(folder))
    written(model_card.origin(found, folder))


def _read_weights(path):
    file = path.with_name(weight_folders.FILE)
    content = json.loads(file.read_text())
    digest = {"bytes": path.stat().st_size, "sha256": provenance.sha256(path)}
    file.write_text(json.dumps({**content, "weights": digest}))
    _, model = _made()
    weight_files.load_into(model, path.parent)


def _read_run(path):
    runs.load(path.parent)
