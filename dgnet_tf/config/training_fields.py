"""The fields of the loss, the optimiser and the length of a training."""

from __future__ import annotations

import dataclasses
import functools

from dgnet_tf.config import config_field
from dgnet_tf.config.config_field import DGNETS

_optimizer = functools.partial(config_field.field, part="optimizer")


@dataclasses.dataclass(frozen=True)
class TrainingFields:
    """The fields of `fields.Config` after the network's."""

    # fmt: off
    velocity_loss_weight: float = _optimizer(
        0.0, "Weight of the squared error of the joints' movement from frame to frame, "
        "in the loss; 0 is the paper's.", least=0, most=1_000_000,
    )
    bone_loss_weight: float = _optimizer(
        0.0, "Weight of the squared error of the bones' lengths, in the loss; 0 is the "
        "paper's.", least=0, most=1_000_000,
    )
    neighbor_softness_decay: float = _optimizer(
        0.1, "tau of soft neighbours at the end of training over neighbor_softness.",
        above=0, most=1, architectures=DGNETS,
    )

    epochs: int = _optimizer(
        200, "Epochs of training; each sees each training frame about once.", least=1,
        most=1_000_000,
    )
    steps_per_epoch: int = _optimizer(
        0, "Steps of an epoch; 0: as many as the data give.", least=0, most=10**9,
    )
    batch_size: int = _optimizer(64, "Windows of a batch.", least=1, most=100_000)
    optimizer: str = _optimizer(
        "adam", "Optimizer; all but adam need requirements-addons.txt.",
        choices=("adam", "rectified_adam", "stochastic_averaging"),
    )
    learning_rate: float = _optimizer(
        1e-3, "Learning rate at the start.", above=0, most=1000
    )
    learning_rate_decay: float = _optimizer(
        0.01, "Learning rate at the end of training over that at its start.", above=0,
        most=1000,
    )
    learning_rate_schedule: str = _optimizer(
        "exponential", "How the learning rate falls.", choices=("exponential", "cosine")
    )
    warmup_steps: int = _optimizer(
        0, "Steps in which the learning rate first rises from zero.", least=0,
        most=10**9,
    )
    weight_decay: float = _optimizer(
        0.0, "Decoupled weight decay of kernels (AdamW); adam alone has it.", least=0,
        most=1000,
    )
    weight_average: float = _optimizer(
        0.0, "Decay of a moving average of all weights, which is validated and saved "
        "instead of them, 0.999 for example; 0: no average.", least=0, most=0.99999,
    )
    # fmt: on
