"""Checks the ids that a tracker gave: which detections they tell apart.

An id does not hold where a frame has it twice, nor where it jumps: trackers give one
person's id to another, for a frame or from then on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from dgnet_tf.keypoints.tracking.detection_arrays import DetectionArrays
from dgnet_tf.keypoints.tracking.following import MAX_GAP

# The most that a person moves in g frames: (STEP + g * SPEED) of their size. A sprinter
# (10 m/s) moves by 0.22 sizes a frame at 25 frames a second.
STEP, SPEED = 0.4, 0.1
# Of the steps: where more are as large, the frame rate is low or the person fast.
MOST_JUMPS = 0.2
_FRAMES = 5  # from there on, ids that are new in each frame are no tracker's
_PIECES = 4  # the latest pieces of one id, which its next detection may continue


@dataclasses.dataclass(frozen=True, eq=False)
class HeldIds:
    """Which ids hold.

    Attributes:
        names: of the people, in order of their numbers.
        people: (D,) number of each detection's person, from 0 on; -1 where no id holds.
        doubt: what to say of ids that do not hold; "" where all do, or there are none.
    """

    names: list[str]
    people: np.ndarray
    doubt: str


def check(seen: DetectionArrays, ids: Sequence[str | None]) -> HeldIds:
    """Checks the ids of D detections, None for those without one."""
    numbers: dict[str, int] = {}
    given = [
        -1 if name is None else numbers.setdefault(name, len(numbers)) for name in ids
    ]
    people = np.array(given)
    named = people >= 0
    frames = np.unique(seen.frames, return_inverse=True)[1]
    _, which, counts = np.unique(
        frames * (len(numbers) + 1) + people, return_inverse=True, return_counts=True
    )
    twice = named & (counts[which] > 1)
    if 2 * twice.sum() > named.sum():
        # One for everybody is what AlphaPose writes without tracking.
        doubt = "" if len(numbers) == 1 else "most ids are in one frame more than once"
        return HeldIds([], np.full(len(people), -1), doubt)
    if 2 * len(numbers) > named.sum() and len(np.unique(seen.frames)) >= _FRAMES:
        return HeldIds([], np.full(len(people), -1), "most ids are in one frame only")
    people[twice] = -1
    jumps = _elsewhere(seen, people)
    people[jumps] = -1
    doubt = ""
    if named.any() and (people < 0).any():
        kinds = {
            "without an id": ~named,
            "of an id that is in the frame twice": twice,
            "where an id jumps to another place": jumps,
        }
        found = [f"{mask.sum()} {kind}" for kind, mask in kinds.items() if mask.any()]
        first = seen.frames[people < 0].min()
        doubt = f"{', '.join(found)} (first in frame {first})"
    return HeldIds(list(numbers), people, doubt)


def _elsewhere(seen: DetectionArrays, people: np.ndarray) -> np.ndarray:
    """Returns which (D,) detections show somebody else than their id mostly does."""
    found = np.zeros(len(people), bool)
    order = np.argsort(people, kind="stable")
    order = order[people[order] >= 0]
    if not len(order):
        return found
    jumps = np.append(False, _jump(seen, order[:-1], order[1:]))
    begins = np.append(True, np.diff(people[order]) > 0)
    jumps &= ~begins
    if jumps.sum() > MOST_JUMPS * (~begins).sum():
        return found
    starts = begins.nonzero()[0]
    stops = np.append(starts[1:], len(order))
    counts = np.add.reduceat(jumps, starts, dtype=int)
    for person in counts.nonzero()[0]:
        steps = stops[person] - starts[person] - 1
        if counts[person] <= max(1, MOST_JUMPS * steps):
            part = slice(starts[person], stops[person])
            found[order[part]] = True
            found[max(_pieces(seen, order[part], jumps[part]), key=len)] = False
    return found


def _pieces(
    seen: DetectionArrays, one: np.ndarray, jumps: np.ndarray
) -> list[list[int]]:
    """Divides the detections of one id into those that follow each other."""
    pieces: list[list[int]] = []
    for index, jump in zip(one.tolist(), jumps.tolist(), strict=True):
        if pieces and not jump:
            pieces[-1].append(index)
            continue
        # The piece that goes on stands last.
        for place in range(len(pieces) - 1, max(-1, len(pieces) - 1 - _PIECES), -1):
            if not _jump(seen, np.array(pieces[place][-1:]), np.array([index]))[0]:
                pieces.append(pieces.pop(place))
                break
        else:
            pieces.append([])
        pieces[-1].append(index)
    return pieces


def _jump(seen: DetectionArrays, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Says of (A,) pairs of detections whether one person cannot move so far.

    Who was out of sight for more than `MAX_GAP` frames may be anywhere.
    """
    gap = seen.frames[after] - seen.frames[before]
    size = np.maximum(seen.sizes[before], seen.sizes[after])
    far = seen.moved(before, after) > (STEP + gap * SPEED) * size
    return far & (gap <= MAX_GAP + 1)
