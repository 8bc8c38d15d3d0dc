"""One computed walker in one camera: keypoints of any length for videos and feeds."""

from __future__ import annotations

import numpy as np

from preprocessing.cameras import camera_rig
from preprocessing.datasets import synthetic

IMAGE_SIZE = (1000, 1000)


def keypoints(frames: int) -> np.ndarray:
    """Returns (F, 17, 2) pixels in the order of human36m_17."""
    recording = synthetic.read(3, frames, rig=camera_rig.Rig(1)).recordings[0]
    (view,) = recording.load()
    return view.keypoints
