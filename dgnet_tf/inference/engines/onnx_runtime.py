"""Runs the windows of .onnx files, with ONNX Runtime."""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.inference.keypoint_preparation import by_name

CARD_KEY = "model_card"  # Of a file's metadata.
# Windows that a file is given at a time: more are no faster.
_WINDOWS = 64


def load(path, threads: int = 1):
    """Loads a file; returns function and card as text, and its tensors' shapes."""
    try:
        import onnxruntime
    except ImportError:
        raise UserError(
            f"{path}: nothing here runs .onnx files. pip install onnxruntime"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    card = session.get_modelmeta().custom_metadata_map[CARD_KEY]
    tensors = (*session.get_inputs(), *session.get_outputs())

    def run(windows, image_size):
        found = []
        for start in range(0, len(windows), _WINDOWS):
            part = windows[start : start + _WINDOWS]
            sizes = np.tile(image_size, (len(part), 1))
            inputs = {**by_name(part), "image_size": sizes}
            found += session.run(["positions"], inputs)
        return np.concatenate(found)

    return run, card.encode(), {one.name: one.shape for one in tensors}
