"""An exponential moving average of the weights.

Late in training the weights wander around a point that is better than most of them;
their average over the last thousand steps or so is near it.
"""

from __future__ import annotations

import tensorflow as tf

keras = tf.keras

# Steps from one update to the next. One update at momentum^10 is what ten are, but for
# weights that turned back in between, and costs a tenth.
EVERY = 10


class WeightAverage(keras.callbacks.Callback):
    """Keeps the average; shows it to validation and leaves it in the model.

    The average of all floating-point weights, a batch norm's moving statistics among
    them, which would not fit averaged kernels otherwise. After n steps the momentum is
    (1 + n) / (10 + n) at most, so that the first weights are forgotten soon. Must
    stand before callbacks that save checkpoints, which hold `variables`. One step keeps
    the share `momentum` of the average, below 1; an epoch has `steps`.
    """

    def __init__(self, model, momentum: float, steps: int):
        super().__init__()
        if not 0 <= momentum < 1:
            raise ValueError(
                f"`momentum` must be at least 0 and below 1, got {momentum!r}."
            )
        self._steps = steps
        weights = [v if isinstance(v, tf.Variable) else v.value for v in model.weights]
        self._weights = [w for w in weights if w.dtype.is_floating]
        self._averages = [
            tf.Variable(tf.convert_to_tensor(w), trainable=False) for w in self._weights
        ]
        self._count = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._done = 0  # Steps of this epoch that the average has seen.

        @tf.function(autograph=False)
        def update(steps):
            seen = self._count.assign_add(steps)
            n = tf.cast(seen, tf.float32)
            kept = tf.minimum(momentum, (1.0 + n) / (10.0 + n))
            kept **= tf.cast(steps, tf.float32)
            for average, weight in zip(self._averages, self._weights, strict=True):
                average.assign(weight + kept * (average - weight))

        self._update = update

    @property
    def variables(self) -> list[tf.Variable]:
        """The averages and the number of steps seen, for a checkpoint."""
        return [*self._averages, self._count]

    def finish(self):
        """Puts the averages into the model."""
        for weight, average in zip(self._weights, self._averages, strict=True):
            weight.assign(average)

    def on_epoch_begin(self, epoch, logs=None):
        """Begins to count the epoch's steps."""
        self._done = 0

    def on_train_batch_begin(self, batch, logs=None):
        """Updates the average every `EVERY` steps."""
        if batch - self._done >= EVERY:
            self._catch_up(batch)

    def on_test_begin(self, logs=None):
        """Shows the averages to validation."""
        self._catch_up(self._steps)
        self._swap()

    def on_test_end(self, logs=None):
        """Gives training its own weights back."""
        self._swap()

    def on_epoch_end(self, epoch, logs=None):
        """Takes in the epoch's last steps, where there is no validation."""
        self._catch_up(self._steps)

    def on_train_end(self, logs=None):
        """Leaves the averages in the model."""
        self.finish()

    def _catch_up(self, step):
        if step > self._done:
            self._update(tf.constant(step - self._done, tf.int64))
            self._done = step

    def _swap(self):
        for weight, average in zip(self._weights, self._averages, strict=True):
            own = tf.identity(weight)
            weight.assign(average)
            average.assign(own)
