"""The flags `--data` and `--split` of commands that read a converted data set."""

from __future__ import annotations

from absl import flags


def define_data(flag_values: flags.FlagValues, *, required: bool = True):
    """Defines `--data`."""
    flags.DEFINE_string(
        "data", None, "Folder of a converted data set.", flag_values, required=required
    )


def define_split(flag_values: flags.FlagValues, use: str = "score"):
    """Defines `--split`; `use` is what the command does with it, "score" or "draw"."""
    flags.DEFINE_enum(
        "split",
        "test",
        ["train", "validation", "test"],
        f"Split of the data set to {use}.",
        flag_values,
    )
