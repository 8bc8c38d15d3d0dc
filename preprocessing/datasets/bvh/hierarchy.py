"""The tree of joints at the head of a BVH file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

from dgnet_tf.errors import UserError, shortened
from preprocessing.datasets.bvh import text
from preprocessing.datasets.bvh.text import MAX_HEADER, Lines

CHANNELS = tuple(f"{axis}{kind}" for kind in ("position", "rotation") for axis in "XYZ")
MAX_JOINTS = 1000
MAX_WORDS = 20  # of a joint's name


@dataclasses.dataclass(frozen=True, eq=False)
class Hierarchy:
    """J joints and End Sites, parents before children.

    Attributes:
        names: of the joints; the End Site of joint A is `A/end`.
        parents: index of each one's parent; -1 for the root, which comes first.
        offsets: (J, 3) from the parent, in the file's units.
        channels: names of each one's channels, in the order of the file.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    channels: tuple[tuple[str, ...], ...]

    def with_ancestors(self, joints: Iterable[int]) -> list[int]:
        """Returns the joints and all that they hang from, parents first."""
        found = set()
        for joint in joints:
            while joint >= 0 and joint not in found:
                found.add(joint)
                joint = self.parents[joint]
        return sorted(found)

    def columns(self, joint: int) -> range:
        """Returns where a joint's channels stand in a row of numbers."""
        first = sum(len(names) for names in self.channels[:joint])
        return range(first, first + len(self.channels[joint]))

    def positioned(self) -> list[int]:
        """Returns the joints, but the root, that have channels of position."""
        return [
            joint
            for joint, names in enumerate(self.channels)
            if joint and any(name.endswith("position") for name in names)
        ]


def read_tree(lines: Lines) -> Hierarchy:
    """Reads up to and including the line MOTION.

    Raises:
        UserError: if there is no tree of joints; the message says what is wrong.
    """
    tokens, size = _Tokens(lines), 0
    while (line := lines.next(MAX_HEADER)) is not None and size <= MAX_HEADER:
        if line.strip().upper() == "MOTION":
            return _tree(tokens)
        if not tokens.words and line.split(maxsplit=1)[0].upper() != "HIERARCHY":
            raise lines.error(
                f"is {shortened(line.strip())}; this is no BVH file, which starts with "
                "HIERARCHY"
            )
        tokens.add(line)
        size += len(line)
    raise UserError(
        f"{lines.path}: has no line MOTION after its joints; it is cut off or not a "
        "BVH file."
    )


class _Tokens:
    """The words of the tree, read one after the other."""

    def __init__(self, lines):
        self.words, self.at, self._numbers, self._lines = [], 1, [], lines

    def add(self, line):
        words = line.replace("{", " { ").replace("}", " } ").split()
        self.words += words
        self._numbers += [self._lines.number] * len(words)

    def next(self) -> str:
        """Returns the next word; "" at the end."""
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else ""

    def name(self) -> str:
        """Returns what stands before the next brace, which is read too."""
        ahead = self.words[self.at : self.at + MAX_WORDS]
        words = ahead[: ahead.index("{")] if "{" in ahead else []
        if not words or "OFFSET" in words:
            raise self.error("has no name or no opening brace")
        self.at += len(words) + 1
        return " ".join(words)

    def error(self, problem, quote=True) -> UserError:
        """Returns the error about the word read last, which begins with that word."""
        at = min(self.at, len(self.words)) - 1
        word = f"{shortened(self.words[at])} " if quote else ""
        return self._lines.error(word + problem, self._numbers[at])


def _tree(tokens) -> Hierarchy:
    names, parents, offsets, channels = [], [], {}, {}
    above = []  # The joints whose braces are open.
    while word := tokens.next().upper():
        joint = above[-1] if above else -1
        if word in ("ROOT", "JOINT", "END"):
            if (word == "ROOT") != (not names):
                raise tokens.error("is wrong there: one ROOT comes before all JOINTs")
            if word != "ROOT" and joint < 0:
                raise tokens.error("is outside the root's braces")
            name = tokens.name()
            above.append(len(names))
            names.append(f"{names[joint]}/end" if word == "END" else name)
            parents.append(joint)
            if len(names) > MAX_JOINTS:
                raise tokens.error(f"comes after {MAX_JOINTS} joints, the most allowed")
        elif joint < 0:
            raise tokens.error("is outside all braces")
        elif word == "}":
            if joint not in offsets:
                raise tokens.error(
                    f"ends {shortened(names[joint])}, which has no OFFSET"
                )
            above.pop()
        elif word == "OFFSET" and joint not in offsets:
            offsets[joint] = _offset(tokens, names[joint])
        elif word == "CHANNELS" and joint not in channels:
            channels[joint] = _channels(tokens, names[joint])
        else:
            raise tokens.error(f"stands wrongly in {shortened(names[joint])}")
    if above or not names:
        raise tokens.error("is the last word, with braces still open")
    return Hierarchy(
        names=tuple(names),
        parents=tuple(parents),
        offsets=np.array([offsets[joint] for joint in range(len(names))]),
        channels=tuple(channels.get(joint, ()) for joint in range(len(names))),
    )


def _offset(tokens, name) -> list[float]:
    numbers = []
    for _ in range(3):
        try:
            numbers.append(text.number(tokens.next()))
        except ValueError as error:
            problem = f"in the OFFSET of {shortened(name)}, three numbers: {error}"
            raise tokens.error(problem, quote=False) from error
    return numbers


def _channels(tokens, name) -> tuple[str, ...]:
    known = {channel.upper(): channel for channel in CHANNELS}
    count, found = tokens.next(), []
    whole = count in tuple("0123456")
    for _ in range(int(count) if whole else 1):
        word = tokens.next().upper() if whole else ""
        if word not in known or known[word] in found:
            raise tokens.error(
                f"is wrong in the CHANNELS of {shortened(name)}: a number up to 6 and "
                f"as many different names of {', '.join(CHANNELS)}"
            )
        found.append(known[word])
    return tuple(found)
