"""What a detector of 2-D keypoints is: images in; keypoints, confidence, track out."""

from __future__ import annotations

import dataclasses
from typing import Protocol

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False)
class Seen:
    """One person in one frame.

    Attributes:
        rows: (J, 3) x and y in pixels, and confidence from 0 (missing) to 1.
        track: the same for the same person in all frames, as far as the detector
            knows; None of one that does not follow people, see `tracks.join`.
        positions: (J, 3) metres from the middle of the hips, camera axes: the
            detector's own estimate in 3-D, which lifting does not use; None of one
            that has none.
    """

    rows: np.ndarray
    track: int | None = None
    positions: np.ndarray | None = None


class Detector(Protocol):
    """Finds people's keypoints in a video's frames, given in order.

    Attributes:
        layout: name of the keypoints' layout.
    """

    layout: str

    def detect(self, image: np.ndarray) -> list[Seen]:
        """Returns who is seen in one frame, (H, W, 3) uint8 RGB."""
