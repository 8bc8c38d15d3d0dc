"""Cuts windows of T frames out of a record.

A view is tiled by blocks of T * stride frames, each seen once by `stride`
interleaved windows. A record owns the windows that start in its first
`record_frames - record_overlap` frames, the last record of a view those that start
in any of its frames, so that each window belongs to one record.

L frames of a record, T frames of a window, W windows of a record, N joints.
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Window:
    """T frames, `stride` frames apart, in records of the given layout.

    `training_windows` also takes a stride that is drawn: an int64 scalar tensor.
    """

    frames: int
    stride: int
    record_frames: int
    record_overlap: int

    @property
    def reach(self) -> int:
        """Frames from a window's first to its last one."""
        return (self.frames - 1) * self.stride

    @property
    def block(self) -> int:
        """Frames of a block."""
        return self.frames * self.stride


def training_windows(record: dict, window: Window, phase):
    """Returns the frames (W, T) of an epoch's windows: each about once, all valid.

    Blocks start at `phase`, a scalar in 0..block-1 that is the same for all records of
    a view; those at the view's ends are moved to fit, so that a few frames there occur
    twice. Windows with an invalid frame are left out.
    """
    indices = _indices(record, window)  # (L, T)
    chosen = _tiling(record, window, phase) & owned(record, window)
    return tf.boolean_mask(indices, chosen & _all_valid(record, indices))


def ordered_windows(record: dict, window: Window):
    """Returns the frames (W, T) of an evaluation's windows: each valid one occurs.

    Blocks start at 0, the last one is moved back to fit. An invalid frame gives
    way to the valid one nearest to it in its record, the earlier of two. Windows
    without any valid frame are left out.
    """
    indices = _indices(record, window)  # (L, T)
    valid = record["valid"] > 0  # (L,)
    some_valid = tf.reduce_any(tf.gather(valid, indices), axis=1)
    chosen = _tiling(record, window, tf.constant(0, tf.int64))
    chosen &= owned(record, window) & some_valid
    return tf.gather(_nearest(valid), tf.boolean_mask(indices, chosen))


def has_training_window(record: dict, window: Window):
    """Whether `training_windows` finds any window at any phase: a scalar."""
    last_start = tf.maximum(record["view_frames"] - window.reach, window.stride) - 1
    inside = _view_frames(record, window) <= last_start
    valid = _all_valid(record, _indices(record, window))
    return tf.reduce_any(inside & valid & owned(record, window))


def gather(record: dict, indices, root: int):
    """Takes frames (W, T) of a record.

    Returns keypoints (W, T, N, 2), pixels, and positions (W, T, N, 3), metres, relative
    to the joint `root`.
    """
    positions = record["positions"] - record["positions"][:, root : root + 1]
    return tf.gather(record["keypoints"], indices), tf.gather(positions, indices)


def _tiling(record, window, phase):
    """(L,) whether a window of the tiling starts there."""
    view_frames = record["view_frames"]
    start = _view_frames(record, window)
    in_block = (start - phase) % window.block
    begin = start - in_block
    whole = (in_block < window.stride) & (begin >= 0)
    whole &= begin + window.block <= view_frames
    first = (phase > 0) & (start < window.stride)
    from_last = start - tf.maximum(view_frames - window.block, 0)
    last = (from_last >= 0) & (from_last < window.stride)
    last &= (view_frames - phase) % window.block > 0
    return whole | first | last


def owned(record, window):
    """(L,) whether the record owns a window that starts there."""
    frame = tf.range(window.record_frames, dtype=tf.int64)
    is_last = record["first_frame"] + record["frames"] >= record["view_frames"]
    owned = is_last | (frame < window.record_frames - window.record_overlap)
    return owned & (frame < record["frames"])


def _view_frames(record, window):
    """(L,) index in the view of each frame of the record."""
    return record["first_frame"] + tf.range(window.record_frames, dtype=tf.int64)


def _indices(record, window):
    """(L, T) the window from each frame on; past the end, the last frame."""
    starts = tf.range(window.record_frames, dtype=tf.int64)[:, None]
    offsets = window.stride * tf.range(window.frames, dtype=tf.int64)
    return tf.minimum(starts + offsets, record["frames"] - 1)


def _all_valid(record, indices):
    return tf.reduce_all(tf.gather(record["valid"], indices) > 0, axis=1)


def _nearest(valid):
    """(L,) index of the True value nearest to each place of `valid` (L,)."""
    place = tf.range(tf.size(valid))
    distance = tf.abs(place[:, None] - place)  # (L, L)
    return tf.argmin(tf.where(valid, distance, tf.int32.max), axis=1)
