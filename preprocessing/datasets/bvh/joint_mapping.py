"""Maps the joints of a motion capture file to those of `human36m_17`.

As JSON a mapping is an object with the 17 joints of `human36m_17`. Each is given a
joint's name, a list of names (their mean), or an object of names and weights that
sum to 1:

    {"hip": ["LeftUpLeg", "RightUpLeg"], "head": {"Head": 1.8, "Neck": -0.8}, ...}

`A/end` is the End Site of joint A. A namespace (`mixamorig:`) may be left out, and so
may what all names begin with (`Character1_`).
"""

from __future__ import annotations

import collections
import dataclasses
import math
import os
import pathlib
import re

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import json_documents
from preprocessing.datasets.bvh import kinematics
from preprocessing.datasets.bvh.files import Motion
from preprocessing.datasets.bvh.hierarchy import Hierarchy

SKELETON = skeletons.get("human36m_17")
MAX_JSON_BYTES = 1 << 20
MAX_WEIGHT = 100.0


@dataclasses.dataclass(frozen=True)
class Mapping:
    """Where the joints of `human36m_17` come from.

    Attributes:
        name: how it is called.
        joints: for each joint of `human36m_17`, in its order, the (name, weight)
            pairs of the file's joints that it is the sum of. Spine and head may have
            none: `placement` finds them in the file.
        marks: further joints that a file of this naming has.
        skip_frames: how many frames at a file's start are no motion.
        lifted: joints that the file puts, wrongly, where their parent is; they are
            given their parent's own offset.
        loose: whether names are the file's but for capitals and signs between words.
    """

    name: str
    joints: tuple[tuple[tuple[str, float], ...], ...]
    marks: tuple[str, ...] = ()
    skip_frames: int = 0
    lifted: tuple[str, ...] = ()
    loose: bool = False

    def missing(self, hierarchy: Hierarchy) -> list[str]:
        """Returns the joints that the file lacks, or has more than once."""
        found = self._found(hierarchy)
        wanted = [name for weights in self.joints for name, _ in weights]
        return [n for n in dict.fromkeys((*wanted, *self.marks)) if n not in found]

    def weights(self, hierarchy: Hierarchy) -> list[dict[int, float]]:
        """Returns each joint as {index of a file's joint: weight}."""
        found = self._found(hierarchy)
        return [{found[n]: weight for n, weight in pairs} for pairs in self.joints]

    def mend(self, motion: Motion, added: frozenset[int] = frozenset()) -> Motion:
        """Returns the motion with the `lifted` joints in their place."""
        hierarchy = motion.hierarchy
        usual, offsets = kinematics.offsets(motion, added), hierarchy.offsets.copy()
        found = self._found(hierarchy)
        for joint in (found[name] for name in self.lifted if name in found):
            if not usual[joint].any():
                offsets[joint] = usual[hierarchy.parents[joint]]
        return dataclasses.replace(
            motion, hierarchy=dataclasses.replace(hierarchy, offsets=offsets)
        )

    def _found(self, hierarchy: Hierarchy) -> dict[str, int]:
        """Returns the file's joints by the mapping's own names, where unique."""
        spelled = _plain if self.loose else str
        found = _indices(hierarchy.names, spelled)
        named = [name for weights in self.joints for name, _ in weights]
        return {
            name: found[spelled(name)]
            for name in (*named, *self.marks, *self.lifted)
            if spelled(name) in found
        }


def mean(names) -> tuple[tuple[str, float], ...]:
    """Returns (name, weight) pairs of a name, of several, or of {name: weight}."""
    names = (names,) if isinstance(names, str) else names
    if isinstance(names, dict):
        return tuple(names.items())
    return tuple((name, 1.0 / len(names)) for name in names)


def _indices(names, spelled) -> dict[str, int]:
    """Returns the joints by their names, whole and shortened, where unique.

    Left out are a namespace (`mixamorig:Hips`, `Armature|Hips`) and what all names
    begin with (`Bip01 Pelvis`, `Character1_Hips`).
    """
    short = [re.split(r"[:|]", name)[-1] for name in names]
    found = {}
    for forms in (_without_prefix(short), short, names):
        forms = [spelled(name) for name in forms]
        count = collections.Counter(forms)
        found |= {name: i for i, name in enumerate(forms) if count[name] == 1}
    return found


def _plain(name: str) -> str:
    """Returns a name in small letters, without signs between words."""
    return re.sub(r"[ _.-]", "", name).lower()


def _without_prefix(names) -> list[str]:
    prefix = os.path.commonprefix(names)
    if not all(re.match(r"[ _.-]|/end$|$", name[len(prefix) :]) for name in names):
        prefix = re.match(r"(.*[ _.-])?", prefix).group()
    return [name[len(prefix) :].lstrip(" _.-") for name in names]


def from_json(path) -> Mapping:
    """Reads a mapping.

    Raises:
        UserError: if the file holds none.
    """
    if os.path.getsize(path) > MAX_JSON_BYTES:
        raise UserError(f"{path}: is too large to be a mapping of 17 joints.")
    try:
        content = json_documents.loads(pathlib.Path(path).read_bytes())
    except ValueError as error:
        raise UserError(f"{path}: is not JSON ({error}).") from error
    if not isinstance(content, dict) or set(content) != set(SKELETON.joints):
        given = set(content) if isinstance(content, dict) else set()
        raise UserError(
            f"{path}: must be an object with the 17 joints of human36m_17; missing "
            f"{listing(sorted(set(SKELETON.joints) - given))}, unknown "
            f"{listing(sorted(given - set(SKELETON.joints)))}."
        )
    for joint, value in content.items():
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, (list, dict)) or not names or not _sums(names):
            raise UserError(
                f"{path}: {joint!r} must be a joint's name, a list of names, or an "
                "object of names and weights that sum to 1."
            )
    return Mapping(str(path), tuple(mean(content[joint]) for joint in SKELETON.joints))


def _sums(names) -> bool:
    if isinstance(names, dict):
        numbers = list(names.values())
        plain = all(type(number) in (int, float) for number in numbers)
        small = plain and all(abs(number) <= MAX_WEIGHT for number in numbers)
        return small and math.isclose(sum(numbers), 1.0, abs_tol=1e-6)
    plain = all(isinstance(name, str) for name in names)
    return plain and len(set(names)) == len(names)


def listing(names, most: int = 8) -> str:
    """Returns names as they stand in messages."""
    shown = ", ".join(shortened(name) for name in names[:most]) or "none"
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
