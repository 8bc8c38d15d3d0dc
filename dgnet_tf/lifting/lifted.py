"""Lifted poses of one person."""

from __future__ import annotations

import dataclasses
import typing

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.keypoints import interpolation
from dgnet_tf.keypoints.frame_times import FrameTimes

if typing.TYPE_CHECKING:
    from dgnet_tf.inference.floor_plane import Floor


@dataclasses.dataclass(frozen=True, eq=False)
class Lifted:
    """Lifted poses of one person in F frames.

    Attributes:
        person: name of the person's track.
        first_frame: number of the first frame, as the keypoint file counts.
        keypoints: (F, N, 2) pixels, as the model saw them.
        positions: (F, N, 3) float32 metres, the root at 0, camera axes (x right, y
            down, z forward).
        fps: frames a second; their mean where the video's rate is not steady.
        skeleton: of both.
        confidence: (F, N) of the keypoints, 0 where they were filled in.
        root: (F, 3) float32 metres, camera axes: where the root stands, relative to
            the camera; None where it was not asked for.
        uncertainty_mm: (F, N) float32, how far off each of `positions` is expected to
            be, before any smoothing of them; the root, where it is by definition, is
            never off. None where the model was not calibrated for that.
        focal_px: focal length that `root` stands on, pixels.
        floor: where the floor is, as the camera sees it; None where that is not known.
        times: (F,) when the video shows each frame, seconds; None where only the rate
            is known.
    """

    person: str
    first_frame: int
    keypoints: np.ndarray
    positions: np.ndarray
    fps: float
    skeleton: skeletons.Skeleton
    confidence: np.ndarray | None = None
    root: np.ndarray | None = None
    focal_px: float | None = None
    times: np.ndarray | None = None
    floor: Floor | None = None
    uncertainty_mm: np.ndarray | None = None

    @property
    def seconds(self) -> np.ndarray:
        """When each frame is shown, (F,): `times`, or what follows from the rate."""
        if self.times is not None:
            return self.times
        return (self.first_frame + np.arange(len(self.positions))) / self.fps

    def at_steady_rate(self) -> Lifted:
        """Returns the poses at `fps` throughout, for files that hold no times.

        They are interpolated linearly where the video's rate is not steady.
        """
        if self.times is None:
            return self
        if FrameTimes(self.first_frame, self.times).keeps(self.fps):
            return self
        length = len(self.positions)
        there, _ = interpolation.resampling(length, self.fps, self.fps, self.times)
        fields = ("keypoints", "positions", "confidence", "root", "uncertainty_mm")
        given = {name: getattr(self, name) for name in fields}
        sampled = {
            name: interpolation.sample(value, there).astype(value.dtype)
            for name, value in given.items()
            if value is not None
        }
        first = round(self.times[0] * self.fps)
        return dataclasses.replace(self, **sampled, first_frame=first, times=None)

    @property
    def joints(self) -> tuple[str, ...]:
        """The names of the N joints, in order."""
        return self.skeleton.joints

    @property
    def guessed(self) -> tuple[str, ...]:
        """The names of the joints that no frame shows: their place is a guess."""
        if self.confidence is None:
            return ()
        seen = np.any(self.confidence > 0, axis=0)
        return tuple(n for n, s in zip(self.joints, seen, strict=True) if not s)

    @property
    def places(self) -> np.ndarray:
        """Where the joints are: (F, N, 3), `positions` moved to `root` if known."""
        if self.root is None:
            return self.positions
        return self.positions + self.root[:, None]

    def joint(self, name: str) -> np.ndarray:
        """Returns one joint's `places`, (F, 3).

        Raises:
            ValueError: if the skeleton has no such joint.
        """
        if name not in self.joints:
            raise ValueError(f"`name` must be one of {self.joints}, got {name!r}.")
        return self.places[:, self.joints.index(name)]
