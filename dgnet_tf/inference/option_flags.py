"""Flags of the inference options, shared by commands."""

from __future__ import annotations

from absl import flags

from dgnet_tf.inference import options


def define(flag_values: flags.FlagValues, command: str, condition: str = ""):
    """Defines the flags by which a command replaces a run's own options.

    Each help text begins with `condition`.
    """
    for name, option in options.OPTIONS.items():
        if command not in option["commands"]:
            continue
        known = option["known"]
        text = f"{condition}{known.meaning}"
        if known.kind is bool:
            flags.DEFINE_boolean(name, known.default, text, flag_values)
            continue
        text += " By default the run's."
        if known.choices:
            flags.DEFINE_enum(name, None, known.choices, text, flag_values)
        else:
            bounds = (known.least, known.most)
            flags.DEFINE_integer(name, None, text, *bounds, flag_values=flag_values)


def asked(flag_values: flags.FlagValues) -> dict:
    """Returns the options that the flags ask for, for `InferenceOptions.of`."""
    return {name: flag_values[name].value for name in names(flag_values)}


def names(flag_values: flags.FlagValues) -> list[str]:
    """Returns the options that a command has flags of."""
    return [name for name in options.NAMES if name in flag_values]
