"""Runs an exported .tflite or .onnx file over whole videos, with NumPy alone.

TensorFlow is not needed. For .tflite install `ai-edge-litert`, for .onnx
`onnxruntime`:

    from dgnet_tf import edge_lifter

    lifter = edge_lifter.load("lifter.tflite")
    positions = edge_lifter.lift(lifter, keypoints, (1920, 1080))

Beside these, `tflite-runtime` and TensorFlow's own interpreter run .tflite files.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib
import json
import pathlib
import warnings
import zipfile
from collections.abc import Callable

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.inference import keypoint_preparation
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.window_table import window_table

# In the .zip at the end of a .tflite: the card, and the digest of what stands before.
CARD, DIGEST = "model_card.json", "model.sha256"
CARD_KEY = "model_card"  # Of an .onnx file's metadata.
# Windows that an .onnx file is given at a time: more are no faster.
_WINDOWS = 64
_INTERPRETERS = (
    "ai_edge_litert.interpreter",
    "tflite_runtime.interpreter",
    "tensorflow.lite.python.interpreter",
)


@dataclasses.dataclass(frozen=True)
class EdgeLifter:
    """A file ready to lift.

    Attributes:
        run: (W, T, N, 2) float32 pixels of W windows and (2,) width and height ->
            (W, T, N, 3) float32 metres, camera axes, the root at 0.
        card: the model card that the file carries.
    """

    run: Callable[[np.ndarray, np.ndarray], np.ndarray]
    card: dict


def load(path, threads: int = 1) -> EdgeLifter:
    """Loads a file written by `python -m dgnet_tf.export`.

    Args:
        path: ends in `.tflite` or `.onnx`.
        threads: that the runtime may use.

    Raises:
        UserError: if the file is missing or none of these exports, or if what runs
            it is not installed.
    """
    path = pathlib.Path(path)
    loaders = {".tflite": _load_tflite, ".onnx": _load_onnx}
    if path.suffix not in loaders:
        raise UserError(f"{path}: must end in .tflite or .onnx.")
    if not path.is_file():
        raise UserError(
            f"{path}: not found. Write it with `python -m dgnet_tf.export --format=...`"
        )
    try:
        return loaders[path.suffix](path, threads)
    except UserError:
        raise
    except Exception as error:  # Runtimes raise many kinds for damaged files.
        raise UserError(
            f"{path}: is no whole export of this package ({type(error).__name__}: "
            f"{str(error)[:200]}). Export the run again."
        ) from error


def lift(lifter: EdgeLifter, keypoints: np.ndarray, image_size) -> np.ndarray:
    """Lifts one video, as the SavedModel of the same run does.

    Before the first and after the last frame, that frame is repeated.

    Args:
        lifter: from `load`.
        keypoints: (F, N, 2) pixels, the joints of the card, at its frame rate.
        image_size: width and height, pixels.

    Returns:
        (F, N, 3) float32 metres, camera axes, the root at 0.

    Raises:
        ValueError: if the keypoints have another shape or are not finite, or the
            size is not positive and finite.
    """
    keypoints = np.asarray(keypoints, np.float32)
    image_size = np.asarray(image_size, np.float32)
    joints = len(lifter.card["joints"])
    if keypoints.ndim != 3 or keypoints.shape[1:] != (joints, 2) or not len(keypoints):
        raise ValueError(
            f"`keypoints` must have shape (frames, {joints}, 2), got {keypoints.shape}."
        )
    if not np.isfinite(keypoints).all():
        raise ValueError("`keypoints` must be finite: fill missing joints first.")
    sizes = np.isfinite(image_size) & (image_size > 0)
    if image_size.shape != (2,) or not sizes.all():
        raise ValueError(
            f"`image_size` must be a width and a height, got {image_size.tolist()}."
        )
    options = InferenceOptions.of_card(lifter.card)
    keypoints = keypoint_preparation.prepare(keypoints, options)
    slots, reads = window_table(len(keypoints), options)
    windows = keypoints[np.clip(slots, 0, len(keypoints) - 1)]  # (W, T, N, 2)
    parts = np.split(windows, range(_WINDOWS, len(windows), _WINDOWS))
    poses = np.concatenate([lifter.run(part, image_size) for part in parts])
    return poses.reshape(-1, joints, 3)[reads].mean(axis=1, dtype=np.float32)


def _load_tflite(path, threads) -> EdgeLifter:
    # The runtime does not check what it reads: a damaged file can end the process.
    with zipfile.ZipFile(path) as archive:
        card, digest = json.loads(archive.read(CARD)), archive.read(DIGEST).decode()
        size = min(info.header_offset for info in archive.infolist())
    with open(path, "rb") as file:
        if hashlib.sha256(file.read(size)).hexdigest() != digest.strip():
            raise ValueError("its checksum does not fit")
    interpreter = _interpreter(path)(model_path=str(path), num_threads=threads)
    serve = interpreter.get_signature_runner("serving_default")

    def run(windows, image_size):
        size = image_size[None]
        poses = [serve(keypoints=one[None], image_size=size) for one in windows]
        return np.concatenate([pose["positions"] for pose in poses])

    return EdgeLifter(run, card)


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


def _load_onnx(path, threads) -> EdgeLifter:
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
    card = json.loads(session.get_modelmeta().custom_metadata_map[CARD_KEY])

    def run(windows, image_size):
        sizes = np.tile(image_size, (len(windows), 1))
        inputs = {"keypoints": windows, "image_size": sizes}
        return session.run(["positions"], inputs)[0]

    return EdgeLifter(run, card)
