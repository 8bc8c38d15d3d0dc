"""Batches of windows from a converted data set, ready for `model.fit`."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.data import actions as chosen_actions
from dgnet_tf.data import (
    cutting,
    manifest,
    ordered_windows,
    pose_balance,
    record_scans,
)
from dgnet_tf.data import epochs as training
from dgnet_tf.data.augmentation import augmentation
from dgnet_tf.errors import UserError

# The outputs of a default DGNet.
TARGETS = ("pose", "block_1", "block_2", "block_3", "block_4", "block_5")


def load_windows(
    data_dir: str | pathlib.Path,
    split: str = "train",
    frames: int = 4,
    batch_size: int = 64,
    *,
    frame_stride: int = 1,
    actions: Sequence[str] = (),
    targets: Sequence[str] = TARGETS,
    shuffle: bool | None = None,
    seed: int = 0,
    epochs: int | None = None,
    first_epoch: int = 0,
    steps: int | None = None,
    drop_remainder: bool = False,
    num_shards: int = 1,
    shard_index: int = 0,
    verify: bool = True,
    inputs: str = "xy",
    **augment: Any,
) -> tf.data.Dataset:
    """Cuts a split into batches of windows.

    Shuffled (training): an epoch sees each frame about once. Windows stand side by
    side, shifted by a phase drawn for each view and epoch; those that hold an
    invalid frame are left out. An epoch has exactly `steps` full batches; where
    its windows run short they are cut once more with other phases.

    In order (evaluation): each valid frame of each view is in a window, views and
    frames in order. A view's last window is moved back to fit, so a few frames
    occur twice. An invalid frame shows the valid frame nearest to it; windows
    with no valid frame are left out.

    In both, a view shorter than T * stride frames repeats its last frame.

    Args:
        data_dir: folder of records and `dataset.json`.
        split: "train", "validation" or "test".
        frames: T, frames of a window.
        batch_size: B, windows of a batch, of this worker alone.
        frame_stride: steps between the frames of a window; (T - 1) * stride must
            not exceed the records' overlap.
        actions: names of the actions to read, whole names; all if empty.
        targets: names of the model's outputs, `model.output_names`; each gets the
            positions as its target.
        shuffle: by default True for "train" and False for other splits, where it
            must not be True.
        seed: of order, phases and augmentation. Same seed, same batches.
        epochs: None gives one epoch, another one on each iteration. A number gives
            epochs `first_epoch` to `epochs` - 1 one after another, so that a
            resumed training sees what an unbroken one would have seen.
        first_epoch: see `epochs`.
        steps: batches of an epoch; by default `steps_per_epoch`.
        drop_remainder: leave out the last, partial batch when in order.
        num_shards: number of workers. Shuffled, each reads files of its own; in
            order, every `num_shards`-th record, so that their numbers of batches
            may differ.
        shard_index: index of this worker.
        verify: compare the files' digests first, which reads each once.
        inputs: "xy", or "xyc" for keypoints with their confidence, see `FIELDS` of
            `dgnet_tf.config.fields`.
        **augment: fields of `augmentation.Augmentation`: `flip=True`, ...; only when
            shuffled.

    Returns:
        A dataset of `(keypoints, {name: positions})`: (B, T, N, 2) normalised, or
        (B, T, N, 3) with the confidence from 0 to 1 as the third, and (B, T, N, 3)
        root-relative, metres, camera axes; both float32. B is known in its
        `element_spec` where all batches are full.

    Raises:
        ValueError: for an argument out of its range.
        UserError: if the data are missing or damaged, have no such split or
            action, too small an overlap, fewer files than workers, no window of
            valid frames to train on, or no known camera where one is needed.
    """
    augment = augmentation.Augmentation(**augment)
    FIELDS["inputs"].check(inputs)
    shuffle = split == "train" if shuffle is None else shuffle
    _at_least(1, frames=frames, batch_size=batch_size, num_shards=num_shards)
    _at_least(1, frame_stride=frame_stride, epochs=epochs, steps=steps)
    _at_least(0, shard_index=shard_index, first_epoch=first_epoch)
    for name, value in (("targets", targets), ("actions", actions)):
        if isinstance(value, str):
            raise ValueError(f"`{name}` must be a sequence of names, got {value!r}.")
    if shard_index >= num_shards:
        raise ValueError(
            f"`shard_index` must be below `num_shards`, got {shard_index} of "
            f"{num_shards}."
        )
    if first_epoch >= (epochs or 1):
        raise ValueError(
            f"`first_epoch` must be below `epochs`, got {first_epoch} of {epochs}."
        )
    if shuffle and split != "train":
        raise ValueError(f"`shuffle` must be False for the split {split!r}, got True.")
    if not shuffle and (epochs or steps or augment != augmentation.Augmentation()):
        raise ValueError(
            f"`epochs`, `steps` and augmentation need `shuffle`, got {epochs}, {steps} "
            f"and {augment} without it."
        )

    data = manifest.read(data_dir)
    layout = data.record_frames, data.record_overlap
    window = cutting.Window(frames, frame_stride, *layout)
    if window.reach > window.record_overlap:
        raise UserError(
            f"{data_dir}: windows of {frames} frames at stride {frame_stride} need "
            f"records that overlap by {window.reach} frames; these overlap by "
            f"{window.record_overlap}. Take fewer frames or a smaller stride, or "
            f"convert again with --record_overlap={window.reach}."
        )
    paths = manifest.shard_paths(data_dir, data, split, verify)
    counted = None
    if actions:
        counted = chosen_actions.frames(data_dir, data, split, actions)

    if shuffle:
        if len(paths) < num_shards:
            raise UserError(
                f"{data_dir}: {len(paths)} training files for {num_shards} workers, "
                "each of which reads files of its own. Train with fewer workers, or "
                "convert again into more files."
            )
        all_paths, paths = paths, paths[shard_index::num_shards]
        record_scans.check_some_window(data_dir, paths, data, window, actions)
        if augment.needs_cameras:
            record_scans.check_some_camera(data_dir, paths, data)
        if steps is None:
            steps = steps_per_epoch(
                data, frames, batch_size, num_shards=num_shards, counted=counted
            )
        if epochs is None:
            numbers = tf.data.Dataset.random(seed, rerandomize_each_iteration=True)
            numbers = numbers.take(1)
        else:
            numbers = tf.data.Dataset.range(first_epoch, epochs)
        weights = None
        if augment.pose_balance:
            shares = pose_balance.measure(
                data_dir, all_paths, data, window, skeletons.get(data.skeleton), actions
            )
            weights = pose_balance.weights(shares, augment.pose_balance)
        dataset = training.training_epochs(
            *(paths, data, window, numbers),
            actions=actions,
            seed=seed,
            batch_size=batch_size,
            steps=steps,
            augment=augment,
            weights=weights,
            inputs=inputs,
        )
        batches = steps * int(numbers.cardinality())
        dataset = dataset.apply(tf.data.experimental.assert_cardinality(batches))
    else:
        serialized = chosen_actions.keep(tf.data.TFRecordDataset(paths), actions)
        serialized = serialized.shard(num_shards, shard_index)
        dataset = ordered_windows.in_order(data_dir, serialized, data, window, inputs)
        found, needed = int(dataset.cardinality()), batch_size if drop_remainder else 1
        if found < needed:
            raise UserError(
                f"{data_dir}: split {split!r} gives {found} windows with valid frames, "
                f"too few for a batch of {needed}. Take smaller batches, or convert "
                "more data."
            )
        dataset = dataset.batch(batch_size, drop_remainder)

    names = tuple(targets)
    dataset = dataset.map(lambda x, y: (x, dict.fromkeys(names, y)))
    options = tf.data.Options()
    options.deterministic = True
    # Workers' shares are settled here; Keras must not share them out once more.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    return dataset.with_options(options).prefetch(tf.data.AUTOTUNE)


def steps_per_epoch(
    data: manifest.Manifest,
    frames: int = 4,
    batch_size: int = 64,
    *,
    split: str = "train",
    num_shards: int = 1,
    counted: int | None = None,
) -> int:
    """Batches of a training epoch, the same for each worker; at least one.

    Args:
        data: manifest of the data set, `manifest.read(data_dir)`.
        frames: T, frames of a window.
        batch_size: windows of a batch of one worker.
        split: the split trained on.
        num_shards: number of workers.
        counted: frames that are trained on; by default all of the split.
    """
    counted = data.splits[split].frames if counted is None else counted
    return max(1, counted // (frames * batch_size * num_shards))


def _at_least(least, **arguments):
    for name, value in arguments.items():
        if value is not None and value < least:
            raise ValueError(f"`{name}` must be at least {least}, got {value!r}.")
