"""Joins detections in single frames into one track per person.

Where the file names its people and the names hold (`track_ids`), each is a track. Else
people are followed from frame to frame by their keypoints (`following`).
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from dgnet_tf.errors import UserError, shortened, warn
from dgnet_tf.keypoints.detections import Detection
from dgnet_tf.keypoints.tracking import following, track_ids
from dgnet_tf.keypoints.tracking.detection_arrays import DetectionArrays

MAX_PEOPLE = 200  # in one frame
SPARSEST = 100  # frames that tracks may have for each detection
MAX_SPARSE = 1_000_000  # frames of all tracks, where they have ten or more for each
MOST_LISTED = 12


@dataclasses.dataclass(frozen=True, eq=False)
class Track:
    """One person, from the first to the last frame that shows them.

    Attributes:
        person: the file's name for the person; without one, a number from "1" on.
        first_frame: number of the first of the F frames, as the file counts.
        keypoints: (F, J, 2) float64 pixels; NaN where a joint is missing.
        confidence: (F, J) float64, 0 where a joint is missing and else up to 1.
    """

    person: str
    first_frame: int
    keypoints: np.ndarray
    confidence: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class KeypointFile:
    """The people of one video.

    Attributes:
        people: at least one track, in order of first sight.
        image_size: width and height of the video, pixels: what was given or else
            what the file states; None if neither.
        action: what the people do, where the file states it; else "".
        fps: frames per second of the video: what was given or else what the file
            states; None if neither.
    """

    people: tuple[Track, ...]
    image_size: tuple[int, int] | None = None
    action: str = ""
    fps: float | None = None


def join(where, detections: Sequence[Detection]) -> tuple[Track, ...]:
    """Joins detections to tracks, in order of their people's first sight.

    Detections without a visible joint are left out. A frame in which a track has no
    detection has all its joints missing. Detections may come in any order.

    Raises:
        UserError: if a frame has more than `MAX_PEOPLE` people, or if the frames'
            numbers lie so far apart that they cannot be of one video.
    """
    found = [one for one in detections if one.confidence.any()]
    found.sort(key=lambda one: one.frame)
    if not found:
        return ()
    crowd = collections.Counter(one.frame for one in found)
    for frame, count in crowd.items():
        if count > MAX_PEOPLE:
            raise UserError(
                f"{where}: frame {frame} shows {count} people; up to "
                f"{MAX_PEOPLE} are tracked. Raise the detector's threshold."
            )
    groups = _groups(where, found)
    length = sum(group[-1].frame - group[0].frame + 1 for group in groups.values())
    count = len(detections)
    if length > min(SPARSEST * (100 + count), max(MAX_SPARSE, 10 * count)):
        raise UserError(
            f"{where}: {len(detections)} detections are scattered over {length} "
            "frames. Number a video's frames consecutively."
        )
    return tuple(_track(person, group) for person, group in groups.items())


def named(path, people: Sequence[Track], person: str) -> Track:
    """Returns the person of that name.

    Raises:
        UserError: if the file at `path` shows nobody of that name.
    """
    for track in people:
        if track.person == person:
            return track
    raise UserError(
        f"{path}: shows nobody named {shortened(person)}; there are {listed(people)}."
    )


def listed(people: Sequence[Track]) -> str:
    """Returns the names of people, of the first where there are many, and when seen."""
    names = [
        f"{track.person} (frames {track.first_frame} to "
        f"{track.first_frame + len(track.keypoints) - 1})"
        for track in people[:MOST_LISTED]
    ]
    more = len(people) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _track(person, group) -> Track:
    first = group[0].frame
    joints = len(group[0].confidence)
    keypoints = np.full((group[-1].frame - first + 1, joints, 2), np.nan)
    confidence = np.zeros(keypoints.shape[:2])
    for found in group:
        keypoints[found.frame - first] = found.keypoints
        confidence[found.frame - first] = found.confidence
    return Track(person, first, keypoints, confidence)


def _groups(where, found: list[Detection]) -> dict[str, list[Detection]]:
    """Returns the detections of each person, by name."""
    seen = DetectionArrays.of(found)
    held = track_ids.check(seen, [one.person for one in found])
    if held.doubt:
        warn(
            f"{where}: not all ids tell people apart: {held.doubt}. "
            "There, people are told apart by their keypoints."
        )
    groups = collections.defaultdict(list)
    people = following.follow(seen, held.people, len(held.names))
    for person, one in zip(people.tolist(), found, strict=True):
        groups[person].append(one)
    taken = set(held.names)
    free = (name for name in map(str, itertools.count(1)) if name not in taken)
    return {
        held.names[person] if person < len(held.names) else next(free): group
        for person, group in groups.items()
    }
