"""Follows people from frame to frame where nobody says who they are.

In each frame, detections are assigned to the people of the frames before so that their
similarities (`DetectionArrays.similarities`) add up to the most, and a pair below
`MIN_SIMILARITY` is none. A detection without a person begins one. A person without a
detection waits where they were last seen, for up to `MAX_GAP` frames.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize

from dgnet_tf.keypoints.tracking.detection_arrays import DetectionArrays

MIN_SIMILARITY = 0.2
MAX_GAP = 30  # frames: a second or so
MAX_WAITING = 400  # people; of more, those who were seen last


def follow(seen: DetectionArrays, known: np.ndarray, named: int) -> np.ndarray:
    """Tells whose each detection is.

    Args:
        seen: D detections, in order of frames.
        known: (D,) a number from 0 on for each person who is known by name, nobody
            twice in a frame; -1 where nobody is.
        named: how many people there are with a name; the others' numbers follow.

    Returns:
        (D,) numbers: `known` ones as they were, for others from `named` on. A person
        without a name who goes on as one with a name, unseen since, is that one.
    """
    if (known >= 0).all():
        return known
    walk = _Walk(seen, known, named)
    frames, starts = np.unique(seen.frames, return_index=True)
    stops = [*starts[1:].tolist(), len(known)]
    for frame, start, stop in zip(frames.tolist(), starts.tolist(), stops, strict=True):
        walk.take(frame, range(start, stop))
    return np.array([walk.renamed.get(person, person) for person in walk.people])


class _Walk:
    """The people so far, while frames come one after the other.

    Attributes:
        people: number of the person of each detection; -1 for those to come.
        named: the numbers of people with a name are below.
        renamed: the number with a name of a person who got one later.
        waiting: index of the last detection of each person who may come again; who was
            seen longest ago stands first.
        last: the last frame of each person with a name.
        first: the first frame of each person without one.
    """

    def __init__(self, seen: DetectionArrays, known: np.ndarray, named: int):
        self.seen = seen
        self.people = known.tolist()
        self.named = named
        self.renamed: dict[int, int] = {}
        self.waiting: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self.first: dict[int, int] = {}

    def take(self, frame: int, indices: range):
        """Takes the detections of the next frame."""
        people = self.people
        known = {people[i]: i for i in indices if people[i] >= 0}
        loose = [i for i in indices if people[i] < 0]
        self._forget(frame)
        free = [person for person in self.waiting if person not in known]
        # Who comes with a name may have been followed without it.
        come = [p for p in known if self.last.get(p, frame - 2) < frame - 1]
        for person, index in self._pairs(free, loose, [known[p] for p in come]):
            if people[index] < 0:
                people[index] = person
            else:
                self.renamed[person] = people[index]
                del self.waiting[person]
        for index in loose:
            if people[index] < 0:
                people[index] = self.named + len(self.first)
                self.first[people[index]] = frame
        for index in indices:
            self.waiting.pop(people[index], None)
            self.waiting[people[index]] = index
            if people[index] < self.named:
                self.last[people[index]] = frame

    def _forget(self, frame: int):
        while self.waiting:
            person, index = next(iter(self.waiting.items()))
            recent = frame - self.seen.frames[index] <= MAX_GAP + 1
            if recent and len(self.waiting) <= MAX_WAITING:
                return
            del self.waiting[person]

    def _pairs(self, people: list[int], loose: list[int], known: list[int]):
        """Yields people, and the index of the detection that shows them."""
        indices = [*loose, *known]
        if not people or not indices:
            return
        alike = self.seen.similarities([self.waiting[p] for p in people], indices)
        for column, index in enumerate(known, start=len(loose)):
            last = self.last.get(self.people[index], -1)
            for row, person in enumerate(people):
                if self.first.get(person, -1) <= last:
                    alike[row, column] = 0
        for row, column in _assigned(alike):
            yield people[row], indices[column]


def _assigned(alike: np.ndarray) -> list[tuple[int, int]]:
    """Returns the pairs of rows and columns whose similarities add up to the most."""
    near = alike >= MIN_SIMILARITY
    rows, columns = near.any(axis=1).nonzero()[0], near.any(axis=0).nonzero()[0]
    among = np.where(near, alike, 0)[np.ix_(rows, columns)]
    pairs = np.transpose(optimize.linear_sum_assignment(among, maximize=True))
    return [(rows[a], columns[b]) for a, b in pairs if among[a, b] > 0]
