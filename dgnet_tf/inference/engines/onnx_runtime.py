"""Runs the windows of .onnx files, with ONNX Runtime."""

from __future__ import annotations

import concurrent.futures

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.inference.engines.window_engine import joined
from dgnet_tf.inference.keypoint_preparation import by_name

CARD_KEY = "model_card"  # Of a file's metadata.
# Windows that a file is given at a time: more are no faster.
_WINDOWS = 16


def load(path, threads: int = 1):
    """Loads a file; returns function and card as text, and its tensors' shapes.

    Each thread runs windows of its own: a session's own threads, which share each of
    its many small operations, take twice the time.
    """
    try:
        import onnxruntime
    except ImportError:
        raise UserError(
            f"{path}: nothing here runs .onnx files. pip install onnxruntime"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    card = session.get_modelmeta().custom_metadata_map[CARD_KEY]
    tensors = (*session.get_inputs(), *session.get_outputs())
    outputs = [one.name for one in session.get_outputs()]

    pool = concurrent.futures.ThreadPoolExecutor(threads)

    def run(windows, image_size):
        size = min(_WINDOWS, -(-len(windows) // threads))
        starts = range(0, len(windows), size)
        parts = [windows[start : start + size] for start in starts]
        return np.concatenate(
            list(pool.map(run_part, parts, [image_size] * len(parts)))
        )

    def run_part(windows, image_size):
        sizes = np.tile(image_size, (len(windows), 1))
        inputs = {**by_name(windows), "image_size": sizes}
        return joined(dict(zip(outputs, session.run(outputs, inputs), strict=True)))

    return run, card.encode(), {one.name: one.shape for one in tensors}
