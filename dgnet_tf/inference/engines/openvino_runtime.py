"""Runs .onnx and .tflite files and SavedModels with OpenVINO, on the CPU."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import sys
from collections.abc import Callable

import numpy as np

from dgnet_tf.errors import UserError, how_to_install
from dgnet_tf.inference import frame_smoothing, keypoint_preparation, segments
from dgnet_tf.inference.engines import litert, onnx_runtime
from dgnet_tf.inference.engines.window_engine import joined
from dgnet_tf.inference.options import InferenceOptions

# Processors with bfloat16 would compute in it.
SETTINGS = {"INFERENCE_PRECISION_HINT": "f32"}
_WINDOWS = 16  # Windows at a time, as in ONNX Runtime.


def load(path, threads: int = 1):
    """Loads a .onnx or .tflite file; see `onnx_runtime.load`.

    Each thread runs windows of its own, of a .tflite file one at a time.
    """
    litert_card = litert.card(path) if path.suffix == ".tflite" else None
    model = _core(path).read_model(str(path))
    card = litert_card or _onnx_card(model)
    names = {_short(one): one for one in model.inputs}
    # TensorFlow Lite's file names signatures' outputs, and OpenVINO reads no names.
    ranks = {4: "positions", 3: "disagreement"}
    outputs = {ranks[len(_shape(one))]: one for one in model.outputs}
    compiled = _compile(path, model, threads)
    requests = [compiled.create_infer_request() for _ in range(threads)]
    pool = concurrent.futures.ThreadPoolExecutor(threads)
    most = 1 if litert_card else _WINDOWS

    def run_part(request, windows, image_size):
        found = []
        for start in range(0, len(windows), most):
            seen = windows[start : start + most]
            inputs = keypoint_preparation.by_name(seen)
            inputs["image_size"] = np.tile(image_size, (len(seen), 1))
            by_port = {names[name].any_name: inputs[name] for name in inputs}
            arrays = request.infer(by_port).values()
            found.append(joined(dict(zip(outputs, arrays, strict=True))).copy())
        return found

    def run(windows, image_size):
        parts = np.array_split(np.asarray(windows, np.float32), len(requests))
        sizes = [np.asarray(image_size, np.float32)] * len(parts)
        found = pool.map(run_part, requests, parts, sizes)
        return np.concatenate([poses for part in found for poses in part])

    ports = {**names, **outputs}
    return run, card, {name: _shape(port) for name, port in ports.items()}


def load_saved_model(path, options: InferenceOptions, threads: int = 1):
    """Returns a `VideoEngine` of an exported SavedModel's `serving_default`.

    Raises:
        UserError: if OpenVINO is not installed or cannot read it, or if its network
            takes the confidence, which `serving_default` has not.
    """
    if options.inputs == "xyc":
        raise UserError(
            f"{path}: takes the confidence of keypoints by signatures that OpenVINO "
            "does not read. Export it with --format=onnx, or leave --engine out."
        )
    core = _core(path)
    try:
        compiled = _compile(path, core.read_model(str(path)), threads)
    except RuntimeError as error:
        raise UserError(
            f"{path}: OpenVINO cannot read it ({str(error)[:200]}). Export the run "
            "again; those of earlier versions hold MatrixDiag."
        ) from error

    def serve(keypoints, image_size):
        found = compiled({"keypoints": keypoints, "image_size": image_size})
        return found["positions"]

    return VideoEngine(serve, options)


@dataclasses.dataclass(frozen=True)
class VideoEngine:
    """An `Engine` of a function of whole videos that is not TensorFlow's.

    Attributes:
        serve: (B, F, N, 2) float32 pixels, (B, 2) float32 width and height -> (B, F, N,
            3) float32 metres, camera axes, the root at 0.
        options: how its network is used; preparation and windows are the function's
            affair.
    """

    serve: Callable[[np.ndarray, np.ndarray], np.ndarray]
    options: InferenceOptions

    def lift(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift`."""
        size = np.asarray(image_size, np.float32)[None]
        keypoints = keypoint_preparation.complete(np.asarray(keypoints), self.options)
        reach = frame_smoothing.reach(self.options)
        return segments.lift(
            lambda seen: self.serve(seen[None], size)[0],
            keypoints,
            self.options.block,
            reach,
        )

    def lift_measured(self, keypoints, image_size):
        """See `Engine.lift_measured`; it shows no disagreement."""
        return self.lift(keypoints, image_size), None

    def lift_newest(self, keypoints, image_size) -> np.ndarray:
        """See `Engine.lift_newest`."""
        keypoints = np.asarray(keypoints, np.float32)
        keypoints = keypoint_preparation.complete(keypoints, self.options)
        sizes = np.tile(np.asarray(image_size, np.float32), (len(keypoints), 1))
        return self.serve(keypoints, sizes)[:, -1].copy()


def _core(path):
    try:
        return imported().Core()
    except ImportError:
        found = how_to_install("openvino", "OpenVINO's engine")
        raise UserError(f"{path}: {found}") from None


@functools.cache
def imported():
    """Returns OpenVINO, imported without its telemetry.

    Its import alone reports itself to its makers unless somebody has opted out. None
    stands for a module that cannot be imported, and OpenVINO does without.
    """
    sys.modules.setdefault("openvino_telemetry", None)
    import openvino

    return openvino


def _compile(path, model, threads):
    shared = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": threads}
    return _core(path).compile_model(model, "CPU", {**SETTINGS, **shared})


def _onnx_card(model) -> bytes:
    return model.get_rt_info(["framework", onnx_runtime.CARD_KEY]).astype(str).encode()


def _short(port) -> str:
    """Returns an input's name without what TensorFlow Lite puts around it."""
    name = port.any_name.removeprefix("serving_default_")
    return name.partition(":")[0]


def _shape(port) -> list:
    """Returns a shape; a size that is free as text."""
    sizes = port.get_partial_shape()
    return [size.get_length() if size.is_static else str(size) for size in sizes]
