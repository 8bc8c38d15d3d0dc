"""Exports a lifter as one .onnx file, by tf2onnx."""

from __future__ import annotations

import contextlib
import json
import logging
import pathlib

from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import window_graph
from dgnet_tf.files.atomic import replacing
from dgnet_tf.inference.engines import onnx_runtime
from dgnet_tf.inference.options import InferenceOptions

SUFFIX = ".onnx"
OPSET = 18  # The newest that tf2onnx 1.17 writes.


def save(model, options: InferenceOptions, path, card: dict) -> pathlib.Path:
    """Writes the file, whole or not at all; it takes the place of an older one.

    Its inputs are `keypoints` float32 (batch, T, N, 2) pixels and `image_size` float32
    (batch, 2), of a network that takes it `confidence` float32 (batch, T, N) besides,
    its output `positions` float32 (batch, T, N, 3) metres, the root at 0, camera axes,
    with flip also `disagreement` float32 (batch, T, N); any batch. Operations are those
    of ONNX's own domain, opset `OPSET`.
    The model card is the entry `model_card` of the file's metadata.

    Args:
        model, options: see `window_graph.window_function`.
        path: the file; ends in `.onnx`. It is returned.
        card: what goes into the file as its model card.

    Raises:
        UserError: if the path ends otherwise, or the network cannot be converted.
        ImportError: if tf2onnx or onnx is not installed.
    """
    path = pathlib.Path(path)
    if path.suffix != SUFFIX:
        raise UserError(f"--output must end in {SUFFIX} for this --format, got {path}.")
    import onnx
    import tf2onnx

    function = window_graph.window_function(model, options)
    logger = logging.getLogger("tensorflow")
    try:
        with contextlib.ExitStack() as after:
            after.callback(logger.setLevel, logger.level)
            progress.doing("convert to ONNX")
            logger.setLevel(logging.ERROR)  # Not its notes on what tf2onnx uses of it.
            converted, _ = tf2onnx.convert.from_function(
                function, input_signature=function.input_signature, opset=OPSET
            )
        _describe(onnx, converted, options, card)
        progress.doing("check it")
        onnx.checker.check_model(converted, full_check=True)
    except Exception as error:  # tf2onnx raises many kinds.
        raise UserError(
            f"{path}: tf2onnx cannot convert this network ({type(error).__name__}: "
            f"{str(error)[:300]}). Export it as a SavedModel."
        ) from error
    with replacing(path) as beside:
        beside.write_bytes(converted.SerializeToString())
    return path


def _describe(onnx, converted, options, card):
    """Names the axes, which tf2onnx numbers, and puts the card into the file."""
    graph = converted.graph
    for value in (*graph.input, *graph.output):
        axes = value.type.tensor_type.shape.dim
        axes[0].dim_param = "batch"
        if len(axes) > 2:
            axes[1].dim_value = options.frames
    properties = {onnx_runtime.CARD_KEY: json.dumps(card, indent=2)}
    onnx.helper.set_model_props(converted, properties)
    converted.producer_name = "dgnet_tf"
