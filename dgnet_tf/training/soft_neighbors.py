"""How soft neighbours harden in training: tau of DSG and DTG falls."""

from __future__ import annotations

import tensorflow as tf

keras = tf.keras


class Hardening(keras.callbacks.Callback):
    """Lets tau fall exponentially from its start to `decay` times that, in all `steps`.

    tau is a function of the step alone, so that a training that goes on where it was
    stopped has the one of an unbroken one. An epoch has `epoch_steps`. Must stand
    behind `WeightAverage`, which would leave an average of tau in the model.
    """

    def __init__(self, model, decay: float, epoch_steps: int, steps: int):
        super().__init__()
        self._layers = [
            layer
            for layer in model._flatten_layers()
            if getattr(layer, "tau", None) is not None
        ]
        self._decay, self._epoch_steps, self._steps = decay, epoch_steps, steps
        self._first = 0

    def on_epoch_begin(self, epoch, logs=None):
        """Counts the steps of the epochs before."""
        self._first = epoch * self._epoch_steps

    def on_train_batch_begin(self, batch, logs=None):
        """Sets the step's tau."""
        self._set((self._first + batch) / self._steps)

    def finish(self):
        """Sets the last tau."""
        self._set(1.0)

    def on_train_end(self, logs=None):
        """Leaves the last tau in the model."""
        self.finish()

    def _set(self, done):
        for layer in self._layers:
            layer.tau.assign(layer.softness * self._decay**done)
