"""Finds the surest person in an image: BlazePose's detection network.

The network is a single-shot detector whose boxes are faces. With each comes a circle
around the whole body: its middle, between the hips, and a point on it beyond the head
(Bazarevsky et al. 2020, "BlazePose: On-device Real-time Body Pose tracking").
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dgnet_tf.detection.regions import Region
from dgnet_tf.detection.tflite_network import TFLiteNetwork, sigmoid

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

    def find(self, image: np.ndarray, squares: Sequence[Region]) -> Region | None:
        """Returns the region of the surest person, or None.

        Args:
            image: (H, W, 3) uint8.
            squares: where to look.
        """
        best, region = _LEAST_SCORE, None
        for square in squares:
            found = self._network(square.crop(image, SIZE, "black") / 127.5 - 1)
            scores = sigmoid(found["scores"][:, 0])
            if scores.max() <= best:
                continue
            best = scores.max()
            points = surest(found["boxes"], scores, self._anchors)
            points = square.to_image(points)
            region = Region.around(points[_MIDDLE], points[_RIM], _MARGIN)
        return region


def squares(image) -> list[Region]:
    """Returns the squares in which people of all sizes may be looked for.

    In the whole of a wide image somebody small is a few pixels high for the network,
    which then sees people where there are none. So these are the whole image and
    squares as high (or wide) as it, which overlap by half.
    """
    height, width = image.shape[:2]
    short, longer = min(height, width), max(height, width)
    count = math.ceil(2 * (longer - short) / short - 0.1)
    if count < 1:
        return [Region.whole(image)]
    places = np.linspace(short / 2, longer - short / 2, count + 1)
    middle = short / 2
    parts = [(x, middle) if width > height else (middle, x) for x in places.tolist()]
    return [Region.whole(image), *(Region(x, y, float(short)) for x, y in parts)]


def anchors() -> np.ndarray:
    """Returns where boxes are counted from, (2254, 2) shares of the image's side."""
    grids = []
    for stride, copies in _GRIDS:
        steps = (np.arange(SIZE // stride) + 0.5) * stride / SIZE
        cells = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(cells, copies, axis=0))
    return np.concatenate(grids)


def surest(boxes: np.ndarray, scores: np.ndarray, anchors: np.ndarray):
    """Returns the key points of the surest person.

    Args:
        boxes: (A, 12): middle, width and height of each box, then four key points,
            pixels; middle and points are counted from the anchor.
        scores: (A,) from 0 to 1, at least one above the least that counts.
        anchors: (A, 2).

    Returns:
        (4, 2) shares of the side: the mean over the boxes that overlap the surest
        one, weighted by their scores.
    """
    sure = scores > _LEAST_SCORE
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
