"""Which foot stands still, from how little its ankle moves in the image.

A still camera sees a foot that stands as a point at rest, whatever the pose that was
lifted; a foot that swings straight along its line of sight is the one exception, and
rare where the camera is not at the height of the feet.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from dgnet_tf import cameras

# Metres a second across the line of sight: an ankle that stands rolls and turns a
# little, one that swings is ten times as fast.
FASTEST = 0.25
_SHORTEST_SECONDS = 0.1  # Of a contact.
_BLUR_SECONDS = 0.06  # Keypoints tremble.
_DEPTH_SECONDS = 1.0  # Fitted depths do so much more.


def still_feet(
    ankles: np.ndarray,
    depth: np.ndarray,
    intrinsics: np.ndarray,
    fps: float,
    confidence: np.ndarray | None = None,
) -> np.ndarray:
    """Returns which feet stand still in which frames.

    Args:
        ankles: (F, 2, 2) pixels of both ankles, without distortion.
        depth: (F,) metres: the root's distance along the camera's axis.
        intrinsics: (9,) as in `cameras`.
        fps: frames a second.
        confidence: (F, 2) of the ankles; where it is 0 nothing is seen to stand.

    Returns:
        (F, 2) bool.
    """
    frames = len(ankles)
    still = np.zeros((frames, 2), bool)
    if frames < 2:
        return still
    blurred = ndimage.gaussian_filter1d(
        ankles, max(_BLUR_SECONDS * fps, 0.1), axis=0, mode="nearest"
    )
    depth = ndimage.median_filter(
        depth, size=max(1, round(_DEPTH_SECONDS * fps)), mode="nearest"
    )
    metres = np.gradient(blurred, axis=0) / intrinsics[cameras.FOCAL]
    speed = np.linalg.norm(metres, axis=-1) * depth[:, None] * fps
    still = speed < FASTEST
    if confidence is not None:
        still &= np.asarray(confidence) > 0
    return lasting(still, fps)


def lasting(still: np.ndarray, fps: float) -> np.ndarray:
    """Returns (F, J) bool without what is too short for a contact."""
    least = max(2, round(_SHORTEST_SECONDS * fps))
    return ndimage.binary_opening(still, np.ones((least, 1), bool))


def stretches(still: np.ndarray, longest: int) -> list[tuple[int, int, int]]:
    """Returns the contacts as (foot, first frame, one past the last).

    Those longer than `longest` frames are cut, so that a person who stands for
    minutes counts for more than a step.
    """
    found = []
    for foot in range(still.shape[1]):
        labels, _ = ndimage.label(still[:, foot])
        for (part,) in ndimage.find_objects(labels):
            for start in range(part.start, part.stop, longest):
                found.append((foot, start, min(start + longest, part.stop)))
    return found
