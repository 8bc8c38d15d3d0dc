"""Says which flag was meant where a command has none of the name that was given."""

from __future__ import annotations

import difflib

from absl import flags

from dgnet_tf.errors import UserError, shortened

_LONGEST = 50  # Characters of a flag.
# What commands call differently, because it is not quite the same in each: `lift
# --model` takes any file that lifts, `train --weights` is where a training starts,
# `train --workdir` where a run is written.
_RELATED = (
    {"model": "NAME", "weights": "NAME", "workdir": "RUN"},
    {"data": "DIR", "source": "PATH", "sources": "PATHS"},
    {"picture": "FILE", "figure": "FILE", "view": "FILE.html"},
)


def check_lengths(arguments: list[str]) -> None:
    """Refuses endless names: absl's search for one that is like them takes for ever."""
    for argument in arguments:
        name = argument.partition("=")[0]
        if name.startswith("-") and len(name) > _LONGEST:
            raise UserError(f"Unknown flag {shortened(name)}. See --help.")


def unknown(name: str, flag_values: flags.FlagValues) -> str:
    """Returns the message for a name that no flag of the command has.

    Flags that the command line gives already are not suggested.
    """
    free = [known for known in flag_values if not flag_values[known].present]
    for related in _RELATED:
        if name in related:
            meant = [f"{known}={related[known]}" for known in related if known in free]
            break
    else:
        meant = difflib.get_close_matches(name, free)
    advice = f"Did you mean --{' or --'.join(meant)}? " if meant else ""
    return f"Unknown flag {shortened(f'--{name}')}. {advice}See --help."
