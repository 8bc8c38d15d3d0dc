"""A detector that sees what it is told to, in videos that are drawn."""

import numpy as np

from dgnet_tf.detection import detectors
from dgnet_tf.detection.detector import Seen


class Scripted:
    """Sees `rows[k]` in the k-th frame that it is given: (J, 3), or None for nobody."""

    layout = "coco_17"

    def __init__(self, rows, track=1):
        self.rows, self.track, self.images = list(rows), track, []

    def detect(self, image):
        self.images.append(image)
        rows = self.rows[len(self.images) - 1]
        return [] if rows is None else [Seen(rows, self.track)]


def moving(seconds):
    """(17, 3) at each time: a figure that moves to the right by 20 pixels a second."""
    joint = np.arange(17)
    rows = np.empty((len(seconds), 17, 3))
    rows[..., 0] = 10 + 20 * np.asarray(seconds)[:, None] + 0.5 * joint
    rows[..., 1] = 5 + 2 * joint
    rows[..., 2] = 0.9
    return rows


def use(monkeypatch, detector):
    """Lets `detectors.load` give this detector."""
    monkeypatch.setattr(detectors, "load", lambda *_: detector)
    return detector
