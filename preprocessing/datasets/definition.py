"""What the module of a data set declares: its reader, flags, files and licence."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable

from absl import flags

from dgnet_tf.errors import UserError
from preprocessing.conversion.sequences import Dataset, MissingSource


@dataclasses.dataclass(frozen=True)
class Flag:
    """A flag of a data set; its reader has an argument of the same name.

    Attributes:
        name: without the dashes.
        meaning: what `--help` says, without the full stop.
        kind: str, int or float.
        default: the reader's, for `--help`; it is not passed to the reader.
        least, most: bounds of a number; None for none.
        choices: the values allowed; empty for any.
        parse: makes the reader's argument of the flag's value, if it is another.
        required: whether the data set cannot be read without it.
    """

    name: str
    meaning: str
    kind: type = str
    default: object = None
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    parse: Callable | None = None
    required: bool = False

    def define(self, flag_values: flags.FlagValues):
        """Defines the flag."""
        named = {"name": self.name, "default": self.default, "flag_values": flag_values}
        named["help"] = f"{self.meaning}."
        if self.choices:
            flags.DEFINE_enum(enum_values=self.choices, **named)
        elif self.kind is str:
            flags.DEFINE_string(**named)
        else:
            define = {int: flags.DEFINE_integer, float: flags.DEFINE_float}[self.kind]
            define(lower_bound=self.least, upper_bound=self.most, **named)

    def allows(self, value) -> bool:
        """Returns whether a value is within bounds and choices."""
        if self.choices:
            return value in self.choices
        low = self.least is None or value >= self.least
        return low and (self.most is None or value <= self.most)

    def allowed(self) -> str:
        """Returns what `allows` allows, in words."""
        if self.choices:
            return " or ".join(self.choices)
        ends = (("at least", self.least), ("at most", self.most))
        return " and ".join(f"{end} {v:g}" for end, v in ends if v is not None)


def source_flag(meaning: str, required: bool = True) -> Flag:
    """Returns the flag `--source` of a data set that is read from files."""
    return Flag("source", meaning, parse=os.path.expanduser, required=required)


def check_arguments(known: Iterable[Flag], **arguments):
    """Checks a reader's arguments by its flags; None counts as not given.

    Raises:
        ValueError: for a value that its flag does not allow.
    """
    for flag in known:
        value = arguments.get(flag.name)
        if value is not None and not flag.allows(value):
            raise ValueError(f"`{flag.name}` must be {flag.allowed()}, got {value!r}.")


def shared(flag_of: dict[str, Flag]) -> Flag:
    """Returns one flag that stands for a flag of the same name in several data sets.

    It takes what one of them takes; `Definition.arguments` is stricter.

    Args:
        flag_of: the flag of each data set by the data set's name.
    """
    meanings, found = {}, list(flag_of.values())
    for name, flag in flag_of.items():
        meanings.setdefault(flag.meaning, []).append(name)
    texts = [f"{', '.join(names)}: {text}" for text, names in meanings.items()]
    least, most = ([getattr(f, end) for f in found] for end in ("least", "most"))
    choices = dict.fromkeys(choice for f in found for choice in f.choices)
    return dataclasses.replace(
        found[0],
        meaning="; ".join(texts),
        default=found[0].default if len(found) == 1 else None,
        least=None if None in least else min(least),
        most=None if None in most else max(most),
        choices=tuple(choices) if all(f.choices for f in found) else (),
    )


@dataclasses.dataclass(frozen=True)
class Definition:
    """A data set as `preprocessing.convert` offers it.

    Attributes:
        name: value of `--dataset`.
        read: returns its `Dataset`. Its arguments are the data set's flags by name,
            and `rig` if it is `filmed`.
        instructions: Markdown: which files to put where, and the command.
        licence: the terms of the data, which exported models pass on.
        flags: its flags; `--source` is one of them where it has files.
        filmed: whether virtual cameras film it; it then has the flags of
            `camera_rig`, too.
    """

    name: str
    read: Callable[..., Dataset]
    instructions: str
    licence: str
    flags: tuple[Flag, ...] = ()
    filmed: bool = False

    def guide(self) -> str:
        """Returns what is printed where the files are missing."""
        return f"{self.name}\n\n{self.instructions.strip()}\n\n{self.licence}"

    def arguments(self, values: flags.FlagValues) -> dict:
        """Returns the arguments of `read`, but for the rig, that the flags give.

        Raises:
            MissingSource: if a required flag is not given.
            UserError: for a value that this data set does not take.
        """
        found = {}
        for flag in self.flags:
            value = values[flag.name].value
            if not values[flag.name].present:
                continue
            if not flag.allows(value):
                raise UserError(
                    f"--{flag.name}={value}: with --dataset={self.name} it must be "
                    f"{flag.allowed()}."
                )
            found[flag.name] = flag.parse(value) if flag.parse else value
        for flag in self.flags:
            if flag.required and flag.name not in found:
                raise MissingSource(f"--dataset={self.name} needs --{flag.name}.")
        return found
