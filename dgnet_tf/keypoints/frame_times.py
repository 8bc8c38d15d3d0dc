"""The times at which a video shows its frames."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

# How far from an even beat a frame may be shown, as a share of the time between two:
# files round to milliseconds.
_OFF_BEAT = 0.25


@dataclasses.dataclass(frozen=True, eq=False)
class FrameTimes:
    """When each of V consecutive frames is shown.

    Attributes:
        first: number of the first frame, as the video counts from 0.
        seconds: (V,) float64, rising, from the start of the video.
        stated: frames a second that the file states, or None.

    Raises:
        ValueError: if there is no time, or times do not rise.
    """

    first: int
    seconds: np.ndarray
    stated: float | None = None

    def __post_init__(self):
        seconds = np.asarray(self.seconds, np.float64)
        if seconds.ndim != 1 or not len(seconds) or not np.isfinite(seconds).all():
            raise ValueError("`seconds` must be one or more finite times.")
        if not (np.diff(seconds) > 0).all():
            raise ValueError("`seconds` must rise from frame to frame.")
        object.__setattr__(self, "seconds", seconds)

    @functools.cached_property
    def fps(self) -> float:
        """Frames a second: what the file states where that is true, else the mean."""
        if self.stated and self.keeps(self.stated):
            return self.stated
        span = self.seconds[-1] - self.seconds[0]
        return float((len(self.seconds) - 1) / span) if span else 1.0

    @functools.cached_property
    def is_steady(self) -> bool:
        """Whether the frames follow each other at one rate, `fps`."""
        return self.keeps(self.fps)

    def keeps(self, fps: float) -> bool:
        """Whether the frames follow each other at this rate."""
        off = self.seconds - np.arange(len(self.seconds)) / fps
        return bool(np.ptp(off) <= 2 * _OFF_BEAT / fps)

    def of(self, first_frame: int, length: int) -> np.ndarray:
        """Returns the times of some of the frames.

        Raises:
            ValueError: if they are not among the V frames.
        """
        start = first_frame - self.first
        if start < 0 or start + length > len(self.seconds):
            last = self.first + len(self.seconds) - 1
            raise ValueError(
                f"Times are of frames {self.first} to {last}, not of {first_frame} to "
                f"{first_frame + length - 1}."
            )
        return self.seconds[start : start + length]
