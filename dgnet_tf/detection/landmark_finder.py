"""Finds the landmarks of the person in a region: BlazePose's landmark network.

It gives 39 points, of which 33 are landmarks and two a circle around the body, from
which the region in the next frame follows, a heatmap for each, and the same points in
3-D.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf.detection.regions import Region
from dgnet_tf.detection.tflite_network import TFLiteNetwork, sigmoid

SIZE = 256  # Pixels a side of what the network sees.
LANDMARKS, _POINTS = 33, 39
_HEATMAP = 64  # Cells a side.
_REACH = 3  # Cells around a point that refine it.
_LEAST_HEAT = 0.5
_LEAST_PRESENCE = 0.5
_MARGIN = 1.25
_MIDDLE, _RIM = 33, 34


@dataclasses.dataclass(frozen=True, eq=False)
class Landmarks:
    """The landmarks of one person.

    Attributes:
        rows: (33, 3) x and y, pixels, and how likely the landmark is to be seen.
        region: where to look for the person in the next frame.
        presence: how likely there is a person, from 0 to 1.
        positions: (33, 3) metres from the middle of the hips, camera axes, as the
            network itself estimates them; None where it was not asked.
    """

    rows: np.ndarray
    region: Region
    presence: float = 1.0
    positions: np.ndarray | None = None


class LandmarkFinder:
    """BlazePose's landmark network.

    Args:
        where, content, threads: see `TFLiteNetwork`.
    """

    def __init__(self, where, content: bytes, threads: int):
        outputs = {
            "points": (5 * _POINTS,),
            "presence": (1,),
            "heatmaps": (_HEATMAP, _HEATMAP, _POINTS),
            "world": (3 * _POINTS,),
        }
        self._network = TFLiteNetwork(where, content, SIZE, outputs, threads)

    def find(self, image: np.ndarray, region: Region) -> Landmarks | None:
        """Returns the landmarks in a region of (H, W, 3) uint8; None of nobody."""
        found = self._network(region.crop(image, SIZE, "edge") / 255)
        if found["presence"][0] <= _LEAST_PRESENCE:
            return None
        points = found["points"].reshape(_POINTS, 5).astype(np.float64)
        places = refined(points[:, :2] / SIZE, found["heatmaps"])
        places = region.to_image(places)
        seen = sigmoid(points[:LANDMARKS, 3])
        rows = np.column_stack([places[:LANDMARKS], seen])
        around = Region.around(places[_MIDDLE], places[_RIM], _MARGIN)
        world = found["world"].reshape(_POINTS, 3)[:LANDMARKS].astype(np.float64)
        # The network sees the region upright; depth does not turn with it.
        world[:, :2] = region.turned(world[:, :2])
        return Landmarks(rows, around, float(found["presence"][0]), world)


def refined(places: np.ndarray, heatmaps: np.ndarray) -> np.ndarray:
    """Moves points to the middle of the heat around them, where there is enough.

    Args:
        places: (P, 2) shares of the region's side.
        heatmaps: (H, W, P) logits.
    """
    size = np.array(heatmaps.shape[1::-1])
    moved = places.copy()
    for point, (column, row) in enumerate(np.floor(places * size).astype(int)):
        if not (0 <= column < size[0] and 0 <= row < size[1]):
            continue
        rows = np.arange(max(0, row - _REACH), min(size[1], row + _REACH + 1))
        columns = np.arange(max(0, column - _REACH), min(size[0], column + _REACH + 1))
        heat = sigmoid(heatmaps[np.ix_(rows, columns)][..., point])
        if heat.max() >= _LEAST_HEAT:
            middle = np.array([heat.sum(axis=0) @ columns, heat.sum(axis=1) @ rows])
            moved[point] = middle / heat.sum() / size
    return moved
