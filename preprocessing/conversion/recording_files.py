"""Converts one recording to a file of its records and a summary of its views."""

from __future__ import annotations

import dataclasses
import errno
import pathlib
from collections.abc import Iterable

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.data import records
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError, file_error
from dgnet_tf.skeletons import Skeleton
from preprocessing.conversion import checks, view_records
from preprocessing.conversion.sequences import Recording

# TFRecord framing: length (8 bytes) and its checksum (4), record, checksum (4).
FRAMING_BYTES = 16


@dataclasses.dataclass(frozen=True)
class Task:
    """One recording to convert, and the file that its records go to.

    Views have the frame rate `fps`, or one of `rates` if these are given.
    """

    recording: Recording
    path: str
    skeleton: str
    fps: float
    record_frames: int
    record_overlap: int
    rates: tuple[float, ...] = ()


@dataclasses.dataclass(frozen=True)
class Entry:
    """Where a framed record is: its key, file, offset and size in bytes."""

    key: str
    path: str
    offset: int
    size: int


@dataclasses.dataclass(frozen=True, eq=False)
class ViewSummary:
    """What is kept of a view.

    Attributes:
        frames: its number of frames.
        seconds: their length.
        pose_sum: (N, 3) sum of its valid root-relative poses, metres.
        measures: for the plausibility checks.
    """

    frames: int
    seconds: float
    pose_sum: np.ndarray
    measures: checks.Measures


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
    """A converted recording: the index of its records, and its views."""

    subject: str
    entries: list[Entry]
    views: list[ViewSummary]


def convert_recording(task: Task) -> Part:
    """Loads a recording and writes its records.

    Raises:
        UserError: for what the recording's source has wrong.
        OSError: if the file cannot be written in full.
    """
    skeleton = skeletons.get(task.skeleton)
    views = task.recording.load()
    rates = task.rates or (task.fps,)
    for view in views:
        if view.fps not in rates:
            raise UserError(
                f"{view.subject}/{view.action}/{view.take}: has {view.fps:g} frames "
                "per second, the data set has "
                f"{' or '.join(f'{r:g}' for r in rates)}. Resample it."
            )
    frames, overlap, joints = task.record_frames, task.record_overlap, skeleton.joints
    encoded = (
        (records.key(record), records.encode(record, frames, len(joints)))
        for view in views
        for record in view_records.records(view, frames, overlap)
    )
    return Part(
        subject=task.recording.subject,
        entries=write_records(task.path, encoded),
        views=[_summary(view, skeleton) for view in views],
    )


def write_records(path: str, encoded: Iterable[tuple[str, bytes]]) -> list[Entry]:
    """Writes (key, serialised record) pairs to one TFRecord file, as they come.

    Raises:
        OSError: if the file cannot be written in full.
    """
    import tensorflow as tf

    entries, offset = [], 0
    try:
        with tf.io.TFRecordWriter(path) as writer:
            for key, record in encoded:
                writer.write(record)
                entries.append(Entry(key, path, offset, len(record) + FRAMING_BYTES))
                offset += entries[-1].size
    except tf.errors.OpError as error:
        raise file_error(error) or OSError(error.message) from error
    # A full disk may show only here.
    written = pathlib.Path(path).stat().st_size
    if written != offset:
        text = f"only {written} of {offset} bytes could be written"
        raise OSError(errno.EIO, text, path)
    return entries


def read_record(entry: Entry) -> bytes:
    """Returns one record as it is in its file, framing included."""
    with open(entry.path, "rb") as file:
        file.seek(entry.offset)
        return file.read(entry.size)


def _summary(view: View, skeleton: Skeleton) -> ViewSummary:
    positions = view.positions[np.asarray(view.valid, bool)].astype(np.float64)
    poses = positions - positions[:, skeleton.root : skeleton.root + 1]
    return ViewSummary(
        frames=len(view.positions),
        seconds=len(view.positions) / view.fps,
        pose_sum=poses.sum(axis=0),
        measures=checks.measure(view, skeleton),
    )
