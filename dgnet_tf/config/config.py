"""Configurations: presets, checks and files."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Annotated, Any

import pydantic

from dgnet_tf.config import network_sizes
from dgnet_tf.config.fields import FIELDS, Config
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import json_documents, schemas

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


def make(preset: str = "paper", /, **overrides: Any) -> Config:
    """Returns a preset's configuration with some fields replaced.

    The override `architecture` brings the network's own sizes, which other overrides
    replace like the preset's.

    Raises:
        UserError: on an unknown preset or field, a wrong type, a value out of range
            or one that has no effect with the network; the message names the field
            and what is allowed.
    """
    if preset not in PRESETS:
        raise UserError(
            f"preset must be one of {sorted(PRESETS)}, got {shortened(preset)}."
        )
    architecture = overrides.get("architecture", Config.architecture)
    _check("architecture", architecture, architecture)
    own = network_sizes.of(architecture, preset)
    values = {**PRESETS[preset], **own, **overrides}
    return Config(**{name: _check(name, v, architecture) for name, v in values.items()})


def _check(name, value, architecture):
    """Returns a field's value, a fraction where it must be one."""
    if name not in FIELDS:
        known = sorted(FIELDS)
        raise UserError(
            f"Unknown configuration field {shortened(name)}; there are {known}."
        )
    field, found = FIELDS[name], shortened(value)
    whole = field.kind is float and type(value) is int
    rule = ""
    if type(value) is not field.kind and not whole:
        rule = f"of type {field.kind.__name__}"
    elif not field.admits(value):
        rule = field.allowed
    if rule:
        raise UserError(f"Configuration field {name!r} must be {rule}, got {found}.")
    if architecture not in field.architectures and value != field.default:
        raise UserError(
            f"Configuration field {name!r} has no effect with the architecture "
            f"{shortened(architecture)}. Leave it out; got {found}."
        )
    return float(value) if whole else value


def dumps(config: Config) -> str:
    """Serialises a configuration."""
    return json_documents.dumps(dataclasses.asdict(config))


def completed(content: dict) -> dict:
    """Returns fields that a file holds with the defaults of those that it lacks."""
    return {**dataclasses.asdict(Config()), **content}


def schema(*needed: str) -> Any:
    """Returns the schema of an object of configuration fields.

    `needed` must be there, and filled where the data set fills them. Fields that this
    version does not have are passed over.
    """

    def check(content):
        architecture = content.get("architecture", Config.architecture)
        try:
            _check("architecture", architecture, architecture)
            for name in sorted(content.keys() & FIELDS.keys()):
                _check(name, content[name], architecture)
        except UserError as error:
            raise ValueError(str(error).removesuffix(".")) from None
        for name in needed:
            if name not in content or (FIELDS[name].from_data and not content[name]):
                raise ValueError(f"has no field {name!r}, or an empty one")
        return content

    return Annotated[schemas.Object, pydantic.AfterValidator(check)]


_KIND = json_documents.JsonKind(
    "a configuration",
    "Name the folder of a run made by `python -m dgnet_tf.train`.",
    schema=schema(),
)


def read(path: str | pathlib.Path) -> Config:
    """Reads a `config.json`; a UserError if it is missing or damaged."""
    content = _KIND.read(path)
    with _KIND.building(path):
        return make("paper", **content)


def check_filled(config: Config) -> None:
    """Raises UserError where what the data set fills is empty, as it is in no run."""
    for name, field in FIELDS.items():
        if field.from_data and not getattr(config, name):
            raise UserError(f"Configuration field {name!r} is missing or empty.")
