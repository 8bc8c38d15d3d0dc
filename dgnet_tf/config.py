"""The training configuration: fields, presets, flags and files."""

from __future__ import annotations

import dataclasses
import json
import math
import pathlib

from absl import flags

from dgnet_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class Config:
    """What a run is trained with; every field is a flag of the same name.

    Fields of the model are DGNet's arguments and are explained there.
    """

    # Network: "dgnet", or "baseline", the same with fixed graphs only.
    architecture: str = "dgnet"
    # Skeleton and frame rate; empty and zero until filled from the data set.
    skeleton: str = ""
    fps: float = 0.0
    frames: int = 4
    # Distance in time, in frames, between neighbouring frames of a window.
    frame_stride: int = 1
    blocks: int = 5
    channels: int = 128
    spatial_neighbors: int = 3
    temporal_neighbors: int = 4
    connection: str = "dynamic"
    weighting: str = "fc"
    score_activation: str = "leaky_relu"
    normalization: str = "softmax"
    spatial_unit: str = "fsg,dsg"
    temporal_unit: str = "ftg,dtg,ftg"
    semantic: bool = True
    non_local: bool = True
    joint_embedding: bool = True
    residual_gamma: float = 0.2
    head_scale: float = 0.1
    # Lambda of Eq. 17.
    block_loss_weight: float = 0.1

    # Training. An epoch sees each training frame about once.
    epochs: int = 200
    # Steps of an epoch; 0: as many as the data gives.
    steps_per_epoch: int = 0
    batch_size: int = 64
    # "adam"; with requirements-addons.txt also "rectified_adam" and
    # "stochastic_averaging".
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    # Learning rate at the end of training over that at its start; exponential.
    learning_rate_decay: float = 0.01
    # Mirror half of the training windows.
    flip: bool = True
    # Actions to train on: whole names, separated by commas, those that have a comma
    # in double quotes; empty for all.
    actions: str = ""
    # Standard deviation of Gaussian noise on training keypoints, pixels.
    noise_px: float = 0.0
    seed: int = 0

    # Execution.
    # XLA: "auto" (where it was measured to help), "on" or "off".
    jit_compile: str = "auto"
    # "float32", "mixed_float16" or "mixed_bfloat16".
    precision: str = "float32"
    # "none", "mirrored" (all GPUs of the machine) or, with requirements-addons.txt,
    # "multi_worker" (the machines that TF_CONFIG lists).
    strategy: str = "none"

    # Inference: how overlapping windows become one pose for each frame, "once",
    # "center" or "mean".
    overlap: str = "mean"


PRESETS = {
    # The paper's sizes and schedule (Sec. IV-A).
    "paper": {},
    # One training of about five minutes on two cores.
    "small": {
        "channels": 64,
        "blocks": 3,
        "epochs": 10,
        "steps_per_epoch": 200,
        "learning_rate": 3e-3,
    },
    # A few steps, to see that everything runs.
    "smoke": {
        "channels": 16,
        "blocks": 2,
        "epochs": 2,
        "steps_per_epoch": 3,
        "batch_size": 8,
        "jit_compile": "off",
    },
}

PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
_CHOICES = {
    "architecture": ("dgnet", "baseline"),
    "optimizer": ("adam", "rectified_adam", "stochastic_averaging"),
    "jit_compile": ("auto", "on", "off"),
    "precision": PRECISIONS,
    "strategy": ("none", "mirrored", "multi_worker"),
    "overlap": ("once", "center", "mean"),
}
_MINIMA = {
    "frames": 1,
    "frame_stride": 1,
    "blocks": 1,
    "channels": 1,
    "spatial_neighbors": 1,
    "temporal_neighbors": 1,
    "epochs": 1,
    "steps_per_epoch": 0,
    "batch_size": 1,
    "noise_px": 0.0,
    "block_loss_weight": 0.0,
    "seed": 0,
}
_ABOVE_ZERO = ("learning_rate", "learning_rate_decay", "head_scale")
_FROM_DATA = ("skeleton", "fps")


def make(preset: str = "paper", **overrides) -> Config:
    """Returns a preset's configuration with some fields replaced.

    Raises:
        UserError: on an unknown preset or field, a wrong type or a value out of
            range; the message names the field and what is allowed.
    """
    if preset not in PRESETS:
        raise UserError(f"preset must be one of {sorted(PRESETS)}, got {preset!r}.")
    fields = {field.name: field for field in dataclasses.fields(Config)}
    values = {**PRESETS[preset], **overrides}
    for name, value in values.items():
        if name not in fields:
            raise UserError(
                f"Unknown configuration field {name!r}; there are {sorted(fields)}."
            )
        wanted = type(fields[name].default)
        if wanted is float and type(value) is int:
            values[name] = float(value)
        elif type(value) is not wanted:
            raise UserError(
                f"Configuration field {name!r} must be of type {wanted.__name__}, "
                f"got {value!r}."
            )
        if wanted is float and not math.isfinite(value):
            raise UserError(
                f"Configuration field {name!r} must be finite, got {value!r}."
            )
        if name in _CHOICES and value not in _CHOICES[name]:
            raise UserError(
                f"Configuration field {name!r} must be one of "
                f"{list(_CHOICES[name])}, got {value!r}."
            )
        if name in _MINIMA and not value >= _MINIMA[name]:
            raise UserError(
                f"Configuration field {name!r} must be at least {_MINIMA[name]}, "
                f"got {value!r}."
            )
        if name in _ABOVE_ZERO and not value > 0:
            raise UserError(
                f"Configuration field {name!r} must be above 0, got {value!r}."
            )
    return Config(**values)


def define_flags(flag_values: flags.FlagValues):
    """Defines `--preset` and a flag for each field, unset by default."""
    flags.DEFINE_enum(
        "preset", "paper", sorted(PRESETS), "Sizes and budget.", flag_values=flag_values
    )
    flags.DEFINE_string(
        "config",
        None,
        "JSON file of configuration fields; they replace the preset's, and flags "
        "replace them.",
        flag_values=flag_values,
    )
    define = {
        bool: flags.DEFINE_boolean,
        int: flags.DEFINE_integer,
        float: flags.DEFINE_float,
        str: flags.DEFINE_string,
    }
    for field in dataclasses.fields(Config):
        if field.name in _FROM_DATA:
            continue
        text = f"Configuration field; the paper preset has {field.default!r}."
        if field.name in _CHOICES:
            text += f" One of {', '.join(_CHOICES[field.name])}."
        define[type(field.default)](field.name, None, text, flag_values=flag_values)


def flag_names() -> list[str]:
    """Returns the names of the fields that are flags."""
    names = [field.name for field in dataclasses.fields(Config)]
    return [name for name in names if name not in _FROM_DATA]


def from_flags(flag_values: flags.FlagValues) -> Config:
    """Returns the configuration that the flags ask for."""
    overrides = {
        name: flag_values[name].value
        for name in flag_names()
        if flag_values[name].value is not None
    }
    if flag_values.config:
        overrides = {**_read_fields(flag_values.config), **overrides}
    return make(flag_values.preset, **overrides)


def _read_fields(path) -> dict:
    """Reads configuration fields; what comes from the data set is left to it."""
    try:
        content = json.loads(pathlib.Path(path).read_text())
        if not isinstance(content, dict):
            raise UserError("must hold an object of fields")
        make("paper", **content)
    except (ValueError, UserError) as error:
        raise UserError(f"{path}: not configuration fields: {error}") from error
    return {name: v for name, v in content.items() if name not in _FROM_DATA}


def dumps(config: Config) -> str:
    """Serialises a configuration."""
    return json.dumps(dataclasses.asdict(config), indent=2) + "\n"


def read(path) -> Config:
    """Reads a `config.json`.

    Raises:
        UserError: if it is missing or not a configuration.
    """
    path = pathlib.Path(path)
    try:
        content = json.loads(path.read_text())
        return make("paper", **content)
    except FileNotFoundError:
        raise UserError(
            f"{path}: not found. Name the folder of a run made by "
            "`python -m dgnet_tf.train`."
        ) from None
    except (ValueError, TypeError, UserError) as error:
        raise UserError(f"{path}: not a configuration: {error}") from error
