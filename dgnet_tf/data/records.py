"""The fields of one record, with their encoder and parser.

A record is one pose window: up to `record_frames` consecutive frames (L below)
of one camera view, padded to L by repeating the last frame.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import typing
from collections.abc import Iterator

import numpy as np

from dgnet_tf.data import view_names
from dgnet_tf.errors import UserError

if typing.TYPE_CHECKING:
    import tensorflow as tf

VERSION = 1


@dataclasses.dataclass(frozen=True)
class Field:
    """One field: its shape in terms of L frames and N joints, dtype and meaning."""

    shape: tuple
    dtype: type
    meaning: str


FIELDS = {
    "keypoints": Field(("L", "N", 2), np.float32, "pixels, origin at the top left"),
    "confidence": Field(("L", "N"), np.float32, "0 to 1, of the 2-D keypoints"),
    "positions": Field(("L", "N", 3), np.float32, "metres, camera axes, root kept"),
    "valid": Field(("L",), np.int64, "1 where the frame has ground truth to score"),
    "intrinsics": Field((9,), np.float32, "as in cameras; zeros where unknown"),
    "image_size": Field((2,), np.float32, "width and height, pixels"),
    "fps": Field((), np.float32, "frames a second"),
    "frames": Field((), np.int64, "frames of the record that are not padding"),
    "first_frame": Field((), np.int64, "index of its first frame in the view"),
    "view_frames": Field((), np.int64, "frames of the whole view"),
    "subject": Field((), bytes, "person"),
    "action": Field((), bytes, "action, the unit of action-wise scores"),
    "take": Field((), bytes, "recording of that action by that person"),
    "camera": Field((), bytes, "camera of that recording"),
}


def key(record: dict) -> str:
    """Returns the record's unique, readable name."""
    return f"{view_names.of(record)}/{int(record['first_frame']):08d}"


def _shape(field: Field, record_frames: int, joints: int) -> tuple[int, ...]:
    sizes = {"L": record_frames, "N": joints}
    return tuple(sizes.get(axis, axis) for axis in field.shape)


def encode(record: dict, record_frames: int, joints: int) -> bytes:
    """Serialises a value for each of `FIELDS`, ids as `str`; always to the same bytes.

    Raises:
        ValueError: if a field is missing, unknown, not finite or of another
            shape; the message names the record and the field.
    """
    import tensorflow as tf  # What knows a data set but not its records needs none.

    if set(record) != set(FIELDS):
        wrong = sorted(set(record) ^ set(FIELDS))
        raise ValueError(f"A record has missing or unknown fields: {wrong}.")
    features = {}
    for name, field in FIELDS.items():
        if field.dtype is bytes:
            value = tf.train.BytesList(value=[record[name].encode("utf-8")])
            features[name] = tf.train.Feature(bytes_list=value)
            continue
        value = np.asarray(record[name], field.dtype)
        shape = _shape(field, record_frames, joints)
        if value.shape != shape:
            raise ValueError(
                f"Record {key(record)}: field {name!r} must have shape {shape}, "
                f"got {value.shape}."
            )
        if field.dtype is np.int64:
            value = tf.train.Int64List(value=value.ravel().tolist())
            features[name] = tf.train.Feature(int64_list=value)
        else:
            if not np.isfinite(value).all():
                where = f"Record {key(record)}: field {name!r}"
                raise ValueError(f"{where} has values that are not finite.")
            value = tf.train.FloatList(value=value.ravel().tolist())
            features[name] = tf.train.Feature(float_list=value)
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def parse(serialized: tf.Tensor, record_frames: int, joints: int) -> dict:
    """Parses a record, in a graph or not: tensors by the names of `FIELDS`."""
    import tensorflow as tf

    dtypes = {bytes: tf.string, np.int64: tf.int64, np.float32: tf.float32}
    spec = {}
    for name, field in FIELDS.items():
        shape = _shape(field, record_frames, joints)
        spec[name] = tf.io.FixedLenFeature(shape, dtypes[field.dtype])
    return tf.io.parse_single_example(serialized, spec)


def count_records(path: str | pathlib.Path) -> int:
    """Returns how many records a file has, by their lengths alone.

    TensorFlow takes the memory that a length claims before it looks for the record:
    2^60 bytes end the process.

    Raises:
        UserError: if the lengths do not add up to the file's.
    """
    found = at = 0
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        while at < size:
            file.seek(at)
            # A record: its length, a checksum of it, its bytes, a checksum of them.
            length = int.from_bytes(file.read(8), "little")
            at, found = at + 8 + 4 + length + 4, found + 1
    if at != size:
        raise UserError(f"{path}: damaged: it ends within a record. Convert again.")
    return found


def of_file(path: str, record_frames: int, joints: int) -> Iterator[dict]:
    """Yields a file's records as NumPy arrays; ids as `str`.

    Raises:
        UserError: if the file is damaged, its records are of another layout, or hold
            what `encode` does not write.
    """
    import tensorflow as tf

    dataset = tf.data.TFRecordDataset(path)
    dataset = dataset.map(lambda record: parse(record, record_frames, joints))
    damage = tf.errors.DataLossError, tf.errors.InvalidArgumentError
    try:
        for record in dataset.as_numpy_iterator():
            yield _checked(path, record, record_frames)
    # TensorFlow quotes the bytes of a damaged record, which may be no text.
    except (*damage, UnicodeDecodeError) as error:
        raise UserError(
            f"{path}: damaged, or its records are not of {record_frames} frames "
            f"and {joints} joints. Convert again."
        ) from error


def _checked(path, record: dict, record_frames: int) -> dict:
    """Returns a record with its ids as `str`."""
    wrong = None
    for name, field in FIELDS.items():
        if field.dtype is bytes:
            record[name] = record[name].decode("utf-8")
        elif not np.isfinite(record[name]).all():
            wrong = wrong or f"{name!r} is not finite"
    first, frames, all_frames = (
        int(record[name]) for name in ("first_frame", "frames", "view_frames")
    )
    if not (0 < frames <= record_frames and 0 <= first <= all_frames - frames):
        wrong = f"it has {frames} frames from {first} on, of {all_frames}"
    if wrong:
        raise UserError(f"{path}: record {key(record)}: {wrong}. Convert again.")
    return record
