"""The configuration's flags: their definition, and what was asked for by them."""

from __future__ import annotations

from absl import flags

from dgnet_tf.config import config, network_sizes
from dgnet_tf.config.config_field import ARCHITECTURES, ConfigField
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.files.json_documents import JsonKind

NAMES = tuple(name for name, field in FIELDS.items() if not field.from_data)
_KIND = JsonKind(
    "configuration fields", "Name a file such as a run's config.json with --config."
)
_DEFINE = {
    bool: flags.DEFINE_boolean,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    str: flags.DEFINE_string,
}


def define(flag_values: flags.FlagValues):
    """Defines `--preset`, `--config` and a flag for each field, unset by default."""
    flags.DEFINE_enum(
        "preset", "paper", sorted(config.PRESETS), "Sizes and length of training: as "
        "in the paper, for minutes on two cores, or for a few steps. --config and "
        "flags replace its values.", flag_values,
    )  # fmt: skip
    flags.DEFINE_string(
        "config", None, "JSON file of configuration fields; they replace the preset's, "
        "and flags replace them.", flag_values,
    )  # fmt: skip
    for name in NAMES:
        field = FIELDS[name]
        text = f"{_meaning(field)} The paper preset has {_default(field)}."
        _DEFINE[field.kind](name, None, text, flag_values=flag_values)


def fields(flag_values: flags.FlagValues) -> dict:
    """Returns the fields that were given as flags, and those alone."""
    given = {name: flag_values[name].value for name in NAMES}
    return {name: value for name, value in given.items() if value is not None}


def asked(flag_values: flags.FlagValues) -> dict:
    """Returns the fields that were asked for, by flags or by the file of `--config`.

    What comes from the data set is left to it. A UserError refuses a bad file.
    """
    path, content = flag_values.config, {}
    if path:
        content = _KIND.read(path)
        with _KIND.building(path):
            config.make("paper", **content)
    of_file = {name: value for name, value in content.items() if name in NAMES}
    return {**of_file, **fields(flag_values)}


def _meaning(field: ConfigField) -> str:
    """Returns a field's meaning with its range, and the networks that have it."""
    found = [field.meaning]
    if field.choices:
        found.append(f"One of {', '.join(field.choices)}.")
    elif field.allowed:
        found.append(f"{field.allowed.capitalize()}.")
    if field.architectures != ARCHITECTURES:
        found.append(f"Only for {', '.join(field.architectures)}.")
    return " ".join(found)


def _default(field: ConfigField) -> str:
    """Returns "4 (martinez 1, ...)": DG-Net's value and those that are not its."""
    sizes = network_sizes.PUBLISHED.items()
    others = [f"{of} {own[field.name]}" for of, own in sizes if field.name in own]
    return f"{field.default!r} ({', '.join(others)})" if others else repr(field.default)
