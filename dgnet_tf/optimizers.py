"""Optimisers by name."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.errors import UserError

keras = tf.keras


def make(name: str, learning_rate: float, decay: float, steps: int):
    """Returns an optimiser whose learning rate falls exponentially.

    Args:
        name: "adam" (paper Sec. IV-A); from TensorFlow Addons, "rectified_adam" or
            "stochastic_averaging" (Adam with stochastic weight averaging over the
            last quarter of training).
        learning_rate: at the start.
        decay: learning rate at the end over that at the start.
        steps: of the whole training.

    Raises:
        UserError: if the optimiser needs TensorFlow Addons and it is not there.
    """
    schedule = keras.optimizers.schedules.ExponentialDecay(
        learning_rate, decay_steps=steps, decay_rate=decay
    )
    if name == "adam":
        return keras.optimizers.Adam(schedule)
    try:
        import tensorflow_addons as tfa
    except ImportError as error:
        raise UserError(
            f"--optimizer={name} needs TensorFlow Addons, which is not installed with "
            f"TensorFlow {tf.__version__}. Install requirements-addons.txt into an "
            "environment of its own, or use --optimizer=adam."
        ) from error
    if name == "rectified_adam":
        return tfa.optimizers.RectifiedAdam(schedule)
    return tfa.optimizers.SWA(
        keras.optimizers.legacy.Adam(schedule),
        start_averaging=3 * steps // 4,
        average_period=max(1, steps // 200),
    )


def finish(optimizer, model):
    """Puts averaged weights, where the optimiser keeps them, into the model."""
    if hasattr(optimizer, "assign_average_vars"):
        optimizer.assign_average_vars(model.trainable_variables)
