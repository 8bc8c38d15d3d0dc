"""Writes lifted poses as `.npz`, `.json`, `.csv` or `.bvh`.

Every format holds where the joints are, in the axes and units that were chosen; with a
root trajectory relative to the camera, else with the root in one place.
"""

from __future__ import annotations

import contextlib
import csv
import json
import pathlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf import axes as placement
from dgnet_tf.files import npz_files
from dgnet_tf.files.atomic import replacing
from dgnet_tf.files.escaping import in_csv
from dgnet_tf.lifting import bvh_writer
from dgnet_tf.lifting.lifted import Lifted

SUFFIXES = (".npz", ".json", ".csv", ".bvh")
# Digits after the point: a hundredth of a millimetre.
_DIGITS = {"m": 5, "cm": 3, "mm": 2}


def write(people: Sequence[Lifted], path, axes: str | None = None, units: str = "m"):
    """Writes poses, whole or not at all; the suffix of the path chooses the format.

    Args:
        people: at least one; of one model and frame rate.
        path: where to.
        axes: see `placement`; by default "camera", and for `.bvh` "y_up", which is
            all that it takes.
        units: see `placement`.

    Returns:
        The paths written: `path`, but for several people's `.bvh`, which holds one:
        there each has a file of their own, see `bvh_writer.paths`.

    Raises:
        ValueError: if the suffix, axes or units are none that are known.
        UserError: if two people's `.bvh` would have one name.
    """
    path = pathlib.Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"`path` must end in one of {SUFFIXES}, got {str(path)!r}.")
    axes = axes or default_axes(path)
    if suffix == ".bvh":
        if axes != "y_up":
            raise ValueError(f"`axes` must be 'y_up' for .bvh, got {axes!r}.")
        return _write_bvh(people, path, units)
    writer = {".npz": _write_npz, ".json": _write_json, ".csv": _write_csv}[suffix]
    placed = [placement.place(person, axes, units) for person in people]
    with replacing(path) as beside:
        writer(people, placed, beside, axes, units)
    return [path]


def default_axes(path) -> str:
    """Returns the axes of a file for which none were chosen."""
    return "y_up" if pathlib.Path(path).suffix.lower() == ".bvh" else "camera"


def _write_npz(people, placed, path, axes, units):
    """`positions` and `first_frame` of one person, `positions/<person>` of several."""
    arrays = {}
    for person, positions in zip(people, placed, strict=True):
        name = f"/{person.person}" if len(people) > 1 else ""
        arrays[f"positions{name}"] = positions.astype(np.float32)
        arrays[f"first_frame{name}"] = np.int64(person.first_frame)
    if people[0].focal_px is not None:
        arrays["focal_px"] = np.float64(people[0].focal_px)
    arrays["fps"] = np.float64(people[0].fps)
    names = {"joints": people[0].joints, "layout": people[0].skeleton.name}
    arrays = {**arrays, **names, "axes": axes, "units": units}
    path.write_bytes(npz_files.packed(arrays))


def _write_json(people, placed, path, axes, units):
    content = {
        "layout": people[0].skeleton.name,
        "joints": people[0].joints,
        "parents": people[0].skeleton.parents,
        "fps": people[0].fps,
        "axes": axes,
        "units": units,
        "root": "none" if people[0].root is None else "fit",
        "focal_px": people[0].focal_px,
        "people": [
            {
                "person": person.person,
                "first_frame": person.first_frame,
                "positions": np.round(positions, _DIGITS[units]).tolist(),
            }
            for person, positions in zip(people, placed, strict=True)
        ],
    }
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _write_csv(people, placed, path, axes, units):
    """One row for each person and frame; units and axes stand in every row's cells."""
    fitted = people[0].focal_px is not None
    head = ["person", "frame", "time_s", "axes", "units"]
    head += ["focal_px"] if fitted else []
    head += [f"{joint}_{axis}" for joint in people[0].joints for axis in "xyz"]
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(head)
        for person, positions in zip(people, placed, strict=True):
            for index, pose in enumerate(positions):
                frame = person.first_frame + index
                row = [
                    in_csv(person.person),
                    frame,
                    f"{frame / person.fps:.6f}",
                    axes,
                    units,
                ]
                row += [f"{person.focal_px:.3f}"] if fitted else []
                row += [f"{number:.{_DIGITS[units]}f}" for number in pose.ravel()]
                rows.writerow(row)


def _write_bvh(people, path, units):
    paths = bvh_writer.paths(path, [person.person for person in people])
    with contextlib.ExitStack() as stack:
        # All are written before the first takes its place.
        for one, person in zip(paths, people, strict=True):
            places = placement.place(person, "y_up")
            text = bvh_writer.text(places, person.skeleton, person.fps, units)
            stack.enter_context(replacing(one)).write_text(text, encoding="utf-8")
    return paths
