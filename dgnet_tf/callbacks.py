"""What `model.fit` does besides fitting: progress, history, checkpoints, NaN."""

from __future__ import annotations

import csv
import math
import pathlib
import sys

import tensorflow as tf
import tqdm

from dgnet_tf.atomic import replacing
from dgnet_tf.errors import UserError

keras = tf.keras


class ProgressBar(keras.callbacks.Callback):
    """A bar for all steps that shows the error in millimetres."""

    def __init__(self, steps, first_step):
        super().__init__()
        # In a log file each refresh is one more line.
        pause = 0.5 if sys.stderr.isatty() else 15.0
        self.bar = tqdm.tqdm(
            total=steps, initial=first_step, unit="step", mininterval=pause
        )
        self.shown = {}

    def on_train_batch_end(self, batch, logs=None):
        """Advances by one step."""
        self._show(logs)
        self.bar.update()

    def on_epoch_end(self, epoch, logs=None):
        """Adds the validation's error."""
        self._show(logs)

    def on_train_end(self, logs=None):
        """Closes the bar."""
        self.bar.close()

    def _show(self, logs):
        names = {"pose_mpjpe_mm": "MPJPE mm", "val_pose_mpjpe_mm": "validation mm"}
        for name, title in names.items():
            if name in (logs or {}):
                self.shown[title] = f"{logs[name]:.1f}"
        self.bar.set_postfix(self.shown, refresh=False)


class History(keras.callbacks.Callback):
    """Appends each epoch's figures to `history.csv`.

    Args:
        path: the file.
        first_epoch: rows of this epoch and later ones, left by a run that was
            killed before its checkpoint, are dropped.
    """

    def __init__(self, path, first_epoch):
        super().__init__()
        self.path = pathlib.Path(path)
        rows = []
        if first_epoch and self.path.is_file():
            with open(self.path, newline="") as file:
                rows = [
                    r for r in csv.DictReader(file) if int(r["epoch"]) < first_epoch
                ]
        self.rows = rows

    def on_epoch_end(self, epoch, logs=None):
        """Writes the file anew with one more row."""
        row = {"epoch": epoch, **{name: float(v) for name, v in (logs or {}).items()}}
        self.rows.append(row)
        with replacing(self.path) as beside, open(beside, "w", newline="") as file:
            writer = csv.DictWriter(file, list(row), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self.rows)


class Checkpoints(keras.callbacks.Callback):
    """Saves weights, optimiser and epoch after each epoch; restores the last."""

    def __init__(self, folder, model):
        super().__init__()
        self.epochs_done = tf.Variable(0, dtype=tf.int64, trainable=False)
        optimizer = model.optimizer
        if hasattr(optimizer, "build"):
            optimizer.build(model.trainable_variables)
            optimizer = _variables(optimizer)
        # Variables one by one: Keras 3 does not list a batch norm's moving
        # statistics among what a checkpoint of the model would hold. (Older
        # optimisers make their variables later, and are tracked as they are.)
        self.manager = tf.train.CheckpointManager(
            tf.train.Checkpoint(
                model=_variables(model),
                optimizer=optimizer,
                epochs_done=self.epochs_done,
            ),
            str(folder),
            max_to_keep=2,
        )

    def restore(self) -> int:
        """Restores the newest checkpoint; returns the number of epochs done."""
        if self.manager.latest_checkpoint:
            self.manager.checkpoint.restore(
                self.manager.latest_checkpoint
            ).assert_existing_objects_matched()
        return int(self.epochs_done.numpy())

    def on_epoch_end(self, epoch, logs=None):
        """Saves."""
        self.epochs_done.assign(epoch + 1)
        self.manager.save(checkpoint_number=epoch + 1)


class StopOnNaN(keras.callbacks.Callback):
    """Ends a training whose loss is no longer finite, with what to change."""

    def on_train_batch_end(self, batch, logs=None):
        """Checks the running loss."""
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            raise UserError(
                f"Training diverged: the loss is {loss} at step {batch} of epoch "
                f"{self.epoch}. Lower --learning_rate (it is "
                f"{self.learning_rate():.2g} there) or use --normalization=softmax; "
                "the last good checkpoint is kept."
            )

    def on_epoch_begin(self, epoch, logs=None):
        """Remembers the epoch."""
        self.epoch = epoch

    def learning_rate(self):
        """Returns the optimiser's present learning rate."""
        return float(tf.convert_to_tensor(self.model.optimizer.learning_rate))


def _variables(owner):
    return [v if isinstance(v, tf.Variable) else v.value for v in owner.variables]
