"""Turns a decoded frame upright, as a player shows it."""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError

# Of the display matrix, in 16.16 fixed point: what counts as not 0.
_HALF = 1 << 15


def upright(path, frame, pixel_aspect=None) -> np.ndarray:
    """Returns a frame of PyAV's as (H, W, 3) uint8 RGB.

    The file's rotation flag is followed, mirroring as well. Pixels that are
    `pixel_aspect` times as wide as high are made square, none is left out.

    Raises:
        UserError: if the file asks for a rotation by other than quarter turns.
    """
    width, height = frame.width, frame.height
    aspect = float(pixel_aspect or 1)
    width, height = round(width * max(aspect, 1)), round(height / min(aspect, 1))
    image = frame.to_ndarray(format="rgb24", width=width, height=height)
    return _turned(path, image, frame.side_data.get("DISPLAYMATRIX"))


def _turned(path, image, side_data):
    if side_data is None:
        return image
    # A coded pixel (p, q) is shown at (a p + c q, b p + d q), and then moved.
    a, b, _, c, d = np.frombuffer(side_data, np.int32)[:5].tolist()
    straight, across = (
        [abs(x) > _HALF for x in (a, d)],
        [abs(x) > _HALF for x in (b, c)],
    )
    if all(straight) and not any(across):
        image = image[:: np.sign(d), :: np.sign(a)]
    elif all(across) and not any(straight):
        image = image.transpose(1, 0, 2)[:: np.sign(b), :: np.sign(c)]
    else:
        raise UserError(
            f"{path}: asks to be shown turned by other than quarter turns. Write it "
            "upright first, for instance with ffmpeg."
        )
    return np.ascontiguousarray(image)
