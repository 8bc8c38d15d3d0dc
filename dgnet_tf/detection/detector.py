"""What finds 2-D keypoints in images: the detectors, by name."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from dgnet_tf.errors import UserError, check_choice

NAMES = ("blazepose", "rtmlib")


class Detector(Protocol):
    """Finds people's keypoints in a video's frames, given in order.

    Attributes:
        layout: name of the keypoints' layout.
    """

    layout: str

    def detect(self, image: np.ndarray) -> list[np.ndarray]:
        """Returns what is seen of each person in one frame.

        Args:
            image: (H, W, 3) uint8 RGB.

        Returns:
            (J, 3) of each person: x and y in pixels, and confidence from 0 (missing)
            to 1. People may come in any order: they are followed by their keypoints.
        """


def load(name: str, weights=None, size: str | None = None, threads: int = 1):
    """Returns a `Detector`.

    Args:
        name: one of `NAMES`: "blazepose" follows one person, "rtmlib" sees several.
        weights, size: of BlazePose, see `networks.find`.
        threads: that it may use.

    Raises:
        UserError: if its weights or what runs it are not there.
        ValueError: if there is no such detector.
    """
    check_choice("detector", name, NAMES)
    if name == "rtmlib":
        if weights is not None or size is not None:
            raise UserError(
                "--detector_weights and --detector_size are for --detector=blazepose; "
                "rtmlib fetches weights of its own."
            )
        from dgnet_tf.detection.rtmlib_detector import RTMLib

        return RTMLib()
    from dgnet_tf.detection import networks
    from dgnet_tf.detection.blazepose import BlazePose

    return BlazePose(networks.find(weights, size), threads)
