"""BlazePose: follows one person through a video, 33 landmarks in each frame.

The person is looked for in the region that the last frame's landmarks point to. Where
that does not surely show them, they are searched: around that region for a while, then
in the whole image.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.detection import person_finder
from dgnet_tf.detection.detector import Seen
from dgnet_tf.detection.landmark_finder import LandmarkFinder, Landmarks
from dgnet_tf.detection.networks import Networks
from dgnet_tf.detection.regions import Region

# The presence with which a person is surely there; a new one must be.
_SURE = 0.9
# Frames for which who was lost is searched nearby, and how far, in regions.
_PATIENCE, _NEARBY = 15, 2.0


class BlazePose:
    """BlazePose's two networks in LiteRT.

    Args:
        networks: from `networks.find`.
        threads: that each network may use.
    """

    layout = "mediapipe_33"

    def __init__(self, networks: Networks, threads: int = 1):
        self._person = person_finder.PersonFinder(
            networks.source, networks.detection, threads
        )
        self._landmarks = LandmarkFinder(networks.source, networks.landmarks, threads)
        self._region: Region | None = None
        self._lost, self._track = 0, 0

    def detect(self, image: np.ndarray) -> list[Seen]:
        """Returns the person, if any; a new track is one who was searched anew."""
        known = self._region is not None and self._lost < _PATIENCE
        found = self._landmarks.find(image, self._region) if known else None
        if found is None or found.presence < _SURE:
            found = self._search(image) or found
        if found is None:
            self._lost += 1
            return []
        self._region, self._lost = found.region, 0
        return [Seen(found.rows, self._track, found.positions)]

    def _search(self, image) -> Landmarks | None:
        """Returns the landmarks of somebody who is surely there.

        Nearby, that is whose middle is in the last region.
        """
        anew = self._region is None or self._lost >= _PATIENCE
        if anew:
            squares = person_finder.squares(image)
        else:
            side = _NEARBY * self._region.side
            squares = [Region(self._region.x, self._region.y, side)]
        region = self._person.find(image, squares)
        found = region and self._landmarks.find(image, region)
        # Once more in the region that the landmarks themselves point to.
        found = found and self._landmarks.find(image, found.region)
        if found is None or found.presence < _SURE:
            return None
        if not anew and not self._region.holds(found.region.x, found.region.y):
            return None  # Somebody else: who is lost does not leap.
        self._track += anew
        return found
