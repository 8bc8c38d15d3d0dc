"""Shuffled epochs of training windows, a function of seed and epoch number alone.

The order is: files, shuffled; records, interleaved and shuffled; windows,
augmented and shuffled; batches.
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.data import actions as chosen_actions
from dgnet_tf.data import cutting, pose_balance, records, view_names
from dgnet_tf.data.augmentation import augmentation
from dgnet_tf.data.manifest import Manifest

_OPEN_FILES = 16
_SHUFFLED_RECORDS = 256  # About 60 kB each.
_SHUFFLED_FRAMES = 32768  # In windows; about 0.4 kB each.


def training_epochs(
    paths: list[str],
    data: Manifest,
    window: cutting.Window,
    numbers: tf.data.Dataset,
    *,
    actions=(),
    seed: int,
    batch_size: int,
    steps: int,
    augment: augmentation.Augmentation,
    inputs: str = "xy",
    weights=None,
) -> tf.data.Dataset:
    """Concatenates epochs of `steps` full batches each, of the given int64 numbers.

    Where an epoch's windows run short, they are cut once more with other phases. At
    least one window of the actions (all, if none is named) must exist, or this never
    ends. `weights` are those of kinds of pose, see `pose_balance`. Gives normalised
    keypoints (B, T, N, 2), with the inputs "xyc" and their confidence (B, T, N, 3), and
    positions (B, T, N, 3).
    """

    def epoch(number):
        epoch_seed = tf.random.fold_in(tf.constant([seed, 0], tf.int64), number)
        passes = tf.data.Dataset.counter().flat_map(
            lambda index: one_pass(tf.random.fold_in(epoch_seed, index))
        )
        return passes.batch(batch_size, drop_remainder=True).take(steps)

    def one_pass(seed):
        # Holds for the graph of this function only: without it, a caller's
        # `tf.random.set_seed` would change the order.
        tf.random.set_seed(1)
        seeds = tf.unstack(tf.random.split(seed, 4))
        file_seed, record_seed, window_seed, view_seed = seeds
        files = tf.random.experimental.stateless_shuffle(paths, file_seed)
        serialized = tf.data.Dataset.from_tensor_slices(files).interleave(
            tf.data.TFRecordDataset, cycle_length=min(_OPEN_FILES, len(paths))
        )
        serialized = chosen_actions.keep(serialized, actions)
        serialized = serialized.shuffle(_SHUFFLED_RECORDS, seed=record_seed[0])
        windows = serialized.map(
            lambda record: cut(record, view_seed), tf.data.AUTOTUNE, deterministic=True
        )
        shuffled = max(1, _SHUFFLED_FRAMES // window.frames)
        return windows.unbatch().shuffle(shuffled, seed=window_seed[0])

    def cut(serialized, seed):
        record = records.parse(serialized, data.record_frames, data.joints)
        view_seed = tf.random.fold_in(seed, _view_hash(record))
        strided = window
        if augment.random_stride:
            stride_seed = tf.random.fold_in(view_seed, -1)
            stride = tf.random.stateless_uniform(
                (), stride_seed, 1, window.stride + 1, tf.int64
            )
            strided = dataclasses.replace(window, stride=stride)
        phase = tf.random.stateless_uniform((), view_seed, 0, strided.block, tf.int64)
        indices = cutting.training_windows(record, strided, phase)
        seed = tf.random.fold_in(view_seed, record["first_frame"])
        if weights is not None:
            indices = pose_balance.repeat(
                record, indices, weights, skeleton, tf.random.fold_in(seed, -2)
            )
        drawn = (skeleton, data.fps, augment, seed, inputs)
        return augmentation.augment(record, indices, *drawn)

    skeleton = skeletons.get(data.skeleton)
    return numbers.flat_map(epoch)


def _view_hash(record):
    ids = [record[name] for name in view_names.IDS]
    return tf.strings.to_hash_bucket_fast(tf.strings.join(ids, "/"), 2**62)
