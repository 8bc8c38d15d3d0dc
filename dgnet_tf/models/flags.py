"""The flags `--workdir` and `--weights` of commands that use a trained network."""

from __future__ import annotations

from absl import flags


def define_network(flag_values: flags.FlagValues, use: str):
    """Defines both, of which one must be given; `use` is what for, as "score"."""
    flags.DEFINE_string("workdir", None, f"Folder of the run to {use}.", flag_values)
    flags.DEFINE_string(
        "weights",
        None,
        f"Trained weights to {use} instead: a name that the package ships, or a folder "
        "made by save_preset.",
        flag_values,
    )
    flags.mark_flags_as_mutual_exclusive(
        ["workdir", "weights"], required=True, flag_values=flag_values
    )
