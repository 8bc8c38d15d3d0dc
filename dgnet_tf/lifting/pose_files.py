"""Writes lifted poses to files of every known format.

Every format holds where the joints are, in the axes and units that were chosen; with a
root trajectory relative to the camera, else with the root in one place.
"""

from __future__ import annotations

import contextlib
import pathlib
import re
from collections.abc import Sequence

from dgnet_tf.errors import UserError
from dgnet_tf.files.atomic import replacing
from dgnet_tf.lifting.lifted import Lifted
from dgnet_tf.lifting.writers import arrays, bvh, glb, json_object, table, trc

WRITERS = {
    writer.SUFFIX: writer for writer in (arrays, json_object, table, bvh, glb, trc)
}
SUFFIXES = tuple(WRITERS)


def write(
    people: Sequence[Lifted],
    path: str | pathlib.Path,
    axes: str | None = None,
    units: str = "m",
) -> list[pathlib.Path]:
    """Writes poses, whole or not at all; the suffix of the path chooses the format.

    Args:
        people: at least one; of one model and frame rate.
        path: where to.
        axes: see `placement`; by default those of `default_axes`.
        units: see `placement`.

    Returns:
        The paths written: `path`, but for several people in a format that holds one:
        there each has a file of their own, see `paths`.

    Raises:
        ValueError: if the suffix, axes or units are none that are known, or the format
            has others.
        UserError: if two people's files would have one name.
    """
    path = pathlib.Path(path)
    check(path, axes, units)
    writer = WRITERS[path.suffix.lower()]
    axes = axes or default_axes(path)
    if writer.STEADY:
        people = [person.at_steady_rate() for person in people]
    groups, found = [people], [path]
    if writer.ONE_PERSON:
        groups = [[person] for person in people]
        found = paths(path, [person.person for person in people])
    with contextlib.ExitStack() as stack:
        # All are written before the first takes its place.
        for one, group in zip(found, groups, strict=True):
            writer.write(group, stack.enter_context(replacing(one)), axes, units)
    return found


def check(path: str | pathlib.Path, axes: str | None = None, units: str = "m") -> None:
    """Raises a ValueError if a file cannot be written to a path in axes and units."""
    path = pathlib.Path(path)
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        known = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        raise ValueError(f"`path` must end in {known}, got {str(path)!r}.")
    asked = (("axes", axes, writer.AXES), ("units", units, writer.UNITS))
    for name, value, fixed in asked:
        if fixed and value not in (None, fixed):
            raise ValueError(
                f"a {writer.SUFFIX} file is always {fixed}, `{name}` is {value!r}."
            )


def default_axes(path: str | pathlib.Path) -> str:
    """Returns the axes of a file for which none were chosen."""
    return WRITERS[pathlib.Path(path).suffix.lower()].AXES or "camera"


def paths(path: str | pathlib.Path, people: Sequence[str]) -> list[pathlib.Path]:
    """Returns the file of each person, of a format that holds one.

    Of several people, `poses.bvh` becomes `poses-<person>.bvh`; characters of a name
    that are no letter, digit, point, dash or underscore become an underscore.

    Raises:
        UserError: if two people would share a file.
    """
    path = pathlib.Path(path)
    if len(people) == 1:
        return [path]
    names = [re.sub(r"[^\w.-]", "_", person) for person in people]
    for index, name in enumerate(names):
        if name in names[:index]:
            one, other = people[names.index(name)], people[index]
            raise UserError(
                f"{path}: {one!r} and {other!r} would both be written to "
                f"{path.stem}-{name}{path.suffix}. Lift them one by one, with --person."
            )
    return [path.with_name(f"{path.stem}-{name}{path.suffix}") for name in names]
