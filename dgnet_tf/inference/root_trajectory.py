"""Where the root stands, from root-relative poses and the 2-D keypoints they fit.

Camera axes: x right, y down, z forward; metres and pixels. F frames of N joints.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from dgnet_tf import cameras

# Across the longer side of an image whose camera is not known.
FIELD_OF_VIEW_DEGREES = 50.0
# Keypoints closer together than this, as a root mean square, tell no distance.
_LEAST_SPREAD_PX = 1e-3


def assumed_intrinsics(
    image_size: npt.ArrayLike, focal_px: float | None = None
) -> np.ndarray:
    """Returns the intrinsics of an ideal camera.

    Args:
        image_size: (2,) width and height, pixels.
        focal_px: focal length, pixels; by default that of a field of view of
            `FIELD_OF_VIEW_DEGREES` across the longer side.

    Returns:
        (9,) as in `cameras`: the principal point in the middle, no distortion.
    """
    image_size = np.asarray(image_size, np.float64)
    if image_size.shape != (2,) or not (image_size > 0).all():
        raise ValueError(f"`image_size` must be two sizes above 0, got {image_size}.")
    if focal_px is None:
        half = math.radians(FIELD_OF_VIEW_DEGREES / 2)
        focal_px = image_size.max() / (2 * math.tan(half))
    if not 0 < focal_px < math.inf:
        raise ValueError(f"`focal_px` must be above 0, got {focal_px!r}.")
    intrinsics = np.zeros(9)
    intrinsics[cameras.FOCAL] = focal_px
    intrinsics[cameras.PRINCIPAL] = image_size / 2
    return intrinsics


def fit_root(
    positions: npt.ArrayLike,
    keypoints: npt.ArrayLike,
    intrinsics: npt.ArrayLike,
    confidence: npt.ArrayLike | None = None,
) -> np.ndarray:
    """Fits the root's position in each frame; see `fit_each_frame`.

    Frames without an answer get one by linear interpolation in time between the
    frames before and after that have one, and the nearest one's at the ends. Returns
    (F, 3) float64 metres, camera axes.

    Raises:
        ValueError: for wrong arguments, or if no frame has an answer.
    """
    root = fit_each_frame(positions, keypoints, intrinsics, confidence)
    found = np.isfinite(root[:, 2])
    if found.all():
        return root
    if not found.any():
        raise ValueError(
            f"The root cannot be fitted in any of the {len(root)} frames: each needs "
            "two joints of confidence above 0 at different pixels, and a fit in front "
            "of the camera."
        )
    times = np.arange(len(root))
    for axis in range(3):
        root[~found, axis] = np.interp(times[~found], times[found], root[found, axis])
    return root


def fit_each_frame(
    positions: npt.ArrayLike,
    keypoints: npt.ArrayLike,
    intrinsics: npt.ArrayLike,
    confidence: npt.ArrayLike | None = None,
) -> np.ndarray:
    """Fits the root's position in each frame on its own.

    A joint at (x, y, z) of the root at (X, Y, Z) is seen at the pixel (u, v) of a
    camera without distortion if

        fx (X + x) = (u - cx) (Z + z)   and   fy (Y + y) = (v - cy) (Z + z).

    These are linear in X, Y and Z. The fit minimises the sum over the joints of
    confidence times the squared differences of both sides, in closed form: X and Y
    are eliminated, and Z is a quotient of sums. It has no answer where less than two
    joints of confidence above 0 are seen at different pixels, nor where it would put
    one of them at or behind the camera (Z + z <= 0), as it may if pose and keypoints
    contradict each other.

    Args:
        positions: (F, N, 3) metres, relative to the root.
        keypoints: (F, N, 2) pixels.
        intrinsics: (9,) as in `cameras`; the distortion is not looked at.
        confidence: (F, N) weights, 0 or more; by default 1.

    Returns:
        (F, 3) float64 metres, camera axes; NaN in frames without an answer.

    Raises:
        ValueError: if shapes do not fit, values are not finite, a focal length is not
            above 0, or a confidence is below 0.
    """
    x, pixels, focal, weights = _checked(positions, keypoints, intrinsics, confidence)
    total = weights.sum(axis=-1)[:, None]  # (F, 1)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    weights = weights[..., None]  # (F, N, 1)

    # Both equations are focal (X, Y) = pixels Z + offset, with this offset:
    offset = pixels * x[..., 2:] - focal * x[..., :2]  # (F, N, 2)
    pixel_mean = (weights * pixels).sum(axis=1)  # (F, 2)
    offset_mean = (weights * offset).sum(axis=1)
    # X and Y make both means fit; what is left depends on Z alone.
    pixels_left = pixels - pixel_mean[:, None]
    offset_left = offset - offset_mean[:, None]
    spread = (weights * pixels_left**2).sum(axis=(1, 2))  # (F,)
    apart = spread > _LEAST_SPREAD_PX**2
    against = -(weights * pixels_left * offset_left).sum(axis=(1, 2))
    z = np.divide(against, spread, out=np.full_like(spread, np.nan), where=apart)
    xy = (pixel_mean * z[:, None] + offset_mean) / focal

    nearest = np.where(weights[..., 0] > 0, x[..., 2], np.inf).min(axis=1)
    in_front = z + nearest > 0  # False for NaN.
    return np.where(in_front[:, None], np.column_stack([xy, z]), np.nan)


def _checked(positions, keypoints, intrinsics, confidence):
    """Returns positions, pixels from the principal point, focal length, weights."""
    positions, keypoints, intrinsics = (
        np.asarray(array, np.float64) for array in (positions, keypoints, intrinsics)
    )
    shape = positions.shape
    if len(shape) != 3 or shape[1] == 0 or shape[2] != 3:
        raise ValueError(f"`positions` must have shape (F, N, 3), got {shape}.")
    frames, joints, _ = shape
    confidence = np.ones((frames, joints)) if confidence is None else confidence
    confidence = np.asarray(confidence, np.float64)
    arrays = {
        "positions": (positions, (frames, joints, 3)),
        "keypoints": (keypoints, (frames, joints, 2)),
        "intrinsics": (intrinsics, (9,)),
        "confidence": (confidence, (frames, joints)),
    }
    for name, (array, shape) in arrays.items():
        if array.shape != shape:
            raise ValueError(f"`{name}` must have shape {shape}, got {array.shape}.")
        if not np.isfinite(array).all():
            raise ValueError(f"`{name}` has values that are not finite.")
    focal = intrinsics[cameras.FOCAL]
    if not (focal > 0).all():
        raise ValueError(f"`intrinsics` must have focal lengths above 0, got {focal}.")
    if (confidence < 0).any():
        raise ValueError(f"`confidence` must be 0 or more, got {confidence.min()}.")
    return positions, keypoints - intrinsics[cameras.PRINCIPAL], focal, confidence
