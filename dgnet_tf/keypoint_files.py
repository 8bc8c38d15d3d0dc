"""Reads 2-D keypoints of one person from `.npz` and `.npy` files."""

from __future__ import annotations

import dataclasses
import pathlib
import zipfile
import zlib

import numpy as np

from dgnet_tf import layouts
from dgnet_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class Keypoints:
    """Keypoints of F frames.

    Attributes:
        keypoints: (F, J, 2) float64 pixels; NaN where a joint is missing.
        confidence: (F, J) float64, 0 where a joint is missing and else above 0.
    """

    keypoints: np.ndarray
    confidence: np.ndarray


def read(path, layout: str) -> Keypoints:
    """Reads a keypoint file.

    `.npz` holds `keypoints` (F, J, 2) and perhaps `confidence` (F, J); `.npy` is
    (F, J, 2), or (F, J, 3) with the confidence last. A joint is missing where its
    confidence is 0; in a file without confidence, where its coordinates are NaN.

    Args:
        path: the file.
        layout: name of its layout, which says what J is.

    Raises:
        UserError: if the file cannot be read or does not hold that.
    """
    path = pathlib.Path(path)
    joints = len(layouts.get(layout).joints)
    keypoints, confidence = _arrays(path)
    if keypoints.ndim != 3 or keypoints.shape[2] != 2:
        raise UserError(
            f"{path}: 'keypoints' must have shape (frames, joints, 2), has "
            f"{keypoints.shape}."
        )
    if keypoints.shape[1] != joints:
        raise UserError(
            f"{path}: has {keypoints.shape[1]} joints in a frame, layout {layout!r} "
            f"has {joints}. Name the layout that the file is in."
        )
    if len(keypoints) == 0:
        raise UserError(f"{path}: has no frame. Give keypoints of one frame or more.")
    missing = np.isnan(keypoints).any(axis=-1)
    if confidence is None:
        confidence = np.where(missing, 0.0, 1.0)
    if confidence.shape != keypoints.shape[:2]:
        raise UserError(
            f"{path}: 'confidence' must have shape {keypoints.shape[:2]}, as the "
            f"keypoints, has {confidence.shape}."
        )
    _refuse(
        path,
        ~(np.isfinite(confidence) & (confidence >= 0)),
        "'confidence' is negative or not finite",
        "Give 0 for a missing joint",
    )
    _refuse(
        path,
        ~np.isfinite(keypoints).all(axis=-1) & (confidence > 0),
        "'keypoints' are not finite",
        "Give such a joint confidence 0",
    )
    seen = confidence > 0
    return Keypoints(np.where(seen[..., None], keypoints, np.nan), confidence)


def _arrays(path):
    """Returns (keypoints, confidence or None), unchecked but for their type."""
    if path.suffix not in (".npz", ".npy"):
        raise UserError(f"{path}: must be an .npz or .npy file.")
    if not path.is_file():
        raise UserError(f"{path}: not found. Name a file of 2-D keypoints.")
    try:
        # NumPy leaves a damaged file open where it is given a path.
        with open(path, "rb") as file:
            return _load(path, np.load(file, allow_pickle=False))
    except (ValueError, EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path}: cannot be read as {path.suffix} without pickles ({error}). "
            "Write it with numpy.save or numpy.savez from arrays of numbers."
        ) from error


def _load(path, content):
    if isinstance(content, np.ndarray):
        array = _floats(path, "keypoints", content)
        if array.ndim == 3 and array.shape[2] == 3:
            return array[..., :2], array[..., 2]
        return array, None
    if "keypoints" not in content:
        raise UserError(
            f"{path}: has no array 'keypoints', only {sorted(content)}. Store "
            "(frames, joints, 2) pixels under that name."
        )
    keypoints = _floats(path, "keypoints", content["keypoints"])
    if "confidence" not in content:
        return keypoints, None
    return keypoints, _floats(path, "confidence", content["confidence"])


def _floats(path, name, array):
    if array.dtype.kind not in "fiu":
        raise UserError(f"{path}: {name!r} must hold numbers, is {array.dtype}.")
    return array.astype(np.float64)


def _refuse(path, wrong, what, advice):
    if wrong.any():
        frame, joint = np.argwhere(wrong)[0]
        raise UserError(
            f"{path}: {what} in frame {frame}, joint {joint} ({wrong.sum()} such in "
            f"all). {advice}."
        )
