"""BlazePose: follows one person through a video, 33 landmarks in each frame."""

from __future__ import annotations

import numpy as np

from dgnet_tf.detection.landmark_finder import LandmarkFinder
from dgnet_tf.detection.networks import Networks
from dgnet_tf.detection.person_finder import PersonFinder


class BlazePose:
    """BlazePose's two networks in LiteRT.

    The person is looked for in the region that the last frame's landmarks point to, and
    in the whole image where that shows nobody.

    Args:
        networks: from `networks.find`.
        threads: that each network may use.
    """

    layout = "mediapipe_33"

    def __init__(self, networks: Networks, threads: int = 1):
        self._person = PersonFinder(networks.source, networks.detection, threads)
        self._landmarks = LandmarkFinder(networks.source, networks.landmarks, threads)
        self._region = None

    def detect(self, image: np.ndarray) -> list[np.ndarray]:
        """Returns (33, 3) x, y and confidence of the person, if any, as a list."""
        found = self._region and self._landmarks.find(image, self._region)
        if found is None:
            region = self._person.find(image)
            found = region and self._landmarks.find(image, region)
        self._region = found and found.region
        return [found.rows] if found else []
