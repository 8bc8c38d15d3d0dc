"""Arrays of numbers as short text, for pages that carry their data along."""

from __future__ import annotations

import base64

import numpy as np

# Stands for NaN among 16-bit whole numbers.
MISSING = -32768
_LARGEST = 32767


def pack(values: np.ndarray) -> dict:
    """Packs numbers to 16 bits each; NaN and infinities become NaN.

    The error is at most half a step of 1/65534 of the numbers' range: under 0.1 mm
    for positions within 10 m, 0.02 px for keypoints within 2,000 px.

    Returns:
        {"type", "shape", "scale", "offset", "data"}: base64 of little-endian whole
        numbers q, each standing for q scale + offset, or for NaN where it is
        `MISSING`.
    """
    values = np.asarray(values, np.float64)
    finite = np.isfinite(values)
    low, high = (values[finite].min(), values[finite].max()) if finite.any() else (0, 0)
    offset, scale = (low + high) / 2, (high - low) / (2 * _LARGEST) or 1.0
    steps = np.rint((np.where(finite, values, offset) - offset) / scale)
    return _packed(np.where(finite, steps, MISSING), "<i2", scale, offset)


def pack_weights(values: np.ndarray) -> dict:
    """Packs the sizes of weights to 8 bits each, as shares of the largest.

    Signs are dropped; what is not finite counts as 0.

    Returns:
        As `pack` does, with "type" "uint8" and "offset" 0.
    """
    sizes = np.nan_to_num(np.abs(np.asarray(values)), nan=0.0, posinf=0.0)
    scale = float(sizes.max(initial=0.0)) / 255 or 1.0
    return _packed(np.rint(sizes / scale), "u1", scale, 0.0)


def _packed(steps, dtype, scale, offset):
    whole = steps.astype(dtype)
    return {
        "type": whole.dtype.newbyteorder("=").name,
        "shape": list(whole.shape),
        "scale": float(scale),
        "offset": float(offset),
        "data": base64.b64encode(whole.tobytes()).decode("ascii"),
    }
