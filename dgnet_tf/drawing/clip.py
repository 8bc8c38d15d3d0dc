"""Clip: the people of a video in 2-D and 3-D, as they are drawn and played."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from dgnet_tf.skeletons import Skeleton

# Between people who are put side by side, metres.
_GAP = 0.4


@dataclasses.dataclass(frozen=True, eq=False)
class Person:
    """One person in F consecutive frames. Joints that are NaN are not drawn.

    Attributes:
        name: of the person's track.
        first_frame: number of the first frame, as the video counts.
        keypoints: (F, N, 2) pixels.
        positions: (F, N, 3) metres, camera axes, relative to the root or not.
        target: (F, N, 3) the same of the ground truth, relative to the same; None
            without one.
        affinity: (F, N, N) weights, rows joint i, columns its neighbours; None
            without them.
        uncertainty_mm: (F, N) how far off each joint is expected to be; None where
            that is not known.
        missing: (F, N) bool, whether a joint's keypoint was not there and was filled
            in; None where all were.

    Raises:
        ValueError: if shapes do not fit each other or `first_frame` is negative.
    """

    name: str
    first_frame: int
    keypoints: np.ndarray
    positions: np.ndarray
    target: np.ndarray | None = None
    affinity: np.ndarray | None = None
    uncertainty_mm: np.ndarray | None = None
    missing: np.ndarray | None = None

    def __post_init__(self):
        shape = np.shape(self.positions)
        if len(shape) != 3 or shape[-1] != 3 or not shape[0]:
            raise ValueError(f"`positions` must be (F, N, 3), F > 0, got {shape}.")
        frames, joints = shape[:2]
        more = {"keypoints": (2,), "target": (3,), "affinity": (joints,)}
        more |= {"uncertainty_mm": (), "missing": ()}
        for name, last in more.items():
            value, wanted = getattr(self, name), (frames, joints, *last)
            if value is not None and np.shape(value) != wanted:
                raise ValueError(
                    f"`{name}` must be {wanted}, as `positions` is {shape}, got "
                    f"{np.shape(value)}."
                )
        if self.first_frame < 0:
            raise ValueError(
                f"`first_frame` must not be negative, got {self.first_frame}."
            )

    @property
    def last_frame(self) -> int:
        """Number of the last frame."""
        return self.first_frame + len(self.positions) - 1


@dataclasses.dataclass(frozen=True, eq=False)
class PlayedVideo:
    """A video file that browsers play.

    Attributes:
        type: of the file, such as "video/mp4".
        content: its bytes.
        start: when the clip's own video shows this one's first frame, seconds.
    """

    type: str
    content: bytes
    start: float = 0.0


@dataclasses.dataclass(frozen=True, eq=False)
class Clip:
    """People of one skeleton in one video.

    Attributes:
        title: shown above.
        fps: frames a second.
        image_size: (width, height) of the video, pixels.
        skeleton: of all people.
        people: at least one.
        times: (last_frame - first_frame + 1,) when the video shows each frame,
            seconds; None where that follows from `fps`.
        video: to be played under the keypoints; None without one.

    Raises:
        ValueError: if there is nobody, joints do not fit the skeleton, or rate or
            size are not above 0.
    """

    title: str
    fps: float
    image_size: tuple[float, float]
    skeleton: Skeleton
    people: tuple[Person, ...]
    times: np.ndarray | None = None
    video: PlayedVideo | None = None

    def __post_init__(self):
        object.__setattr__(self, "people", tuple(self.people))
        if not self.people:
            raise ValueError("`people` must name at least one person, got none.")
        if not (math.isfinite(self.fps) and self.fps > 0):
            raise ValueError(f"`fps` must be above 0, got {self.fps}.")
        size = tuple(float(side) for side in self.image_size)
        if len(size) != 2 or not all(math.isfinite(s) and s > 0 for s in size):
            raise ValueError(
                f"`image_size` must be a width and a height above 0, got {size}."
            )
        object.__setattr__(self, "image_size", size)
        joints = len(self.skeleton.joints)
        frames = self.last_frame - self.first_frame + 1
        if self.times is not None and np.shape(self.times) != (frames,):
            raise ValueError(
                f"`times` must be ({frames},), got {np.shape(self.times)}."
            )
        for person in self.people:
            if person.positions.shape[1] != joints:
                raise ValueError(
                    f"`people` must have the {joints} joints of {self.skeleton.name}, "
                    f"{person.name!r} has {person.positions.shape[1]}."
                )

    @property
    def first_frame(self) -> int:
        """Number of the first frame that shows anybody."""
        return min(person.first_frame for person in self.people)

    @property
    def last_frame(self) -> int:
        """Number of the last frame that shows anybody."""
        return max(person.last_frame for person in self.people)


def side_by_side(clip: Clip) -> np.ndarray:
    """Returns where people stand who would all stand in one place.

    People whose roots never leave the origin, as lifted without a trajectory, are
    put next to each other in the order in which the image shows them, left to right.

    Returns:
        (P, 3) metres, camera axes, to be added to each person's positions: zeros
        where there is one person or where anybody's root moves.
    """
    places = np.zeros((len(clip.people), 3))
    root = clip.skeleton.root
    roots = (person.positions[:, root] for person in clip.people)
    if len(places) < 2 or any(np.nan_to_num(way).any() for way in roots):
        return places
    # How far to either side each reaches in almost all frames, metres.
    sides = [_finite(np.abs(person.positions[..., 0])) for person in clip.people]
    reach = np.array([np.percentile(x, 99) if len(x) else 0 for x in sides], np.float64)
    seen = [_finite(person.keypoints[..., 0]) for person in clip.people]
    seen = [float(x.mean()) if len(x) else 0.0 for x in seen]
    order = np.argsort(seen, kind="stable")
    widths = _GAP + reach[order[:-1]] + reach[order[1:]]
    across = np.concatenate([[0.0], np.cumsum(widths)])
    places[order, 0] = across - across[-1] / 2
    return places


def _finite(values):
    return values[np.isfinite(values)]
