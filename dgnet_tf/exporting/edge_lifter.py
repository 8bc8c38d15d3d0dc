"""Runs an exported .tflite or .onnx file over whole videos, with NumPy alone.

TensorFlow is not needed. For .tflite install `ai-edge-litert`, for .onnx
`onnxruntime`:

    from dgnet_tf import edge_lifter

    lifter = edge_lifter.load("lifter.tflite")
    positions = edge_lifter.lift(lifter, keypoints, (1920, 1080))

Beside these, `tflite-runtime` and TensorFlow's own interpreter run .tflite files.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from dgnet_tf import skeletons
from dgnet_tf.errors import shortened
from dgnet_tf.inference.engines import exported_files
from dgnet_tf.inference.engines.window_engine import WindowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints.detections import MAX_PIXEL


@dataclasses.dataclass(frozen=True)
class EdgeLifter:
    """A file ready to lift.

    Attributes:
        run: (W, T, N, 2) float32 pixels of W windows, with the confidence that a
            network takes (W, T, N, 3), and (2,) float32 width and height -> (W, T, N,
            3) float32 metres, camera axes, the root at 0.
        card: the model card that the file carries.
    """

    run: Callable[[np.ndarray, np.ndarray], np.ndarray]
    card: dict


def load(path: str | pathlib.Path, threads: int = 1) -> EdgeLifter:
    """Loads a file written by `python -m dgnet_tf.export`.

    Args:
        path: ends in `.tflite` or `.onnx`.
        threads: that the runtime may use.

    Raises:
        UserError: if the file is missing or none of these exports, or if what runs
            it is not installed.
    """
    run, card = exported_files.load(path, threads)
    return EdgeLifter(
        lambda windows, image_size: run(windows, image_size)[..., :3], card
    )


def lift(
    lifter: EdgeLifter, keypoints: np.ndarray, image_size: npt.ArrayLike
) -> np.ndarray:
    """Lifts one video, as the SavedModel of the same run does.

    Before the first and after the last frame, that frame is repeated.

    Args:
        lifter: from `load`.
        keypoints: (F, N, 2) pixels, the joints of the card, at its frame rate. For a
            network that takes the confidence, `inputs` "xyc" in the card's `config`,
            (F, N, 3) with it, from 0 to 1; without, it is 1.
        image_size: width and height, pixels.

    Returns:
        (F, N, 3) float32 metres, camera axes, the root at 0.

    Raises:
        ValueError: if the keypoints have another shape or are no pixels, or the size
            is none.
    """
    keypoints = np.asarray(keypoints, np.float32)
    image_size = np.asarray(image_size, np.float32)
    options = InferenceOptions.of_card(lifter.card)
    joints = len(skeletons.get(options.skeleton).joints)
    shapes = {(joints, 2), (joints, len(options.inputs))}
    if keypoints.ndim != 3 or keypoints.shape[1:] not in shapes or not len(keypoints):
        wanted = " or ".join(f"(frames, {n}, {c})" for n, c in sorted(shapes))
        raise ValueError(
            f"`keypoints` must have shape {wanted}, got {keypoints.shape}."
        )
    confidence = keypoints[..., 2:]
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("the confidence in `keypoints` must be from 0 to 1.")
    if not (np.abs(keypoints) <= MAX_PIXEL).all():  # NaN is not, either.
        raise ValueError(
            f"`keypoints` must be finite and within {MAX_PIXEL:,.0f} pixels: fill "
            "missing joints first."
        )
    sizes = (image_size >= 1) & (image_size <= MAX_PIXEL)
    if image_size.shape != (2,) or not sizes.all():
        raise ValueError(
            f"`image_size` must be a width and a height from 1 to {MAX_PIXEL:,.0f}, "
            f"got {shortened(image_size.tolist())}."
        )
    return WindowEngine(lifter.run, options).lift(keypoints, image_size)
