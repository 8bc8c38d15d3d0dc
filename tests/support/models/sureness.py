"""Calibrated uncertainties with known numbers."""

from dgnet_tf.models.uncertainty import Uncertainty

OPTIONS = {
    "flip": True,
    "overlap": "mean",
    "frame_stride": 1,
    "keypoint_smoothing": 0,
}
PEOPLE = {"dataset": "mocap", "split": "validation", "subjects": ["S1", "S2"]}


def made(base_mm=3.0, slope=2.0, missing_mm=40.0, joints=17, **fields):
    """One with the same numbers for each joint."""
    numbers = ((x,) * joints for x in (base_mm, slope, missing_mm))
    fields = {"options": OPTIONS, "people": PEOPLE, **fields}
    return Uncertainty(*(list(x) for x in numbers), 0.8, 2.1, **fields)
