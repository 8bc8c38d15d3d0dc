"""Whether XLA compiles a training's steps: decided here, and nowhere else."""

from __future__ import annotations

import sys

import tensorflow as tf

from dgnet_tf.config.config import Config
from dgnet_tf.errors import UserError

# So many steps save what compiling costs; see "Speed" in DECISIONS.md.
LEAST_STEPS = 200


def compiles(config: Config, steps: int, announce: bool = False) -> bool:
    """Returns whether XLA compiles the training step.

    "auto" asks for XLA where compiling pays. It looks at the steps of the whole
    training, not at those that are left of a resumed one: compiled steps round in
    another way, and a resumed training must end with the weights of an unbroken one.

    Args:
        config: its `jit_compile` and `strategy`.
        steps: of the whole training.
        announce: print one line on standard error where "auto" decides.

    Raises:
        UserError: if XLA is asked for under a strategy.
    """
    if config.strategy != "none":
        if config.jit_compile == "on":
            raise UserError(
                f"--jit_compile=on with --strategy={config.strategy}: TensorFlow's "
                "strategies fail with XLA. Leave --jit_compile out."
            )
        return False
    if config.jit_compile != "auto":
        return config.jit_compile == "on"
    chosen = pays(steps)
    if announce and chosen:
        text = "XLA compiles the training step first; --jit_compile=off does without."
        print(text, file=sys.stderr)
    elif announce and _is_faster():
        text = (
            f"XLA is left out: below {LEAST_STEPS} steps compiling takes longer than "
            f"it saves, and this training has {steps}; --jit_compile=on compiles."
        )
        print(text, file=sys.stderr)
    return chosen


def keep_validation_plain(model, steps: int):
    """Leaves XLA out of a compiled model's validation where it would not pay.

    Keras makes one choice for training and validation. `steps` are those of the
    validation, over all epochs.
    """
    if model.jit_compile and not pays(steps):
        model.jit_compile = False
        model.make_test_function()
        model.jit_compile = True  # Keras 3 keeps the function, Keras 2 makes it anew.


def pays(steps: int) -> bool:
    """Returns whether so many steps take longer than compiling them saves."""
    return _is_faster() and steps >= LEAST_STEPS


def _is_faster() -> bool:
    # Measured on two cores: slower than the plain graph with TensorFlow 2.15.
    return not tf.__version__.startswith("2.15")
