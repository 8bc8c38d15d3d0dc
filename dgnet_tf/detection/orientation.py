"""Turns decoded frames upright, as a player shows them."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf.errors import UserError

MAX_SIDE = 8192  # Pixels.
_HALF = 1 << 15  # In 16.16 fixed point; what is less counts as 0.
_QUARTERS = [1, 0, 0, 1], [0, 1, 1, 0]


@dataclasses.dataclass(frozen=True)
class Orientation:
    """How a video's frames are shown.

    Attributes:
        turn: (a, b, c, d), each -1, 0 or 1: a coded pixel (p, q) is shown at
            (a p + c q, b p + d q), and then moved into the picture.
        pixel_aspect: how many times as wide as high a coded pixel is.
    """

    turn: tuple[int, int, int, int] = (1, 0, 0, 1)
    pixel_aspect: float = 1.0

    @classmethod
    def of(cls, path, stream, frame) -> Orientation:
        """Reads the rotation flag, mirroring as well, and the shape of pixels.

        Args:
            path: the file, for messages.
            stream, frame: PyAV's, the frame any one of the stream. It must not be kept:
                its side data and it hold each other.

        Raises:
            UserError: if the file asks for a rotation by other than quarter turns.
        """
        aspect = float(stream.sample_aspect_ratio or 1)
        matrix = frame.side_data.get("DISPLAYMATRIX")
        if matrix is None:
            return cls(pixel_aspect=aspect)
        a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].tolist()
        turn = tuple(int(np.sign(x)) * (abs(x) > _HALF) for x in (a, b, c, d))
        if np.abs(turn).tolist() not in _QUARTERS:
            raise UserError(
                f"{path}: asks to be shown turned by other than quarter turns. Write "
                "it upright first, for instance with ffmpeg."
            )
        return cls(turn, aspect)

    def upright(self, path, frame) -> np.ndarray:
        """Returns a frame of PyAV's as (H, W, 3) uint8 RGB, its pixels square.

        Raises:
            UserError: if it is larger than `MAX_SIDE`.
        """
        width = round(frame.width * max(self.pixel_aspect, 1))
        height = round(frame.height / min(self.pixel_aspect, 1))
        if max(width, height) > MAX_SIDE:
            raise UserError(f"{path}: is {width}x{height}; up to {MAX_SIDE} is read.")
        image = frame.to_ndarray(format="rgb24", width=width, height=height)
        a, b, c, d = self.turn
        if a:
            image = image[::d, ::a]
        else:
            image = image.transpose(1, 0, 2)[::b, ::c]
        return np.ascontiguousarray(image)
