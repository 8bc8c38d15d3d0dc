"""The pictures of the video that a clip plays, one after the other."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np

from dgnet_tf.drawing.clip import Clip

_SAME_TIME = 2e-3  # Seconds.


def of_frames(clip: Clip, frames: range) -> Iterator[np.ndarray]:
    """Yields what the clip's video shows at frames of the clip, in rising order.

    Args:
        clip: with a `video`.
        frames: numbers, as the clip counts.

    Yields:
        (h, w, 3) uint8 RGB; before the video's first picture that one, and after its
        last that.
    """
    import av  # Whoever has made the copy has it.

    with av.open(io.BytesIO(clip.video.content)) as container:
        (stream, *_) = container.streams.video
        pictures = container.decode(stream)
        shown = next(pictures)
        after = next(pictures, None)
        for frame in frames:
            now = _seconds(clip, frame) - clip.video.start + _SAME_TIME
            while after is not None and after.time <= now:
                shown, after = after, next(pictures, None)
            yield shown.to_ndarray(format="rgb24")


def _seconds(clip, frame) -> float:
    if clip.times is None:
        return frame / clip.fps
    return float(clip.times[frame - clip.first_frame])
