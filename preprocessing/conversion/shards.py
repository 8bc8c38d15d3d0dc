"""Merges the records of a split into its shards, those for training mixed."""

from __future__ import annotations

import hashlib
import math
import pathlib

from dgnet_tf.command_line import progress
from dgnet_tf.data.manifest import Shard
from dgnet_tf.errors import UserError
from preprocessing.conversion import recording_files

SHARD_BYTES = 64 * 2**20  # largest shard aimed at
TRAIN_SHARDS = 8  # fewest shards of a training split, to be shared out to workers


def count(split: str, records: int, size: int) -> int:
    """Returns the number of shards of a split.

    It is the smallest power of two with shards of 64 MiB or less on average, for
    training at least 8; never more than there are records.
    """
    needed = max(size / SHARD_BYTES, TRAIN_SHARDS if split == "train" else 1)
    return min(2 ** math.ceil(math.log2(needed)), records)


def merge(
    folder, split: str, entries: list[recording_files.Entry]
) -> tuple[Shard, ...]:
    """Merges a split's records into its shards.

    Training records are ordered by a hash of their key: mixed, and the same
    everywhere. Others are ordered by key: view by view, frame by frame. Records
    are copied one by one, so memory does not grow with the split.

    Args:
        folder: where the shards go.
        split: "train", "validation" or "test".
        entries: the split's records, in any order.

    Raises:
        UserError: if two records have the same key.
        OSError: if a file cannot be written.
    """
    ordered = sorted(entries, key=lambda entry: entry.key)
    for previous, entry in zip(ordered, ordered[1:], strict=False):
        if previous.key == entry.key:
            raise UserError(
                f"Two records are both named {entry.key!r} (subject/action/take/"
                "camera/first frame). Give each recording a name of its own."
            )
    if split == "train":
        ordered.sort(key=lambda entry: hashlib.sha256(entry.key.encode()).digest())
    total = len(ordered)
    shards = count(split, total, sum(entry.size for entry in ordered))
    written = []
    with progress.Bar(f"write {split}", total, "record") as bar:
        for index in range(shards):
            chosen = ordered[total * index // shards : total * (index + 1) // shards]
            name = f"{split}-{index:05d}-of-{shards:05d}.tfrecord"
            digest = hashlib.sha256()
            with open(pathlib.Path(folder) / name, "wb") as file:
                for entry in chosen:
                    framed = recording_files.read_record(entry)
                    digest.update(framed)
                    file.write(framed)
                    bar.update()
            size = sum(entry.size for entry in chosen)
            written.append(Shard(name, len(chosen), size, digest.hexdigest()))
    return tuple(written)
