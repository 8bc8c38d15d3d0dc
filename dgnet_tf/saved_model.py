"""SavedModels of a lifter, with a card that says what they take and give."""

from __future__ import annotations

import dataclasses
import json
import pathlib

import tensorflow as tf

from dgnet_tf import inference, runs, skeletons
from dgnet_tf.atomic import replacing
from dgnet_tf.errors import UserError

CARD = pathlib.Path("assets.extra") / "model_card.json"
_GRAPH = "saved_model.pb"


def save(
    model,
    config,
    output,
    *,
    version: int = 1,
    flip: bool = True,
    precision: str | None = None,
):
    """Writes `output`/`version`, whole or not at all.

    Args:
        model: normalised keypoints (B, T, N, 2) -> {"pose": (B, T, N, 3), ...}.
        config: the run's configuration.
        output: folder of the model's versions.
        version: name of the new one; TensorFlow Serving takes the highest.
        flip: average with the mirrored estimate.
        precision: see `folding.fold`.

    Returns:
        The path of the new version.

    Raises:
        UserError: if that version exists or cannot be written.
    """
    path = pathlib.Path(output) / str(version)
    if path.exists():
        raise UserError(
            f"{path}: exists already. Choose another --version or --output, or "
            "remove it."
        )
    serve = inference.serving_function(model, config, flip=flip, precision=precision)
    serve = serve.get_concrete_function()
    # Only what the function uses: the model would be saved with all of its own.
    module = tf.Module()
    module.weights = list(serve.graph.variables)
    with replacing(path) as beside:
        try:
            signatures = {"serving_default": serve}
            tf.saved_model.save(module, str(beside), signatures=signatures)
        except tf.errors.OpError as error:  # TensorFlow's word for a full disk.
            raise UserError(f"{path}: cannot be written: {error.message}") from error
        (beside / CARD).parent.mkdir()
        (beside / CARD).write_text(
            json.dumps(card(config, flip, precision), indent=2) + "\n"
        )
    return path


def card(config, flip: bool, precision: str | None = None) -> dict:
    """Returns what a user of an exported model must know of it, ready for JSON."""
    skeleton = skeletons.get(config.skeleton)
    return {
        "skeleton": skeleton.name,
        "joints": skeleton.joints,
        "root": skeleton.joints[skeleton.root],
        "fps": config.fps,
        "flip": flip,
        "precision": precision or config.precision,
        "units": {"keypoints": "pixels", "image_size": "pixels", "positions": "metres"},
        "axes": "camera: x right, y down, z forward",
        "config": dataclasses.asdict(config),
        "versions": runs.versions(),
    }


def load(path):
    """Loads an exported model.

    Args:
        path: `output` of `save`, of which the highest version is taken, or one
            version's folder.

    Returns:
        The function of `serving_default`, and the model card.

    Raises:
        UserError: if there is no exported model, or it is not whole.
    """
    path = _newest(pathlib.Path(path))
    try:
        loaded = tf.saved_model.load(str(path))
        found = json.loads((path / CARD).read_text())
        return loaded.signatures["serving_default"], found
    except Exception as error:  # TensorFlow raises many kinds for damaged files.
        raise UserError(
            f"{path}: is no whole export of this package ({type(error).__name__}: "
            f"{error}). Export the run again."
        ) from error


def _newest(path: pathlib.Path) -> pathlib.Path:
    if (path / _GRAPH).is_file():
        return path
    versions = [p.parent for p in path.glob(f"*/{_GRAPH}") if p.parent.name.isdigit()]
    if not versions:
        raise UserError(
            f"{path}: holds no SavedModel. Name a folder written by `python -m "
            "dgnet_tf.export`, one of its versions, or a finished run."
        )
    return max(versions, key=lambda version: int(version.name))
