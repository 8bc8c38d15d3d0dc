"""Names of Human3.6M's people, actions and sequences, and what the full set has."""

from __future__ import annotations

import collections
from collections.abc import Iterable

from dgnet_tf.errors import UserError

TRAIN, TEST = ("S1", "S5", "S6", "S7", "S8"), ("S9", "S11")
SUBJECTS = TRAIN + TEST
ACTIONS = (
    "Directions", "Discussion", "Eating", "Greeting", "Phoning", "Photo", "Posing",
    "Purchases", "Sitting", "SittingDown", "Smoking", "Waiting", "WalkDog",
    "WalkTogether", "Walking",
)  # fmt: skip
TAKES = 2  # of each action, by each person
# Only S1's files have these names.
RENAMED = {"TakingPhoto": "Photo", "WalkingDog": "WalkDog"}
# Left out, for every camera: its video is damaged, and nobody scores it.
LEFT_OUT = ("S11", "Directions")
# View frames of the full set, over all four cameras.
FRAMES = {TRAIN: 1_559_752, TEST: 543_344}

_FEW = 5  # actions that are named where sequences are missing; more are counted


def action_of(take: str) -> str:
    """Returns a sequence's action: the name up to its first space."""
    return take.partition(" ")[0]


def takes(sequences: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Gives sequences their names in the records, such as "Photo 1".

    Args:
        sequences: (subject, name in the source).

    Returns:
        (subject, take) to the name in the source, without `LEFT_OUT`.

    Raises:
        UserError: if an action is unknown, or two names stand for one sequence.
    """
    names = {}
    for subject, name in sequences:
        action, space, number = name.partition(" ")
        take = RENAMED.get(action, action) + space + number
        if action_of(take) not in ACTIONS:
            raise UserError(
                f"{subject} has a sequence {name!r}, whose action is not one of "
                f"Human3.6M's {len(ACTIONS)}. Remove it, or rename it."
            )
        if (subject, take) in names:
            raise UserError(
                f"{subject} has both {names[subject, take]!r} and {name!r}, which are "
                "names of the same sequence. Remove one."
            )
        names[subject, take] = name
    names.pop(LEFT_OUT, None)
    return names


def completeness(found: Iterable[tuple[str, str]]) -> str:
    """Returns a line that says which sequences of the full set are missing.

    Args:
        found: (subject, take) of those at hand.
    """
    counts = collections.Counter((subject, action_of(take)) for subject, take in found)
    full = {(subject, action): TAKES for subject in SUBJECTS for action in ACTIONS}
    full[LEFT_OUT] -= 1
    missing = []
    for subject in SUBJECTS:
        lacks = {a: full[subject, a] - counts[subject, a] for a in ACTIONS}
        lacks = {action: number for action, number in lacks.items() if number > 0}
        if not any(counts[subject, action] for action in ACTIONS):
            missing.append(f"all of {subject}")
        elif lacks:
            few = len(lacks) <= _FEW
            parts = (f"{number} {action}" for action, number in lacks.items())
            what = ", ".join(parts) if few else sum(lacks.values())
            missing.append(f"of {subject} {what}")
    line = f"Human3.6M: {counts.total()} of {sum(full.values())} sequences"
    return f"{line}; missing: {'; '.join(missing)}" if missing else line
