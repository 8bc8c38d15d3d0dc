"""Joins detections in single frames into one track per person.

Where the file names its people, each name is a track. Else people are told apart by
the boxes around their visible keypoints. From frame to frame, boxes are assigned to
tracks so that their overlaps (intersection over union) add up to the most, and a pair
that overlaps by less than `MIN_OVERLAP` is none. A box without a track begins one. A
track without a box waits where it was last seen, for up to `MAX_GAP` frames.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import optimize

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.keypoints.detections import Detection

MIN_OVERLAP = 0.3
MOST_LISTED = 12
MAX_GAP = 30  # frames: a second or so
MAX_PEOPLE = 200  # in one frame
SPARSEST = 100  # frames that tracks may have for each detection
MAX_SPARSE = 1_000_000  # frames of all tracks, where they have ten or more for each


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
    """

    people: tuple[Track, ...]
    image_size: tuple[int, int] | None = None
    action: str = ""


def join(where, detections: Sequence[Detection]) -> tuple[Track, ...]:
    """Joins detections to tracks, in order of their people's first sight.

    Detections without a visible joint are left out. A frame in which a track has no
    detection has all its joints missing. Detections may come in any order.

    Raises:
        UserError: if only some detections have a name, if a frame has a name twice
            or more than `MAX_PEOPLE` people, or if the frames' numbers lie so far
            apart that they cannot be of one video.
    """
    by_frame = collections.defaultdict(list)
    for found in sorted(detections, key=lambda found: found.frame):
        if found.confidence.any():
            by_frame[found.frame].append(found)
    for frame, found in by_frame.items():
        if len(found) > MAX_PEOPLE:
            raise UserError(
                f"{where}: frame {frame} shows {len(found)} people; up to "
                f"{MAX_PEOPLE} are tracked. Raise the detector's threshold."
            )
    groups = _by_name(where, by_frame) or _by_overlap(by_frame)
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


def _by_name(where, by_frame) -> dict[str, list[Detection]]:
    """Returns the detections of each person that the file names; {} for no names."""
    groups = collections.defaultdict(list)
    twice = None
    for found in (found for frame in by_frame.values() for found in frame):
        group = groups[found.person]
        if group and group[-1].frame == found.frame and found.person is not None:
            twice = twice or found
        group.append(found)
    if None in groups and len(groups) > 1:
        raise UserError(
            f"{where}: frame {groups[None][0].frame} has a person without an id, "
            f"though others have one ({list(groups)[:3]}). Give everybody an id, or "
            "nobody: people are then tracked by their boxes."
        )
    # AlphaPose without tracking gives everybody the same.
    if None in groups or (twice and len(groups) == 1):
        return {}
    if twice:
        raise UserError(
            f"{where}: frame {twice.frame} has the id {twice.person!r} twice. Give "
            "each person an id of their own, or nobody: people are then tracked by "
            "their boxes."
        )
    return dict(groups)


def _by_overlap(by_frame) -> dict[str, list[Detection]]:
    groups, waiting = [], []
    for frame, found in by_frame.items():
        waiting = [g for g in waiting if frame - g[-1].frame <= MAX_GAP + 1]
        overlaps = _overlaps(_boxes(group[-1] for group in waiting), _boxes(found))
        pairs = np.transpose(optimize.linear_sum_assignment(overlaps, maximize=True))
        group_of = {
            there: waiting[here]
            for here, there in pairs
            if overlaps[here, there] >= MIN_OVERLAP
        }
        for index, one in enumerate(found):
            if index not in group_of:
                group_of[index] = []
                groups.append(group_of[index])
                waiting.append(group_of[index])
            group_of[index].append(one)
    return {str(number): group for number, group in enumerate(groups, start=1)}


def _boxes(detections) -> np.ndarray:
    """Returns left, top, right and bottom of the visible keypoints, (D, 4) pixels."""
    seen = [found.keypoints[found.confidence > 0] for found in detections]
    boxes = [[*points.min(axis=0), *points.max(axis=0)] for points in seen]
    return np.reshape(boxes, (-1, 4))


def _overlaps(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Returns the intersection over union of (A, 4) and (B, 4) boxes: (A, B)."""
    a, b = boxes[:, None], others[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.prod(np.maximum(sides, 0), axis=-1)
    areas = [np.prod(box[..., 2:] - box[..., :2], axis=-1) for box in (a, b)]
    union = areas[0] + areas[1] - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)
