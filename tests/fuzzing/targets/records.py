"""Shards of records, whose digests fit: what was written so, not what was damaged."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from support import record_sets

from dgnet_tf.data import manifest, views
from fuzzing import byte_damage
from fuzzing.target import Target

_NUMBERS = (0, 1, -1, 5, 10**6, 2**31, 2**62, -(2**62))
_FLOATS = (0.0, -1.0, 1e30, -1e30, float("nan"), float("inf"))
_BYTES = (b"", b"\xff", b"a/b", b"..", b"\n", b"\x1b[31m", b"x" * 10_000)


def targets() -> Iterator[Target]:
    """Yields them."""
    damages = (byte_damage.of_bytes, _of_examples, _of_examples, _of_framing)
    yield Target("records", _write, _read, damages, cost=10)


def _write(folder):
    takes = [record_sets.Take(1, 20), record_sets.Take(2, 9)]
    record_sets.write(folder, {"test": takes}, shards=1)
    return next(folder.glob("*.tfrecord"))


def _read(path):
    _seal(path)
    found = manifest.read(path.parent)
    joints = found.joints
    for view in views.load_views(path.parent, "test"):
        frames = len(view.valid)
        assert 0 < frames <= 10_000
        assert view.keypoints.shape == (frames, joints, 2)
        assert view.confidence.shape == (frames, joints)
        assert view.positions.shape == (frames, joints, 3)
        for field in ("keypoints", "confidence", "positions", "intrinsics", "fps"):
            assert np.isfinite(getattr(view, field)).all(), field


def _seal(path):
    """Writes the shard's size and digest into `dataset.json`."""
    file, whole = path.with_name(manifest.FILE_NAME), path.read_bytes()
    content = json.loads(file.read_text())
    (shard,) = content["splits"]["test"]["shards"]
    shard |= {"bytes": len(whole), "sha256": hashlib.sha256(whole).hexdigest()}
    file.write_text(json.dumps(content))


def _records(whole) -> list[bytes]:
    """Returns the records of a shard: length (8 bytes), checksum (4), record, (4)."""
    found, at = [], 0
    while at < len(whole):
        size = int.from_bytes(whole[at : at + 8], "little")
        found.append(whole[at + 12 : at + 12 + size])
        at += 16 + size
    return found


def _framed(records) -> bytes:
    found = b""
    for record in records:
        size = len(record).to_bytes(8, "little")
        found += size + _checksum(size) + record + _checksum(record)
    return found


def _checksum(content: bytes) -> bytes:
    value = _crc32c(content)
    return ((((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF).to_bytes(
        4, "little"
    )


def _table():
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        yield value


_TABLE = tuple(_table())


def _crc32c(content: bytes) -> int:
    value = 0xFFFFFFFF
    for byte in content:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _of_framing(whole, rng) -> bytes:
    """Loses, doubles or swaps records, or damages one whose checksum then fits."""
    records = _records(whole)
    one, other = rng.randrange(len(records)), rng.randrange(len(records))
    kind = rng.randrange(4)
    if kind == 0:
        del records[one]
    elif kind == 1:
        records.insert(other, records[one])
    elif kind == 2:
        records[one], records[other] = records[other], records[one]
    else:
        records[one] = byte_damage.of_bytes(records[one], rng)
    return _framed(records)


def _of_examples(whole, rng) -> bytes:
    """Changes a field of one record, or of all."""
    examples = [tf.train.Example.FromString(record) for record in _records(whole)]
    name = rng.choice(sorted(examples[0].features.feature))
    seed = rng.randrange(2**32)
    for example in examples if rng.randrange(2) else [rng.choice(examples)]:
        _change(example.features.feature, name, random.Random(seed))
    return _framed([example.SerializeToString() for example in examples])


def _change(features, name, rng):
    field = features[name]
    kind = field.WhichOneof("kind")
    values = getattr(field, kind).value
    odd = {"int64_list": _NUMBERS, "float_list": _FLOATS, "bytes_list": _BYTES}[kind]
    how = rng.randrange(6)
    if how == 0:
        del features[name]
    elif how == 1:
        values.append(rng.choice(odd))
    elif how == 2:
        del values[rng.randrange(len(values)) :]
    elif how == 3:
        features[name].bytes_list.value.append(b"x")
    else:
        values[rng.randrange(len(values))] = rng.choice(odd)
