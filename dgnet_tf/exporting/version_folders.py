"""Folders of a model's versions, as TensorFlow Serving reads them; no TensorFlow."""

from __future__ import annotations

import pathlib

from dgnet_tf.errors import UserError
from dgnet_tf.files import listing
from dgnet_tf.models import weight_folders

_GRAPH = "saved_model.pb"


def new(output, version: int) -> pathlib.Path:
    """Returns the path of a version to write; UserError where it exists."""
    path = pathlib.Path(output) / str(version)
    if path.exists():
        raise UserError(
            f"{path}: exists already. Choose another --version or --output, or remove "
            "it."
        )
    return path


def newest(path) -> pathlib.Path:
    """Returns a version's folder: `path` itself, or the highest that it holds.

    Raises:
        UserError: if it holds no SavedModel.
    """
    path = pathlib.Path(path)
    if (path / _GRAPH).is_file():
        return path
    graphs = listing.found(path, f"*/{_GRAPH}")
    versions = [p.parent for p in graphs if p.parent.name.isdigit()]
    if not versions:
        raise UserError(
            f"{path}: holds no SavedModel. Name a folder written by `python -m "
            "dgnet_tf.export`, one of its versions, a .tflite or .onnx file, a "
            f"finished run or trained weights. {weight_folders.known()}."
        )
    return max(versions, key=lambda version: int(version.name))
