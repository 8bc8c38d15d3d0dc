"""Finds the surest person in a whole image: BlazePose's detection network.

The network is a single-shot detector whose boxes are faces. With each comes a circle
around the whole body: its middle, between the hips, and a point on it beyond the head
(Bazarevsky et al. 2020, "BlazePose: On-device Real-time Body Pose tracking").
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.detection.regions import Region
from dgnet_tf.detection.tflite_network import TFLiteNetwork

SIZE = 224  # Pixels a side of what the network sees.
# Pixels between cells of each grid of anchors, and anchors in a cell.
_GRIDS = ((8, 2), (16, 2), (32, 6))
_LEAST_SCORE = 0.5
_SAME_PERSON = 0.3  # Overlap of boxes, as intersection over union.
_MARGIN = 1.25
_MIDDLE, _RIM = 0, 1


class PersonFinder:
    """BlazePose's detection network.

    Args:
        where, content, threads: see `TFLiteNetwork`.
    """

    def __init__(self, where, content: bytes, threads: int):
        self._anchors = anchors()
        count = len(self._anchors)
        outputs = {"boxes": (count, 12), "scores": (count, 1)}
        self._network = TFLiteNetwork(where, content, SIZE, outputs, threads)

    def find(self, image: np.ndarray) -> Region | None:
        """Returns the region of the surest person in (H, W, 3) uint8, or None."""
        whole = Region.whole(image)
        seen = whole.crop(image, SIZE, "black") / 127.5 - 1
        found = self._network(seen)
        points = surest(found["boxes"], found["scores"][:, 0], self._anchors)
        if points is None:
            return None
        points = whole.to_image(points)
        return Region.around(points[_MIDDLE], points[_RIM], _MARGIN)


def anchors() -> np.ndarray:
    """Returns where boxes are counted from, (2254, 2) shares of the image's side."""
    grids = []
    for stride, copies in _GRIDS:
        steps = (np.arange(SIZE // stride) + 0.5) * stride / SIZE
        cells = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(cells, copies, axis=0))
    return np.concatenate(grids)


def surest(boxes: np.ndarray, scores: np.ndarray, anchors: np.ndarray):
    """Returns the key points of the surest person, or None without one.

    Args:
        boxes: (A, 12): middle, width and height of each box, then four key points,
            pixels; middle and points are counted from the anchor.
        scores: (A,) logits.
        anchors: (A, 2).

    Returns:
        (4, 2) shares of the side: the mean over the boxes that overlap the surest
        one, weighted by their scores.
    """
    scores = 1 / (1 + np.exp(-np.clip(scores.astype(np.float64), -100, 100)))
    sure = scores > _LEAST_SCORE
    if not sure.any():
        return None
    boxes, scores = boxes[sure].astype(np.float64) / SIZE, scores[sure]
    middles = boxes[:, :2] + anchors[sure]
    points = boxes[:, 4:].reshape(-1, 4, 2) + anchors[sure][:, None]
    low, high = middles - boxes[:, 2:4] / 2, middles + boxes[:, 2:4] / 2
    best = scores.argmax()
    shared = np.minimum(high, high[best]) - np.maximum(low, low[best])
    shared = np.clip(shared, 0, None).prod(axis=-1)
    areas = np.clip(high - low, 0, None).prod(axis=-1)
    overlap = shared / np.maximum(areas + areas[best] - shared, 1e-12)
    same = overlap > _SAME_PERSON
    same[best] = True  # Even a box without area overlaps itself.
    return np.average(points[same], axis=0, weights=scores[same])
