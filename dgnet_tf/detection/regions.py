"""Square regions of an image, turned so that a person stands upright in them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np


@dataclasses.dataclass(frozen=True)
class Region:
    """A square in an image.

    Attributes:
        x, y: its middle, pixels.
        side: its length, pixels.
        angle: by how much it is turned clockwise, radians.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    @classmethod
    def around(cls, middle, rim, margin: float) -> Region:
        """Returns the square around a circle, upright if `rim` is above `middle`.

        Args:
            middle: (2,) the circle's middle, pixels.
            rim: (2,) a point on it, which the region shows straight above the middle.
            margin: how many times as long the square is as the circle is wide.
        """
        across, down = (float(value) for value in np.subtract(rim, middle))
        side = 2 * margin * math.hypot(across, down)
        return cls(*map(float, middle), side, math.atan2(across, -down))

    @classmethod
    def whole(cls, image) -> Region:
        """Returns the smallest upright square that holds an image (H, W, 3)."""
        height, width = image.shape[:2]
        return cls(width / 2, height / 2, float(max(width, height)))

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """Returns places (..., 2) in the image, pixels, of shares of the region's side.

        0, 0 is its upper left corner as it shows itself, 1, 1 its lower right one.
        """
        return self.turned((np.asarray(points) - 0.5) * self.side) + (self.x, self.y)

    def turned(self, steps: np.ndarray) -> np.ndarray:
        """Returns in the image's axes steps (..., 2) that are right and down in it."""
        sine, cosine = math.sin(self.angle), math.cos(self.angle)
        return steps @ np.array([[cosine, sine], [-sine, cosine]])

    def holds(self, x: float, y: float) -> bool:
        """Returns whether a place, pixels, is in it, were it upright."""
        return max(abs(x - self.x), abs(y - self.y)) <= self.side / 2

    def crop(self, image: np.ndarray, size: int, outside: str) -> np.ndarray:
        """Returns what the region shows, (size, size, 3) float32 from 0 to 255.

        Args:
            image: (H, W, 3) uint8.
            size: pixels a side.
            outside: what is beyond the image, "edge" (its outermost pixels) or "black".
        """
        steps = (np.arange(size) + 0.5) / size
        places = self.to_image(np.stack(np.meshgrid(steps, steps), axis=-1)) - 0.5
        limits = np.array(image.shape[1::-1]) - 1
        inside = ((places > -1) & (places < limits + 1)).all(axis=-1)
        places = np.clip(places, 0, limits)
        low = np.minimum(places.astype(np.intp), np.maximum(limits - 1, 0))
        high = np.minimum(low + 1, limits)
        right, down = np.moveaxis((places - low).astype(np.float32), -1, 0)[..., None]
        (x0, y0), (x1, y1) = np.moveaxis(low, -1, 0), np.moveaxis(high, -1, 0)
        above = image[y0, x0] * (1 - right) + image[y0, x1] * right
        below = image[y1, x0] * (1 - right) + image[y1, x1] * right
        found = above * (1 - down) + below * down
        return found * inside[..., None] if outside == "black" else found
