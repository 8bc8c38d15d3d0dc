"""Training and scoring on chosen actions: their records and frames."""

from __future__ import annotations

import collections

import tensorflow as tf

from dgnet_tf.config import action_names
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError


def count(data_dir, data: manifest.Manifest, split: str) -> dict[str, int]:
    """Counts each action's frames, those of each view once; sorted by name.

    Raises:
        UserError: if a file is missing or damaged.
    """
    spec = {
        "action": tf.io.FixedLenFeature((), tf.string),
        "first_frame": tf.io.FixedLenFeature((), tf.int64),
        "frames": tf.io.FixedLenFeature((), tf.int64),
    }
    paths = manifest.shard_paths(data_dir, data, split, verify=False)
    dataset = tf.data.TFRecordDataset(paths).batch(256)
    found = collections.Counter()
    try:
        for record in dataset.map(lambda s: tf.io.parse_example(s, spec)):
            # A view's later records start with frames of the one before.
            shared = data.record_overlap * (record["first_frame"].numpy() > 0)
            own = record["frames"].numpy() - shared
            for name, frames in zip(record["action"].numpy(), own, strict=True):
                found[name.decode("utf-8")] += int(frames)
    except (tf.errors.DataLossError, tf.errors.InvalidArgumentError) as error:
        raise UserError(f"{data_dir}: a file is damaged. Convert again.") from error
    return dict(sorted(found.items()))


def frames(data_dir, data: manifest.Manifest, split: str, names) -> int:
    """Counts the frames of chosen actions, names compared whole.

    Raises:
        UserError: if a name is no action of the split; the message lists its actions.
    """
    found = count(data_dir, data, split)
    for name in names:
        if name in found:
            continue
        there = f"Its actions: {action_names.join(found)}."
        others = [s for s in data.splits if s != split]
        if any(name in count(data_dir, data, other) for other in others):
            where = f"has no frame in the split {split!r}"
            raise UserError(f"{data_dir}: action {name!r} {where}. {there}")
        raise UserError(
            f"{data_dir}: no action {name!r} in the split {split!r}. {there} Names "
            "that have a comma stand in double quotes."
        )
    return sum(found[name] for name in names)


def keep(serialized: tf.data.Dataset, names) -> tf.data.Dataset:
    """Keeps the serialised records of chosen actions; all, if no name is given."""
    if not names:
        return serialized
    spec = {"action": tf.io.FixedLenFeature((), tf.string)}
    chosen = tf.constant([name.encode("utf-8") for name in names])

    def is_chosen(record):
        action = tf.io.parse_single_example(record, spec)["action"]
        return tf.reduce_any(action == chosen)

    return serialized.filter(is_chosen)
