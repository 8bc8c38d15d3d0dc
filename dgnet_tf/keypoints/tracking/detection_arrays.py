"""Compares detections: how alike two are, how far one moved, how large each is.

A detector puts single keypoints anywhere, and gives those that it cannot see low scores
rather than none. So every keypoint counts by its score, and none by how far off it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from dgnet_tf.keypoints.detections import Detection

REACH = 0.3  # of a person's size: from there on a keypoint hardly counts as near
MIN_SIZE = 10.0  # pixels: one keypoint has no extent
MIN_SCORE = 1e-6
# Whole detections that parts are compared with, and how many kinds of parts.
_WHOLE, _KINDS = 64, 1000
_BLOCK = 4096  # detections, to bound what is made on the way


@dataclasses.dataclass(frozen=True, eq=False)
class DetectionArrays:
    """D detections, one below the other, in order of their frames.

    Attributes:
        frames: (D,) numbers of their frames.
        points: (D, J, 2) float32 pixels; 0 where a joint is missing.
        confidence: (D, J) float32, 0 where a joint is missing.
        sizes: (D,) float32 pixels, see `_sizes`.
    """

    frames: np.ndarray
    points: np.ndarray
    confidence: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, detections: Sequence[Detection]) -> DetectionArrays:
        """Makes them of detections, each with a visible joint, in order of frames."""
        shape = (len(detections), len(detections[0].confidence))
        points = np.empty((*shape, 2), np.float32)
        confidence, sizes = np.empty(shape, np.float32), np.empty(shape[0], np.float32)
        for index, found in enumerate(detections):
            points[index] = found.keypoints
            shown = found.confidence > 0
            # However low a score is, the joint is there.
            confidence[index] = np.where(
                shown, np.maximum(found.confidence, MIN_SCORE), 0
            )
        points[confidence == 0] = 0
        for block in _blocks(len(sizes)):
            sizes[block] = _sizes(points[block], confidence[block])
        _complete(points, confidence, sizes)
        frames = np.array([found.frame for found in detections])
        return cls(frames, points, confidence, sizes)

    def similarities(self, some: Sequence[int], others: Sequence[int]) -> np.ndarray:
        """Returns how alike detections are, 0 to 1: (A, B) of A and B indices.

        It is COCO's object keypoint similarity with `REACH` for every joint: the mean
        of exp(-d^2 / (REACH^2 s s')) over the joints that both show, each weighted by
        the lower of its two scores; d is the joint's distance, s and s' are the sizes.
        """
        weight = np.minimum(self.confidence[some][:, None], self.confidence[others])
        apart = self.points[some][:, None] - self.points[others]
        squared = np.einsum("abjc,abjc->abj", apart, apart)
        reach = np.outer(self.sizes[some], self.sizes[others]) * REACH**2
        near = np.einsum("abj,abj->ab", weight, np.exp(-squared / reach[..., None]))
        total = weight.sum(axis=-1)
        return np.divide(near, total, out=np.zeros_like(near), where=total > 0)

    def moved(self, some: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Returns how far (A,) detections are from (A,) others, pixels.

        The median of their joints' distances, weighted as in `similarities`; NaN where
        they show no joint in common.
        """
        found = np.empty(len(some), np.float32)
        for block in _blocks(len(some)):
            a, b = some[block], others[block]
            weight = np.minimum(self.confidence[a], self.confidence[b])
            distance = np.linalg.norm(self.points[a] - self.points[b], axis=-1)
            found[block] = np.where(
                weight.any(axis=-1), _quantile(distance, weight, 0.5), np.nan
            )
        return found


def _sizes(points: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Returns the diagonal of the box around the keypoints, pixels: (D,).

    Coordinates beyond the quartiles by more than the distance between these count as
    if they were no farther, so that no single keypoint makes a person large.
    """
    sides = []
    for axis in range(2):
        values, shown = points[..., axis], confidence > 0
        low, high = (_quantile(values, confidence, q) for q in (0.25, 0.75))
        least = np.where(shown, values, np.inf).min(axis=-1)
        most = np.where(shown, values, -np.inf).max(axis=-1)
        between = high - low
        sides.append(
            np.minimum(most, high + between) - np.maximum(least, low - between)
        )
    return np.maximum(np.hypot(*sides), MIN_SIZE)


def _complete(points: np.ndarray, confidence: np.ndarray, sizes: np.ndarray):
    """Enlarges the sizes of those who show half the joints or fewer.

    As the whole body is larger than these joints in detections that show the most.
    """
    shown = confidence > 0
    counts = shown.sum(axis=-1)
    whole = np.flatnonzero(counts == counts.max())
    whole = whole[:: -(-len(whole) // _WHOLE)]
    few = np.flatnonzero((counts > 1) & (counts <= counts.max() / 2))
    if not len(few):
        return
    kinds, which = np.unique(shown[few], axis=0, return_inverse=True)
    for kind, mask in enumerate(kinds[:_KINDS]):
        part = _sizes(points[whole], np.where(mask, confidence[whole], 0))
        seen = shown[whole][:, mask].all(axis=1)
        if seen.any():
            ratio = np.median(sizes[whole][seen] / part[seen])
            sizes[few[which.ravel() == kind]] *= max(1.0, ratio)


def _quantile(values: np.ndarray, weights: np.ndarray, q: float) -> np.ndarray:
    """Returns the weighted quantile of each row: (D,) of (D, J) values."""
    order = np.argsort(values, axis=-1)
    sums = np.cumsum(np.take_along_axis(weights, order, -1), axis=-1, dtype=float)
    index = (sums >= q * sums[:, -1:]).argmax(axis=-1)[:, None]
    return np.take_along_axis(values, np.take_along_axis(order, index, -1), -1)[:, 0]


def _blocks(length: int):
    return (slice(start, start + _BLOCK) for start in range(0, length, _BLOCK))
