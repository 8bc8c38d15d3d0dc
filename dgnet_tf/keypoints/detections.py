"""One person's keypoints in one frame, as every keypoint file is read."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf.errors import UserError, warn

MAX_PIXEL = 1e6
# What lies outside of the image has shares beyond 1, but not by much.
_LARGEST_SHARE = 2.0
_NO_PIXEL = 9999  # beyond any image, as a mark of a missing joint


@dataclasses.dataclass(frozen=True, eq=False)
class Detection:
    """One person in one frame.

    Attributes:
        frame: number of the frame, as the file counts.
        keypoints: (J, 2) float64 pixels; NaN where a joint is missing.
        confidence: (J,) float64, 0 where a joint is missing and else up to 1.
        person: the name that the file gives the person in all frames; None where
            it gives none.
    """

    frame: int
    keypoints: np.ndarray
    confidence: np.ndarray
    person: str | None = None


def floats(array) -> np.ndarray:
    """Returns numbers as float64; what is too large for it becomes infinite."""
    with np.errstate(all="ignore"):  # A damaged float may also be a signalling NaN.
        return np.array(array, np.float64)


def number_array(where: str, array) -> np.ndarray:
    """Returns an array of numbers as float64; of anything else raises a UserError."""
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        kind = getattr(array, "dtype", type(array).__name__)
        raise UserError(f"{where} must hold numbers, is {kind}.")
    return floats(array)


def masked(where: str, keypoints: np.ndarray, confidence: np.ndarray):
    """Masks missing joints, as in `Detection`.

    Missing are joints whose confidence is 0 or less, and those at exactly 0,0, -1,-1
    or another mark (`placeholders`), whatever their confidence.

    Args:
        where: file, and place in it, for messages.
        keypoints: (..., J, 2) pixels, anything where a joint is missing.
        confidence: (..., J); detectors' scores beyond 1 count as 1.

    Raises:
        UserError: if a confidence, or a coordinate of a joint that is not missing,
            is not finite or beyond `MAX_PIXEL`.
    """
    refuse(where, ~np.isfinite(confidence), "'confidence' is not finite")
    seen = (confidence > 0) & ~placeholders(keypoints, confidence)
    pixel = (np.abs(keypoints) <= MAX_PIXEL).all(axis=-1)  # NaN is not, either.
    refuse(where, seen & ~pixel, "'keypoints' are not finite pixels")
    return (
        np.where(seen[..., None], keypoints, np.nan),
        np.where(seen, np.clip(confidence, 0, 1), 0.0),
    )


def placeholders(keypoints: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Returns which joints (..., J) have a confidence, but stand for a missing one.

    Beside 0,0 and -1,-1, people mark these by twice the same whole number that is no
    place in an image, such as -999,-999 or 65535,65535.
    """
    x, y = keypoints[..., 0], keypoints[..., 1]
    no_place = (x < 0) | (x >= _NO_PIXEL)
    mark = (x == 0) | (no_place & (np.abs(x) <= MAX_PIXEL) & (np.floor(x) == x))
    return (x == y) & mark & (confidence > 0)


def check_shares(where: str, whose: str, rows: np.ndarray):
    """Raises a UserError where coordinates that must be shares of the image are not.

    Args:
        where: file and place in it, for messages.
        whose: what they are, for messages, such as "MediaPipe's landmarks".
        rows: (J, 3) x, y and confidence.
    """
    missing = placeholders(rows[:, :2], rows[:, 2])
    seen = np.abs(rows[(rows[:, 2] > 0) & ~missing, :2]).max(axis=1)
    if len(seen) and _LARGEST_SHARE < np.median(seen) <= MAX_PIXEL:
        raise UserError(
            f"{where}: {whose} go from 0 to 1, these up to {seen.max():.6g}. Divide x "
            "by the video's width and y by its height if they are pixels."
        )


def warn_of_placeholders(path, joints: int, frames: int):
    """Says in one line how many joints in how many frames `placeholders` found."""
    if joints:
        warn(
            f"{path}: {joints} keypoints in {frames} frames are at exactly 0,0, "
            "-1,-1 or the like and count as missing."
        )


def refuse(where: str, wrong: np.ndarray, what: str):
    """Raises a UserError that names the first joint where `wrong` (..., J) is true."""
    if wrong.any():
        place = [int(index) for index in np.argwhere(wrong)[0]]
        frame = f"frame {place[0]}, " if len(place) > 1 else ""
        raise UserError(
            f"{where}: {what} in {frame}joint {place[-1]} ({wrong.sum()} in all). "
            "Give a missing joint confidence 0."
        )
