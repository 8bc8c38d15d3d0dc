"""Optimisers by name."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.errors import UserError

keras = tf.keras


def make(name: str, schedule, steps: int, weight_decay: float = 0.0):
    """Returns an optimiser with a learning rate from `learning_rates.make`.

    "adam" is the paper's (Sec. IV-A); TensorFlow Addons has "rectified_adam" and
    "stochastic_averaging" (Adam with stochastic weight averaging over the last quarter
    of the training's `steps`). Each step of Adam takes the share `weight_decay`, times
    the learning rate, off a weight.

    Raises:
        UserError: if the optimiser needs TensorFlow Addons and it is not there, or
            knows no weight decay.
    """
    if name == "adam":
        return keras.optimizers.Adam(schedule, weight_decay=weight_decay or None)
    if weight_decay:
        raise UserError(
            f"--weight_decay={weight_decay:g} with --optimizer={name}: only adam has "
            "weight decay. Leave one of them out."
        )
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


def build(optimizer, model) -> bool:
    """Makes an optimiser's variables, which Keras leaves to the first step.

    Returns whether it did: those of TensorFlow Addons make theirs in a step only.
    """
    if not hasattr(optimizer, "build"):
        return False
    optimizer.build(model.trainable_variables)
    return True


def finish(optimizer, model):
    """Puts averaged weights, where the optimiser keeps them, into the model."""
    if hasattr(optimizer, "assign_average_vars"):
        # A training that goes on after its last epoch has taken no step that would
        # have made the averages and read them from the checkpoint.
        optimizer._create_all_weights(model.trainable_variables)
        optimizer.assign_average_vars(model.trainable_variables)
