"""The frames seen in training: equal for configurations that are compared.

A step shows B windows of T frames. Larger batches and longer windows take fewer steps.
"""

from __future__ import annotations

import dataclasses

from dgnet_tf.config import action_names
from dgnet_tf.config.config import Config
from dgnet_tf.data import actions as chosen_actions
from dgnet_tf.data import manifest, windows
from dgnet_tf.errors import UserError

# By how much the frames seen may differ, since steps are whole.
TOLERANCE = 0.05


def frames_per_epoch(config: Config) -> int:
    """Returns the frames of an epoch of fixed length: steps x B x T."""
    return config.steps_per_epoch * config.batch_size * config.frames


def frames_seen(config: Config) -> int:
    """Returns the frames that all epochs show, each as often as it is shown."""
    return config.epochs * frames_per_epoch(config)


def same_budget(config: Config, base: Config) -> Config:
    """Returns the configuration with epochs of as many frames as the base's."""
    if not base.steps_per_epoch:
        return config  # An epoch sees each training frame about once.
    return _with_epochs_of(config, frames_per_epoch(base))


def seeing(config: Config, frames: int) -> Config:
    """Returns the configuration with steps that show a number of frames in all.

    Raises:
        UserError: if whole steps miss it by more than `TOLERANCE`.
    """
    found = _with_epochs_of(config, frames / config.epochs)
    if abs(frames_seen(found) - frames) > TOLERANCE * frames:
        step = config.batch_size * config.frames
        raise UserError(
            f"a step of {config.batch_size} windows of {config.frames} frames shows "
            f"{step} frames, so that {config.epochs} epochs of whole steps cannot show "
            f"{frames} (the nearest is {frames_seen(found)}). Give a --frames_seen of "
            f"{10 * config.epochs * step} or more, a smaller --batch_size, or "
            "--batch_frames."
        )
    return found


def natural(config: Config, data_dir, data: manifest.Manifest) -> int:
    """Returns the frames that a configuration sees if nothing changes its steps.

    Args:
        config: steps of 0 are as many as the data give.
        data_dir: converted data set.
        data: its manifest.
    """
    counted = None
    if not config.steps_per_epoch:
        actions = action_names.parse(config.actions)
        if actions:
            counted = chosen_actions.frames(data_dir, data, "train", actions)
    steps = config.steps_per_epoch or windows.steps_per_epoch(
        data, config.frames, config.batch_size, counted=counted
    )
    return frames_seen(dataclasses.replace(config, steps_per_epoch=steps))


def _with_epochs_of(config, frames):
    steps = max(1, round(frames / (config.batch_size * config.frames)))
    return dataclasses.replace(config, steps_per_epoch=steps)
