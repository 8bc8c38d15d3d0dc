"""A study's training runs for TensorBoard's HParams."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import tensorflow as tf

from dgnet_tf.files.atomic import replacing
from tuning.studies import results

FOLDER = "hparams"


def write_sessions(rows: Sequence[results.RowResult], folder):
    """Writes `hparams/`, one session for each finished training.

    Args:
        rows: each row once.
        folder: where `hparams/` is to be; an older one is replaced.
    """
    from tensorboard.plugins.hparams import api

    place = pathlib.Path(folder) / FOLDER
    # Event files are named after the time: an older report's would stay beside.
    with replacing(place, folder=True) as beside:
        beside.mkdir()
        for row in rows:
            for training in row.trainings:
                if training.error is None:
                    continue
                session = f"{row.id}/seed{training.seed}"
                with tf.summary.create_file_writer(str(beside / session)).as_default():
                    api.hparams(results.overrides(training), trial_id=session)
                    tf.summary.scalar("mpjpe_mm", training.error, step=0)
                    tf.summary.scalar("parameters", training.parameters, step=0)
                    if training.validation is not None:
                        tf.summary.scalar(
                            "validation_mpjpe_mm", training.validation, step=0
                        )
