"""SavedModels of a lifter, with a card that describes their inputs and outputs."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import (
    graph_check,
    model_card,
    signatures,
    version_folders,
    warmup,
)
from dgnet_tf.exporting.layout_inputs import MIN_CONFIDENCE
from dgnet_tf.files import json_documents
from dgnet_tf.files.atomic import replacing
from dgnet_tf.inference.options import InferenceOptions

CARD = model_card.PATH


def save(
    model,
    config,
    output,
    *,
    version: int = 1,
    min_confidence: float = MIN_CONFIDENCE,
    workdir=None,
    **asked,
):
    """Writes `output`/`version`, whole or not at all.

    Beside the graph and its weights it holds `assets.extra/model_card.json` and, where
    tensorflow-serving-api is installed, `assets.extra/tf_serving_warmup_requests`.

    Args:
        model, min_confidence: see `signatures.build`.
        config, workdir: configuration and folder of the run, for the model card.
        output: folder of the model's versions; its name is the model's.
        version: name of the new one; TensorFlow Serving takes the highest.
        **asked: `InferenceOptions` in the place of the run's own.

    Returns:
        The path of the new version.

    Raises:
        UserError: if that version exists or is being written, or the run's files are
            damaged.
        OSError: if it cannot be written.
    """
    path = version_folders.new(output, version)
    options = InferenceOptions.of(config, **asked)
    card = model_card.of_saved_model(
        config, options, min_confidence=min_confidence, workdir=workdir
    )
    progress.doing("trace the signatures")
    functions = signatures.build(model, options, min_confidence=min_confidence)
    # Only what the functions use: the model would be saved with all of its own.
    module = tf.Module()
    module.weights = list(functions[signatures.DEFAULT].graph.variables)
    with replacing(path, alone=True) as beside:
        progress.doing("write the SavedModel")
        tf.saved_model.save(module, str(beside), signatures=functions)
        (beside / CARD).parent.mkdir()
        progress.doing("write warm-up requests")
        warmup.write_requests(beside, options, path.absolute().parent.name)
        json_documents.write(beside / CARD, card)
        progress.doing("check it")
        if wrong := graph_check.problems(beside):
            raise RuntimeError(f"the graph cannot be served: {wrong}")
    return path


def load(path):
    """Loads `serving_default` and the model card, see `load_signatures`."""
    found, card = load_signatures(path)
    return found[signatures.DEFAULT], card


def load_signatures(path):
    """Loads an exported model with all that it can do.

    Args:
        path: `output` of `save`, of which the highest version is taken, or one
            version's folder.

    Returns:
        A dict of signatures by name, `serving_default` among them; the model card.

    Raises:
        UserError: if there is no exported model, or it is not whole.
    """
    path = version_folders.newest(path)
    card = model_card.read(path)
    try:
        found = dict(tf.saved_model.load(str(path)).signatures.items())
        found = {signatures.DEFAULT: found[signatures.DEFAULT], **found}
        _check_shapes(found, card)
        return found, card
    except Exception as error:  # TensorFlow raises many kinds for damaged files.
        raise UserError(
            f"{path}: is no whole export of this package ({type(error).__name__}: "
            f"{str(error)[:200]}). Export the run again."
        ) from error


def _check_shapes(found, card):
    """Raises ValueError where a signature takes what the model card does not tell."""
    options = InferenceOptions.of_card(card)
    for one in signatures.listed(options):
        if one.name not in found:  # Of an older version.
            continue
        specs = found[one.name].structured_input_signature[1]
        for name, tensor in one.inputs.items():
            wanted = tensor.spec(name).shape.as_list()
            if name not in specs or specs[name].shape.as_list() != wanted:
                raise ValueError(
                    f"signature {one.name!r} does not take {name!r} of shape {wanted}, "
                    "which its model card tells of"
                )
