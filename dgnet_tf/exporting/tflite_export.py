"""Exports a lifter as one .tflite file for small devices.

The file lifts one window of T frames. Its operations are TensorFlow Lite's built-in
ones alone, so that every build of the runtime has them, and its shapes are fixed, as
accelerators want them. Model card and a digest of the model are in a .zip at the end of
the file, where TensorFlow Lite's metadata has what goes with a model.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import zipfile

import tensorflow as tf

from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import window_graph
from dgnet_tf.files.atomic import replacing
from dgnet_tf.inference.engines import litert
from dgnet_tf.inference.options import InferenceOptions

SUFFIX = ".tflite"


def save(
    model, options: InferenceOptions, path, card: dict, *, int8: bool = False
) -> pathlib.Path:
    """Writes the file, whole or not at all; it takes the place of an older one.

    Its signature `serving_default` takes `keypoints` float32 (1, T, N, 2) pixels and
    `image_size` float32 (1, 2), of a network that takes it `confidence` float32
    (1, T, N) besides, and gives `positions` float32 (1, T, N, 3) metres,
    the root at 0, camera axes; with flip also `disagreement` float32 (1, T, N).

    Args:
        model, options: see `window_graph.window_function`.
        path: the file; ends in `.tflite`. It is returned.
        card: what goes into the file as its model card.
        int8: dynamic-range quantisation. The large kernels are stored in 8 bits with
            one scale for each output channel; inputs, outputs and all else stay
            float32, and a product's input is quantised when it is computed.

    Raises:
        UserError: if the path ends otherwise, or if the network needs operations that
            TensorFlow Lite does not have.
    """
    path = pathlib.Path(path)
    if path.suffix != SUFFIX:
        raise UserError(f"--output must end in {SUFFIX} for this --format, got {path}.")
    progress.doing("trace a window")
    module = window_graph.frozen(window_graph.window_function(model, options, batch=1))
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [module.serve.get_concrete_function()], module
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if int8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    progress.doing("convert to TensorFlow Lite")
    try:
        content = converter.convert()
    except Exception as error:  # The converter's own kinds differ between versions.
        raise UserError(
            f"{path}: TensorFlow Lite cannot hold this network ({type(error).__name__}:"
            f" {str(error)[:300]}). Export it as a SavedModel."
        ) from error
    with replacing(path) as beside:
        beside.write_bytes(content)
        text, digest = json.dumps(card, indent=2), hashlib.sha256(content).hexdigest()
        with zipfile.ZipFile(beside, "a") as archive:
            archive.writestr(zipfile.ZipInfo(litert.CARD), text + "\n")
            archive.writestr(zipfile.ZipInfo(litert.DIGEST), digest + "\n")
    return path
