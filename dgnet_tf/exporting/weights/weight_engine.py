"""The file in a folder of trained weights that lifts without TensorFlow."""

from __future__ import annotations

import pathlib

from dgnet_tf.errors import UserError
from dgnet_tf.exporting import model_card, tflite_export
from dgnet_tf.files import json_documents, provenance
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import pretrained, weight_folders
from dgnet_tf.models.runs import Run


def write(run: Run, folder) -> dict | None:
    """Writes `lifter.tflite` into a folder that has its `preset.json` and weights.

    Returns what `preset.json` holds of it, its size and digest; None where TensorFlow
    Lite cannot hold the network, which then lifts with TensorFlow alone.
    """
    folder = pathlib.Path(folder)
    options = InferenceOptions.of(run.config, precision="float32")
    card = model_card.of_file(run.config, options, "tflite", folder)
    del card["export"]  # The folder tells what made it.
    try:
        path = tflite_export.save(
            run.model, options, folder / weight_folders.ENGINE, card
        )
    except UserError:
        return None
    return {"bytes": path.stat().st_size, "sha256": provenance.sha256(path)}


def add(folder):
    """Makes the file anew in a folder that `save_preset` made.

    Raises:
        UserError: if it is none, is damaged, or TensorFlow Lite cannot hold the
            network.
    """
    folder = weight_folders.find(folder)
    written = write(pretrained.load(folder), folder)
    if written is None:
        raise UserError(f"{folder}: TensorFlow Lite cannot hold this network.")
    content = weight_folders.read(folder)
    json_documents.write(folder / weight_folders.FILE, {**content, "engine": written})
