"""Reads `camera.calibration`, the text file of MPI-INF-3DHP's training cameras.

The format is Skeletool's: a title line, then one block per camera. A block starts
with `name <number>`; of its other lines the reader needs `size <width> <height>`,
`intrinsic <16 numbers>` (4 x 4, row by row, pixels) and `radial <number>`.
"""

from __future__ import annotations

import pathlib

import numpy as np

from dgnet_tf.errors import UserError

TITLE = "Skeletool Camera Calibration File"
_NUMBERS = {"size": 2, "intrinsic": 16, "radial": 1}
_LARGEST = 1e6  # pixels


def read_intrinsics(path, cameras, image_size) -> dict[int, np.ndarray]:
    """Reads the intrinsics, (9,) as in `dgnet_tf.cameras`, of cameras by number.

    All must have that (width, height); they have no distortion.

    Raises:
        UserError: if the file is no such text, lacks a camera, or describes one that
            has another image size, skew or lens distortion.
    """
    path = pathlib.Path(path)
    blocks = _blocks(path)
    missing = [camera for camera in cameras if camera not in blocks]
    if missing:
        raise UserError(
            f"{path}: has no camera {missing[0]}, only {sorted(blocks)}. Take the file "
            "that came with the sequence's annot.mat."
        )
    return {camera: _camera(path, camera, blocks, image_size) for camera in cameras}


def _blocks(path) -> dict[int, dict[str, list[float]]]:
    """Returns the lines that are needed of each camera, as numbers."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path}: cannot be read as text ({error}). Download it again."
        ) from error
    if not lines or not lines[0].startswith(TITLE):
        raise UserError(
            f"{path}: does not start with {TITLE!r}. Take the camera.calibration that "
            "came with the sequence's annot.mat."
        )
    blocks: dict[int, dict[str, list[float]]] = {}
    block: dict[str, list[float]] = {}
    for number, line in enumerate(lines[1:], 2):
        name, *values = line.split() or [""]
        try:
            if name == "name":
                block = blocks[int(" ".join(values))] = {}
            elif name in _NUMBERS:
                block[name] = [float(value) for value in values]
        except ValueError as error:
            raise UserError(
                f"{path}: line {number}, field {name!r}, is not in numbers: "
                f"{line.strip()[:60]!r}. Download the file again."
            ) from error
    return blocks


def _camera(path, camera, blocks, image_size) -> np.ndarray:
    found = {name: blocks[camera].get(name, []) for name in _NUMBERS}
    for name, values in found.items():
        if len(values) != _NUMBERS[name] or not np.isfinite(values).all():
            raise UserError(
                f"{path}: camera {camera}: field {name!r} must be {_NUMBERS[name]} "
                f"finite numbers, found {len(values)}. Download the file again."
            )
    if tuple(found["size"]) != tuple(image_size):
        raise UserError(
            f"{path}: camera {camera} has images of {found['size']} pixels where the "
            f"annotations are for {list(image_size)}. Take the original file."
        )
    if found["radial"] != [0.0]:
        raise UserError(
            f"{path}: camera {camera} has lens distortion (radial {found['radial']}), "
            "which is not known of this data set. Take the original file."
        )
    matrix = np.array(found["intrinsic"]).reshape(4, 4)
    (fx, skew, cx), (zero, fy, cy) = matrix[:2, :3]
    if skew or zero or min(fx, fy) <= 0.0 or np.abs(matrix).max() > _LARGEST:
        raise UserError(
            f"{path}: camera {camera}: 'intrinsic' must hold two positive focal "
            f"lengths and no skew, found {matrix[:2, :3].tolist()}. Take the original "
            "file."
        )
    return np.array([fx, fy, cx, cy, 0.0, 0.0, 0.0, 0.0, 0.0])
