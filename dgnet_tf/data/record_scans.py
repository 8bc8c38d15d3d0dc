"""Looks through a split's records for what must be in them, before it is used."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.config import action_names
from dgnet_tf.data import actions as chosen_actions
from dgnet_tf.data import cutting, records
from dgnet_tf.errors import UserError


def check_some_window(data_dir, paths, data, window, actions):
    """Raises a UserError where no record of the actions holds a window to train on."""

    def has_window(record):
        return cutting.has_training_window(record, window)

    if not _some_record(data_dir, paths, data, actions, has_window):
        of_actions = f" of {action_names.join(actions)}" if actions else ""
        raise UserError(
            f"{data_dir}: no window of {window.frames} valid frames at stride "
            f"{window.stride} in {len(paths)} training files{of_actions}. Take fewer "
            "frames or a smaller stride."
        )


def check_some_camera(data_dir, paths, data):
    """Raises a UserError where no record knows its camera."""
    if not _some_record(data_dir, paths, data, (), lambda r: r["intrinsics"][0] > 0):
        raise UserError(
            f"{data_dir}: random cameras and bodies are projected through the lens of "
            "their own camera, but no record knows its camera. Train without "
            "--random_cameras and --body_scale, or convert data that come with a "
            "calibration."
        )


def _some_record(data_dir, paths, data, actions, holds) -> bool:
    """Whether something holds of any record of the actions."""

    def of(serialized):
        return holds(records.parse(serialized, data.record_frames, data.joints))

    some = chosen_actions.keep(tf.data.TFRecordDataset(paths), actions).map(of)
    return total(data_dir, some.filter(lambda found: found).take(1), data) > 0


def total(data_dir, numbers, data) -> int:
    """Adds up a dataset of scalars, read from records.

    Raises:
        UserError: if a file is damaged, or holds other records.
    """
    try:
        numbers = numbers.map(lambda number: tf.cast(number, tf.int64))
        return int(numbers.reduce(tf.constant(0, tf.int64), tf.add))
    except (tf.errors.DataLossError, tf.errors.InvalidArgumentError) as error:
        raise UserError(
            f"{data_dir}: a file is damaged, or its records are not of "
            f"{data.record_frames} frames and {data.joints} joints. Convert again."
        ) from error
