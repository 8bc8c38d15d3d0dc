"""Runs the windows of .tflite files, with LiteRT or another of its interpreters."""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import importlib.util
import warnings
import zipfile

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.inference.engines.window_engine import joined
from dgnet_tf.inference.keypoint_preparation import by_name

# In the .zip at the end of a file: the card, and the digest of what stands before.
CARD, DIGEST = "model_card.json", "model.sha256"
_MAX_BYTES = 16 << 20  # Of either.
_INTERPRETERS = (
    "ai_edge_litert.interpreter",
    "tflite_runtime.interpreter",
    "tensorflow.lite.python.interpreter",
)


def is_installed() -> bool:
    """Whether LiteRT itself is there, which needs no TensorFlow."""
    return importlib.util.find_spec("ai_edge_litert") is not None


def load(path, threads: int = 1):
    """Loads a file; returns function and card as text, and its tensors' shapes.

    Each thread has an interpreter of its own, which runs one window at a time: that
    scales with the threads, which an interpreter's own threads do not on windows so
    small.
    """
    text = card(path)
    make = _interpreter(path)
    serve = [
        make(model_path=str(path), num_threads=1).get_signature_runner()
        for _ in range(threads)
    ]
    details = {**serve[0].get_input_details(), **serve[0].get_output_details()}
    shapes = {name: one["shape"].tolist() for name, one in details.items()}
    pool = concurrent.futures.ThreadPoolExecutor(threads)

    def run_part(serve, windows, image_size):
        size = image_size[None]
        return [joined(serve(**by_name(one[None]), image_size=size)) for one in windows]

    def run(windows, image_size):
        parts = np.array_split(windows, len(serve))
        sizes = [image_size] * len(parts)
        found = pool.map(run_part, serve, parts, sizes)
        return np.concatenate([pose for part in found for pose in part])

    return run, text, shapes


def card(path) -> bytes:
    """Returns a file's model card, after its checksum has been compared.

    Runtimes do not check what they read: a damaged file can end the process.
    """
    with zipfile.ZipFile(path) as archive:
        if max(archive.getinfo(name).file_size for name in (CARD, DIGEST)) > _MAX_BYTES:
            raise ValueError("its model card is too large")
        found, digest = archive.read(CARD), archive.read(DIGEST).decode()
        size = min(info.header_offset for info in archive.infolist())
    with open(path, "rb") as file:
        if hashlib.sha256(file.read(size)).hexdigest() != digest.strip():
            raise ValueError("its checksum does not fit")
    return found


def _interpreter(path):
    for name in _INTERPRETERS:
        with contextlib.suppress(ImportError):
            return _quietly(importlib.import_module(name).Interpreter)
    raise UserError(
        f"{path}: nothing here runs .tflite files. pip install ai-edge-litert"
    )


def _quietly(interpreter):
    def make(**arguments):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # TensorFlow's own is to move elsewhere.
            return interpreter(**arguments)

    return make
