"""The command `dgnet`: the package's commands under one name.

`dgnet lift --keypoints=...` is `python -m dgnet_tf.lift --keypoints=...`, and so on for
each module that is a command. What takes its time is imported by the one that is asked
for.
"""

from __future__ import annotations

import copy
import difflib
import importlib.util
import sys

from absl import flags

from dgnet_tf import __version__, command_line
from dgnet_tf.errors import UserError, shortened

GROUPS = {
    "Poses from keypoints": ("lift", "replay"),
    "Training": ("train", "save_preset"),
    "Scores": ("evaluate", "compare", "html_report", "paper"),
    "Models for elsewhere": ("export",),
}
COMMANDS = tuple(name for names in GROUPS.values() for name in names)
# What the wheel leaves out.
REPOSITORY = {
    "preprocessing": ("archive", "convert", "demo", "inspect", "join"),
    "tuning": ("run_ablations", "search"),
    "benchmarks": ("run",),
}


def main(argv=None):
    """Runs the command that the process's arguments, or `argv`, name."""
    if argv is None:
        command_line.prepare()
    program, *arguments = sys.argv if argv is None else argv
    if arguments[:1] == ["help"]:  # As in `dgnet help lift`.
        arguments = [*arguments[1:2], "--help"]
    name = arguments[0].replace("-", "_") if arguments else ""
    if name in COMMANDS:
        command = importlib.import_module(f"dgnet_tf.{name}")
        description = command.__doc__.replace("python -m dgnet_tf.", "dgnet ")
        # A copy, for another call in the same process.
        values = copy.deepcopy(command.FLAGS)
        argv = [f"dgnet {name}", *arguments[1:]]
        command_line.run(command.main, values, description, argv)
    else:
        # Without flags of its own, and behind the same guards as any command.
        command_line.run(
            lambda _: _answer(arguments), flags.FlagValues(), "", [program]
        )


def _answer(arguments):
    """Prints what `dgnet` says where no command of its own is named."""
    if arguments in ([], ["--help"], ["-h"]):
        print(_listing())
    elif arguments == ["--version"]:
        print(f"dgnet {__version__}")
    elif arguments[0].startswith("-"):
        raise UserError(
            f"{shortened(arguments[0])} comes before any command. Give the command "
            "first, as in `dgnet lift --keypoints=...`; `dgnet --help` lists them."
        )
    else:
        raise UserError(_unknown(arguments[0]))


def _listing() -> str:
    lines = ["dgnet COMMAND --FLAG=VALUE ..."]
    for title, names in GROUPS.items():
        lines += ["", f"{title}:"]
        lines += [f"  {name:<12} {_summary(name)}" for name in names]
    return "\n".join(
        [
            *lines,
            "",
            "`dgnet COMMAND --help` gives a command's flags, `dgnet --version` the "
            "version.",
            "Converting data sets and searching are commands of the repository, which "
            "the wheel",
            "does not hold: `python -m preprocessing.convert`, `python -m "
            "tuning.search`, ...",
        ]
    )


def _summary(name) -> str:
    """Returns the first line of a command's docstring, without importing it."""
    spec = importlib.util.find_spec(f"dgnet_tf.{name}")
    return spec.loader.get_source(spec.name).partition("\n")[0].strip('"')


def _unknown(asked) -> str:
    name = asked.replace("-", "_")
    for package, names in REPOSITORY.items():
        if name in names:
            return (
                f"{name} is no command of the package but of the repository: run "
                f"`python -m {package}.{name}` there."
            )
    near = difflib.get_close_matches(name, COMMANDS)
    advice = f"Did you mean {' or '.join(near)}? " if near else ""
    return f"Unknown command {shortened(asked)}. {advice}`dgnet --help` lists them."


if __name__ == "__main__":
    main()
