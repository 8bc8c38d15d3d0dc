"""Learning rate schedules by name."""

from __future__ import annotations

import tensorflow as tf

keras = tf.keras

SCHEDULES = ("exponential", "cosine")


def make(name: str, rate: float, decay: float, steps: int, warmup_steps: int = 0):
    """Returns the learning rate as a Keras schedule; ValueError for an unknown name.

    From `rate` it falls to `rate` * `decay` over all `steps` of the training:
    "exponential" by the same share in each step, "cosine" stays high longer and falls
    late. The first `warmup_steps` get (step + 1) / `warmup_steps` of the schedule's.
    """
    schedules = keras.optimizers.schedules
    if name == "exponential":
        schedule = schedules.ExponentialDecay(rate, steps, decay)
    elif name == "cosine":
        schedule = schedules.CosineDecay(rate, steps, alpha=decay)
    else:
        raise ValueError(f"`name` must be one of {SCHEDULES}, got {name!r}.")
    return Warmup(schedule, warmup_steps) if warmup_steps else schedule


@keras.utils.register_keras_serializable(package="dgnet_tf")
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule whose first steps rise linearly from zero.

    Args:
        schedule: what they rise to.
        steps: number of such steps.
    """

    def __init__(self, schedule, steps: int):
        super().__init__()
        self.schedule, self.steps = schedule, steps

    def __call__(self, step):
        """Returns the learning rate of a step, counted from 0."""
        share = (tf.cast(step, tf.float32) + 1.0) / float(self.steps)
        return self.schedule(step) * tf.minimum(share, 1.0)

    def get_config(self):
        """Returns the constructor's arguments."""
        schedule = keras.optimizers.schedules.serialize(self.schedule)
        return {"schedule": schedule, "steps": self.steps}

    @classmethod
    def from_config(cls, config):
        """Builds the schedule from `get_config`'s dict."""
        schedule = keras.optimizers.schedules.deserialize(config["schedule"])
        return cls(schedule, config["steps"])
