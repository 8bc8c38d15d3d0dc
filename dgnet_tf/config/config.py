"""Configurations: presets, checks and files."""

from __future__ import annotations

import dataclasses
import math

from dgnet_tf.config import network_sizes
from dgnet_tf.config.fields import FIELDS, Config
from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents

_KIND = json_documents.JsonKind(
    "a configuration", "Name the folder of a run made by `python -m dgnet_tf.train`."
)

PRESETS = {
    # The paper's sizes and schedule (Sec. IV-A).
    "paper": {},
    # One training of about five minutes on two cores.
    "small": {"channels": 64, "blocks": 3, "epochs": 10, "steps_per_epoch": 200,
              "learning_rate": 3e-3},
    # A few steps, to see that everything runs.
    "smoke": {"channels": 16, "blocks": 2, "epochs": 2, "steps_per_epoch": 3,
              "batch_size": 8, "jit_compile": "off"},
}  # fmt: skip


def make(preset: str = "paper", **overrides) -> Config:
    """Returns a preset's configuration with some fields replaced.

    The override `architecture` brings the network's own sizes, which other overrides
    replace like the preset's.

    Raises:
        UserError: on an unknown preset or field, a wrong type, a value out of range
            or one that has no effect with the network; the message names the field
            and what is allowed.
    """
    if preset not in PRESETS:
        raise UserError(f"preset must be one of {sorted(PRESETS)}, got {preset!r}.")
    architecture = overrides.get("architecture", Config.architecture)
    _check("architecture", architecture, architecture)
    own = network_sizes.of(architecture, preset)
    values = {**PRESETS[preset], **own, **overrides}
    return Config(**{name: _check(name, v, architecture) for name, v in values.items()})


def _check(name, value, architecture):
    """Returns a field's value, a fraction where it must be one."""
    if name not in FIELDS:
        known = sorted(FIELDS)
        raise UserError(f"Unknown configuration field {name!r}; there are {known}.")
    field, rule = FIELDS[name], None
    if field.kind is float and type(value) is int:
        value = float(value)
    if type(value) is not field.kind:
        rule = f"of type {field.kind.__name__}"
    elif field.kind is float and not math.isfinite(value):
        rule = "finite"
    elif not field.admits(value):
        rule = field.allowed
    if rule:
        raise UserError(f"Configuration field {name!r} must be {rule}, got {value!r}.")
    if architecture not in field.architectures and value != field.default:
        raise UserError(
            f"Configuration field {name!r} has no effect with the architecture "
            f"{architecture!r}. Leave it out; got {value!r}."
        )
    return value


def dumps(config: Config) -> str:
    """Serialises a configuration."""
    return json_documents.dumps(dataclasses.asdict(config))


def read(path) -> Config:
    """Reads a `config.json`; a UserError if it is missing or no configuration."""
    content = _KIND.read(path)
    with _KIND.building(path):
        return make("paper", **content)
