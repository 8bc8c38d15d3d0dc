"""The detectors by name."""

from __future__ import annotations

from dgnet_tf.detection.detector import Detector
from dgnet_tf.errors import UserError, check_choice

NAMES = ("blazepose", "rtmlib")


def load(
    name: str, weights=None, size: str | None = None, threads: int = 1
) -> Detector:
    """Returns the detector of that name.

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
