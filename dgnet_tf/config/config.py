"""The training configuration: fields, presets, flags and files."""

from __future__ import annotations

import dataclasses
import json
import math
import pathlib

from absl import flags

from dgnet_tf.config import limits, network_sizes
from dgnet_tf.errors import UserError
from dgnet_tf.training import fine_tuning


@dataclasses.dataclass(frozen=True)
class Config:
    """What a run is trained with; every field is a flag of the same name.

    Fields of the model are DGNet's arguments and are explained there. Other networks
    take some of them, under sizes of their own: see `sizes`.
    """

    # Network: "dgnet", "baseline", the same with fixed graphs only, or a peer:
    # "martinez", "semgcn", "tcn" or "stgcn".
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
    # Rate of dropout; DG-Net has none.
    dropout: float = 0.0
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
    # Learning rate at the end of training over that at its start.
    learning_rate_decay: float = 0.01
    # How it falls: "exponential" or "cosine".
    learning_rate_schedule: str = "exponential"
    # Steps in which it first rises from zero.
    warmup_steps: int = 0
    # Share of each kernel, times the learning rate, that a step of Adam takes off.
    weight_decay: float = 0.0
    # Share that a step keeps of the moving average of all weights, which is validated
    # and saved instead of them, 0.999 for example; 0: no average.
    weight_average: float = 0.0
    # Mirror half of the training windows.
    flip: bool = True
    # Actions to train on: whole names, separated by commas, those that have a comma
    # in double quotes; empty for all.
    actions: str = ""
    # Share of the training windows that are filmed anew by a random camera, which
    # looks at the person from any side.
    random_cameras: float = 0.0
    # Greatest angle between such a camera's vertical and the own one's, degrees.
    random_camera_tilt: float = 10.0
    # Greatest relative difference between their focal lengths.
    random_camera_focal: float = 0.1
    # Greatest relative change of each bone's length, left and right alike, and of the
    # whole body's besides.
    body_scale: float = 0.0
    # Standard deviation of Gaussian noise on training keypoints, pixels.
    noise_px: float = 0.0
    # Its correlation from one frame to the next.
    noise_correlation: float = 0.0
    # Share of training keypoints that are outliers, and the standard deviation, in
    # pixels, of the noise that these get besides.
    outlier_share: float = 0.0
    outlier_px: float = 50.0
    # Share of training keypoints that are missing and filled as lifting fills them.
    missing_share: float = 0.0
    # Draw the stride of training windows from 1 to `frame_stride`.
    random_stride: bool = False
    seed: int = 0

    # Trained weights to start from: a name that the package ships, or a folder made by
    # save_preset; they bring the network's fields. Empty: from random ones.
    weights: str = ""

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
    # Frames on either side of each that a parabola is fitted to, in the keypoints
    # before they are lifted; 0: lifts them as they are.
    keypoint_smoothing: int = 0


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
    "architecture": tuple(network_sizes.IGNORED),
    "optimizer": ("adam", "rectified_adam", "stochastic_averaging"),
    "learning_rate_schedule": ("exponential", "cosine"),
    "jit_compile": ("auto", "on", "off"),
    "precision": PRECISIONS,
    "strategy": ("none", "mirrored", "multi_worker"),
    "overlap": ("once", "center", "mean"),
}
_FROM_DATA = ("skeleton", "fps")


def make(preset: str = "paper", **overrides) -> Config:
    """Returns a preset's configuration with some fields replaced.

    The override `architecture` brings the network's own sizes, which other overrides
    replace like the preset's.

    Raises:
        UserError: on an unknown preset or field, a wrong type, a value out of range
            or one that says nothing to the network; the message names the field and
            what is allowed.
    """
    if preset not in PRESETS:
        raise UserError(f"preset must be one of {sorted(PRESETS)}, got {preset!r}.")
    fields = {field.name: field for field in dataclasses.fields(Config)}
    architecture = overrides.get("architecture", Config.architecture)
    own = {}
    if architecture in _CHOICES["architecture"]:
        own = network_sizes.of(architecture, preset)
    # First, so that what follows may rely on its check.
    values = {"architecture": architecture, **PRESETS[preset], **own, **overrides}
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
        reason = limits.broken(name, value)
        if reason:
            raise UserError(
                f"Configuration field {name!r} must be {reason}, got {value!r}."
            )
        if (
            name in network_sizes.IGNORED[architecture]
            and value != fields[name].default
        ):
            raise UserError(
                f"Configuration field {name!r} says nothing to the architecture "
                f"{architecture!r}. Leave it out; got {value!r}."
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
        others = network_sizes.in_words(field.name)
        text = f"Configuration field; the paper preset has {field.default!r}{others}."
        if field.name in _CHOICES:
            text += f" One of {', '.join(_CHOICES[field.name])}."
        define[type(field.default)](field.name, None, text, flag_values=flag_values)


def flag_names() -> list[str]:
    """Returns the names of the fields that are flags."""
    names = [field.name for field in dataclasses.fields(Config)]
    return [name for name in names if name not in _FROM_DATA]


def from_flags(flag_values: flags.FlagValues, **more) -> Config:
    """Returns the configuration that the flags ask for.

    Args:
        flag_values: parsed.
        **more: fields that replace the flags'.
    """
    overrides = {
        name: flag_values[name].value
        for name in flag_names()
        if flag_values[name].value is not None
    }
    if flag_values.config:
        overrides = {**_read_fields(flag_values.config), **overrides}
    overrides |= more
    if overrides.get("weights"):
        overrides = fine_tuning.complete(overrides)
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
