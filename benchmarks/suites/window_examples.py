"""A usual way to store windows: one Example for each, parsed one by one.

A view of F frames gives F - T + 1 Examples, one from each frame on, as training takes
windows from any frame on. Their fields are those of our records.
"""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf import cameras, skeletons
from dgnet_tf.data import manifest, records
from preprocessing.conversion import pipeline

_SHUFFLED = 8192


def write(dataset, folder, frames: int) -> manifest.Manifest:
    """Converts a `preprocessing` data set so that each record is one window."""
    return pipeline.convert(
        dataset,
        folder,
        record_frames=frames,
        record_overlap=frames - 1,
        show=lambda line: None,
    )


def load(folder, split: str, batch_size: int, *, shuffle: bool) -> tf.data.Dataset:
    """Returns batches of normalised keypoints (B, T, N, 2), positions (B, T, N, 3).

    Args:
        folder: from `write`.
        split: its split.
        batch_size: B.
        shuffle: in random order, by a buffer.
    """
    data = manifest.read(folder)
    paths = manifest.shard_paths(folder, data, split, verify=False)
    root = skeletons.get(data.skeleton).root

    def parse(serialized):
        record = records.parse(serialized, data.record_frames, data.joints)
        keypoints = cameras.normalize_screen(record["keypoints"], record["image_size"])
        positions = record["positions"]
        return keypoints, positions - positions[:, root : root + 1]

    dataset = tf.data.TFRecordDataset(paths)
    if shuffle:
        dataset = dataset.shuffle(_SHUFFLED, seed=0)
    dataset = dataset.map(parse, tf.data.AUTOTUNE, deterministic=True)
    return dataset.batch(batch_size).prefetch(tf.data.AUTOTUNE)
