"""Long videos in segments, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dgnet_tf.command_line import progress
from dgnet_tf.inference import frame_smoothing

# Of a video, lifted at a time: a second to ten of computation, after which progress is
# told.
SEGMENT_FRAMES = 1024


def lift(
    lift_segment: Callable[[np.ndarray], np.ndarray],
    keypoints: np.ndarray,
    block: int,
    reach: int = frame_smoothing.MOST_REACH,
) -> np.ndarray:
    """Lifts one video by segments.

    Each segment brings the frames before and after it that its windows and their
    smoothing reach, and results do not depend on the segments.

    Args:
        lift_segment: (F, N, 2) float32 pixels of neighbouring frames -> (F, N, 3), or
            other numbers of each joint.
        keypoints: (F, N, 2) pixels.
        block: of the model, `InferenceOptions.block`.
        reach: frames to either side that smoothing looks at.

    Returns:
        (F, N, 3) float32, or as many numbers. `progress` counts its frames.
    """
    # Whole blocks, so that the same windows are cut. No window reaches further than
    # one beyond its own.
    segment = max(SEGMENT_FRAMES // block, 1) * block
    margin = (1 + -(-reach // block)) * block
    positions = None
    for start in range(0, len(keypoints), segment):
        first = max(start - margin, 0)
        seen = keypoints[first : start + segment + margin].astype(np.float32)
        found = lift_segment(seen)[start - first :][:segment]
        if positions is None:
            positions = np.empty((len(keypoints), *found.shape[1:]), np.float32)
        positions[start : start + segment] = found
        progress.advance(len(found), "frame")
    return positions
