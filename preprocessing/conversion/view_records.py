"""Cuts a camera view into overlapping records of fixed length."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dgnet_tf.data.view import View


def starts(view_frames: int, record_frames: int, record_overlap: int) -> list[int]:
    """Returns the first frames of a view's records.

    They are the multiples of `record_frames - record_overlap` up to the first whose
    record reaches the view's end. So each frame lies in a record, neighbours share
    `record_overlap` frames, and each run of up to `record_overlap + 1` frames lies
    whole within some record.

    Raises:
        ValueError: unless 0 <= record_overlap < record_frames and view_frames > 0.
    """
    if not 0 <= record_overlap < record_frames:
        raise ValueError(
            "`record_overlap` must be at least 0 and less than `record_frames`, got "
            f"{record_overlap} and {record_frames}."
        )
    if view_frames < 1:
        raise ValueError(f"`view_frames` must be positive, got {view_frames}.")
    step = record_frames - record_overlap
    return list(range(0, max(view_frames - record_overlap, 1), step))


def records(view: View, record_frames: int, record_overlap: int) -> Iterator[dict]:
    """Yields the view's records, in order; see `dgnet_tf.records.FIELDS`.

    The last one repeats its last frame up to `record_frames`, with `valid` 0.
    """
    view_frames = len(view.positions)
    for start in starts(view_frames, record_frames, record_overlap):
        frames = min(record_frames, view_frames - start)
        padding = record_frames - frames
        window = slice(start, start + frames)
        yield {
            "keypoints": _pad(view.keypoints[window], padding),
            "confidence": _pad(view.confidence[window], padding),
            "positions": _pad(view.positions[window], padding),
            "valid": np.pad(view.valid[window].astype(np.int64), (0, padding)),
            "intrinsics": view.intrinsics,
            "image_size": view.image_size,
            "fps": view.fps,
            "frames": frames,
            "first_frame": start,
            "view_frames": view_frames,
            "subject": view.subject,
            "action": view.action,
            "take": view.take,
            "camera": view.camera,
        }


def _pad(array: np.ndarray, padding: int) -> np.ndarray:
    return np.concatenate([array, np.repeat(array[-1:], padding, axis=0)])
