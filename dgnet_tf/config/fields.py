"""The fields of the training configuration, with what is known of each.

Those of the network, of training and of augmentation stand in modules of their own.
"""

from __future__ import annotations

import dataclasses
import functools

from dgnet_tf.config import config_field
from dgnet_tf.config.augmentation_fields import AugmentationFields
from dgnet_tf.config.network_fields import NetworkFields
from dgnet_tf.config.training_fields import TrainingFields

# The network's are arguments of its class.
NETWORK, DATA, AUGMENTATION, OPTIMIZER, EXECUTION, INFERENCE = config_field.PARTS
_optimizer = functools.partial(config_field.field, part=OPTIMIZER)
_execution = functools.partial(config_field.field, part=EXECUTION)
_inference = functools.partial(config_field.field, part=INFERENCE)


# A dataclass takes its bases' fields from the last base to the first.
@dataclasses.dataclass(frozen=True)
class Config(AugmentationFields, TrainingFields, NetworkFields):
    """What a run is trained with; every field is a flag of the same name.

    The network's fields are arguments of its class. Networks other than DG-Net take
    some of them, under sizes of their own: see `network_sizes`.
    """

    # Default, meaning, then what is allowed and where it has an effect.
    # fmt: off
    seed: int = _optimizer(
        0, "Seed of initial weights, random connections, order of windows and "
        "augmentation.", least=0, most=2**32 - 1,
    )
    weights: str = _optimizer(
        "", "Trained weights to start from: a name that the package ships, or a folder "
        "made by save_preset; they bring the network's fields. Empty: random ones.",
    )

    jit_compile: str = _execution(
        "auto", "Compile the training step with XLA; auto: if the training has 200 "
        "steps, which save what compiling costs, on one device of the default stack.",
        choices=("auto", "on", "off"),
    )
    precision: str = _execution(
        "float32", "Number format of the network's products; mixed_bfloat16 is faster "
        "where the processor has it.",
        choices=("float32", "mixed_float16", "mixed_bfloat16"),
    )
    strategy: str = _execution(
        "none", "Devices to train on: one, all GPUs of the machine (mirrored), or the "
        "machines that TF_CONFIG lists (multi_worker, which needs Keras 2, see "
        "docs/distributed.md).", choices=("none", "mirrored", "multi_worker"),
    )

    overlap: str = _inference(
        "mean", "How overlapping windows become one pose for each frame: a frame is in "
        "one window (once), in one and not at its ends (interior), in the middle of "
        "its own (center), or the mean of all (mean).",
        choices=("once", "center", "mean", "interior"),
    )
    keypoint_smoothing: int = _inference(
        0, "Frames on either side of each that a parabola is fitted to, in the "
        "keypoints before they are lifted; 0 lifts them as they are.", least=0, most=25,
    )
    position_smoothing: int = _inference(
        0, "Frames on either side of each that a parabola is fitted to, in the poses "
        "after they are lifted; 0 leaves them as they are.", least=0, most=25,
    )
    # fmt: on


FIELDS: dict[str, config_field.ConfigField] = {
    found.name: dataclasses.replace(found.metadata["known"], name=found.name)
    for found in dataclasses.fields(Config)
}


def names(part: str, architecture: str | None = None) -> list[str]:
    """Returns the fields of a part, those alone that have an effect on a network."""
    return [
        name
        for name, known in FIELDS.items()
        if known.part == part and architecture in (None, *known.architectures)
    ]
