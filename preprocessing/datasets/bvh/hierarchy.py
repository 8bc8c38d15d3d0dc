"""The tree of joints at the head of a BVH file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

from dgnet_tf.errors import UserError

CHANNELS = tuple(f"{axis}{kind}" for kind in ("position", "rotation") for axis in "XYZ")
MAX_JOINTS = 1000
FARTHEST = 1e6  # units


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

    def rest(self) -> np.ndarray:
        """Returns the (J, 3) places of the joints where nothing is turned."""
        places = self.offsets.copy()
        for joint, parent in enumerate(self.parents):
            if parent >= 0:
                places[joint] += places[parent]
        return places


def parse(path, text: str) -> Hierarchy:
    """Parses the text before the line MOTION.

    Args:
        path: the file, for messages.
        text: the text.

    Raises:
        UserError: if it is not a tree of joints; the message says what is wrong.
    """
    tokens = text.replace("{", " { ").replace("}", " } ").split()
    if not tokens or tokens[0].upper() != "HIERARCHY":
        raise UserError(f"{path}: is not a BVH file; it does not start with HIERARCHY.")
    try:
        return _tree(tokens)
    except ValueError as error:
        raise UserError(f"{path}: its tree of joints is damaged: {error}.") from error


def _tree(tokens) -> Hierarchy:
    """Raises ValueError with what is wrong."""
    names, parents, offsets, channels = [], [], {}, {}
    above, at = [], 1  # The joints whose braces are open; where we read.
    while at < len(tokens):
        word, at = tokens[at].upper(), at + 1
        joint = above[-1] if above else -1
        if word in ("ROOT", "JOINT", "END"):
            if (word == "ROOT") != (not names):
                raise ValueError("it must have one ROOT, before all JOINTs")
            if word != "ROOT" and joint < 0:
                raise ValueError(f"{word} is outside the root's braces")
            brace = tokens.index("{", at) if "{" in tokens[at : at + 20] else at
            name = " ".join(tokens[at:brace])
            if not name or "OFFSET" in tokens[at:brace]:
                raise ValueError(f"a {word} has no name or no opening brace")
            above.append(len(names))
            names.append(f"{names[joint]}/end" if word == "END" else name)
            parents.append(joint)
            at = brace + 1
            if len(names) > MAX_JOINTS:
                raise ValueError(f"it has more than {MAX_JOINTS} joints")
        elif joint < 0:
            raise ValueError(f"{tokens[at - 1][:40]!r} is outside all braces")
        elif word == "}":
            above.pop()
        elif word == "OFFSET" and joint not in offsets:
            offsets[joint] = _offset(names[joint], tokens[at : at + 3])
            at += 3
        elif word == "CHANNELS" and joint not in channels:
            count = tokens[at] if at < len(tokens) else ""
            channels[joint] = _channels(names[joint], count, tokens[at + 1 : at + 7])
            at += 1 + len(channels[joint])
        else:
            raise ValueError(f"{names[joint]!r} holds {tokens[at - 1][:40]!r}")
    if above or not names:
        raise ValueError("it ends before its last brace is closed")
    missing = [name for joint, name in enumerate(names) if joint not in offsets]
    if missing:
        raise ValueError(f"{missing[0]!r} has no OFFSET")
    return Hierarchy(
        names=tuple(names),
        parents=tuple(parents),
        offsets=np.array([offsets[joint] for joint in range(len(names))]),
        channels=tuple(channels.get(joint, ()) for joint in range(len(names))),
    )


def _offset(name, tokens) -> list[float]:
    try:
        numbers = [float(token) for token in tokens]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or not all(abs(number) <= FARTHEST for number in numbers):
        raise ValueError(f"the OFFSET of {name!r} is not three numbers")
    return numbers


def _channels(name, count, tokens) -> tuple[str, ...]:
    known = {channel.upper(): channel for channel in CHANNELS}
    named = [token.upper() for token in tokens[: int(count)]] if _small(count) else []
    found = tuple(known[token] for token in named if token in known)
    if not _small(count) or len(set(found)) != int(count):
        raise ValueError(
            f"the CHANNELS of {name!r} are not a number up to 6 and as many different "
            f"names of {', '.join(CHANNELS)}"
        )
    return found


def _small(count) -> bool:
    return count in tuple("0123456")
