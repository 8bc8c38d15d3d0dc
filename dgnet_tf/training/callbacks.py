"""Keras callbacks: progress, history, checkpoints, and a stop at NaN."""

from __future__ import annotations

import csv
import math
import os
import pathlib
import re
import shutil

import tensorflow as tf

from dgnet_tf.command_line.progress import Bar
from dgnet_tf.errors import UserError
from dgnet_tf.files import epoch_history
from dgnet_tf.files.atomic import replacing
from dgnet_tf.training import optimizers

keras = tf.keras

_LOOK_EVERY = 20  # Steps.
# Checkpoints' files, the folder in which they grow, and a new list of them.
_UNFINISHED = re.compile(r"ckpt-\d+(\.|_temp$)|checkpoint\.tmp")


class Callbacks(keras.callbacks.CallbackList):
    """Callbacks, told of an epoch's figures but not of each step's.

    To read a step's figures is to wait for the device, which would stand idle until
    the next step is sent to it; Keras 3 reads them even if nobody asks.

    The model is a compiled one.
    """

    def __init__(self, callbacks, model):
        super().__init__(callbacks, add_history=True, model=model)

    def on_train_batch_end(self, batch, logs=None):
        """Tells nobody."""

    on_test_batch_end = on_train_batch_end


class Watch(keras.callbacks.Callback):
    """Shows a progress bar and ends a training whose loss is no longer finite.

    It looks at the figures every 20 steps and after each epoch of `steps`. All workers
    must do so together: what they read is their common mean.
    """

    def __init__(self, steps, epochs, first_epoch, progress):
        super().__init__()
        self.steps, self.epochs = steps, epochs
        self.epoch, self.looked_at, self.shown = first_epoch, 0, {}
        self.bar = Bar(
            *("train", steps * epochs, "step"),
            initial=steps * first_epoch,
            shown=progress,
        )

    def on_epoch_begin(self, epoch, logs=None):
        """Remembers the epoch."""
        self.epoch, self.looked_at = epoch, 0
        self.shown["epoch"] = f"{epoch + 1}/{self.epochs}"
        self.bar.set_postfix(self.shown, refresh=False)

    def on_train_batch_begin(self, batch, logs=None):
        """Moves the bar; looks at the figures every 20 steps."""
        if batch - self.looked_at >= _LOOK_EVERY:
            self.looked_at = batch
            self._look(self.model.get_metrics_result(), batch)
        self._move_to(batch)

    def on_epoch_end(self, epoch, logs=None):
        """Looks at the epoch's figures and the validation's."""
        self._look(logs or {}, self.steps)
        self._move_to(self.steps)

    def on_train_end(self, logs=None):
        """Closes the bar."""
        self.bar.close()

    def _move_to(self, step):
        self.bar.update(self.epoch * self.steps + step - self.bar.n)

    def _look(self, figures, step):
        loss = float(figures.get("loss", 0.0))
        if not math.isfinite(loss):
            raise UserError(
                f"Training diverged: the loss is {loss} at step {step} of epoch "
                f"{self.epoch}. Lower --learning_rate (it is "
                f"{self._learning_rate():.2g} there) or use --normalization=softmax; "
                "the last good checkpoint is kept."
            )
        names = {"pose_mpjpe_mm": "MPJPE mm", "val_pose_mpjpe_mm": "validation mm"}
        for name, title in names.items():
            if name in figures:
                self.shown[title] = f"{float(figures[name]):.1f}"
        self.bar.set_postfix(self.shown, refresh=False)

    def _learning_rate(self):
        rate = self.model.optimizer.learning_rate
        if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
            rate = rate(self.model.optimizer.iterations)  # TensorFlow Addons.
        return float(tf.convert_to_tensor(rate))


class History(keras.callbacks.Callback):
    """Appends each epoch's figures to `history.csv`.

    Rows of `first_epoch` and later ones, left by a run that was killed before its
    checkpoint, are dropped.
    """

    def __init__(self, path, first_epoch):
        super().__init__()
        self.path = pathlib.Path(path)
        rows = epoch_history.read(self.path) if first_epoch else []
        self.rows = [row for row in rows if row["epoch"] < first_epoch]

    def on_epoch_end(self, epoch, logs=None):
        """Writes the file anew with one more row."""
        row = {"epoch": epoch, **{name: float(v) for name, v in (logs or {}).items()}}
        self.rows.append(row)
        with replacing(self.path) as beside, open(beside, "w", newline="") as file:
            writer = csv.DictWriter(file, list(row), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self.rows)


class Checkpoints(keras.callbacks.Callback):
    """Saves a compiled model's weights, optimiser and epoch; restores the last.

    `averaged` are further variables, `WeightAverage.variables`. UserError where the
    folder's file `checkpoint` names others than the folder's own.
    """

    def __init__(self, folder, model, restore_from, averaged=()):
        super().__init__()
        self.restore_from = pathlib.Path(restore_from)
        self.epochs_done = tf.Variable(0, dtype=tf.int64, trainable=False)
        optimizer, more = model.optimizer, {}
        # Keras 2 does not count float16's loss scale among the variables.
        if hasattr(optimizer, "_loss_scale"):
            more["loss_scale"] = optimizer._loss_scale
        if averaged:
            more["averaged"] = list(averaged)
        if optimizers.build(optimizer, model):
            optimizer = _variables(optimizer)
        _check_names(folder)
        # Variables one by one: Keras 3 does not list a batch norm's moving
        # statistics among what a checkpoint of the model would hold. (Older
        # optimisers make their variables later, and are tracked as they are.)
        self.manager = tf.train.CheckpointManager(
            tf.train.Checkpoint(
                model=_variables(model),
                optimizer=optimizer,
                epochs_done=self.epochs_done,
                **more,
            ),
            str(folder),
            max_to_keep=2,
        )

    def newest(self) -> str | None:
        """Returns the name of the newest checkpoint to restore from."""
        path = tf.train.latest_checkpoint(str(self.restore_from))
        return path and pathlib.Path(path).name

    def restore(self) -> int:
        """Restores the newest checkpoint; returns the number of epochs done."""
        name = self.newest()
        if name:
            restored = self.manager.checkpoint.restore(str(self.restore_from / name))
            restored.assert_existing_objects_matched()
        self._remove_unfinished()
        return int(self.epochs_done.numpy())

    def _remove_unfinished(self):
        """Removes what a process left that was killed while it saved."""
        folder = pathlib.Path(self.manager.directory)
        kept = [pathlib.Path(path).name for path in self.manager.checkpoints]
        if folder.is_symlink():
            return
        for path in folder.glob("*"):
            if _UNFINISHED.match(path.name) and path.stem not in kept:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def on_epoch_end(self, epoch, logs=None):
        """Saves."""
        self.epochs_done.assign(epoch + 1)
        try:
            self.manager.save(checkpoint_number=epoch + 1)
        except Exception:
            self._remove_unfinished()
            raise


def _check_names(folder):
    # TensorFlow deletes the older ones of those that the file names, wherever they are.
    state = tf.train.get_checkpoint_state(str(folder))
    for path in state.all_model_checkpoint_paths if state else ():
        name = os.path.relpath(path, folder)
        if pathlib.Path(path).parent.resolve() != pathlib.Path(folder).resolve():
            raise UserError(
                f"{folder}: its file `checkpoint` names {name:.80}, which lies in "
                "another folder. Remove the folder, or name another --workdir."
            )


def _variables(owner):
    return [v if isinstance(v, tf.Variable) else v.value for v in owner.variables]
