"""Writes lifted poses as the arrays of an `.npz`, without pickles."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf import axes as placement
from dgnet_tf.files import npz_files
from dgnet_tf.lifting.lifted import Lifted

SUFFIX = ".npz"
AXES = UNITS = None
ONE_PERSON = False
STEADY = False


def write(people: Sequence[Lifted], path: pathlib.Path, axes: str, units: str):
    """`positions` and so on of one person, `positions/<person>` of several."""
    arrays = {}
    for person in people:
        name = f"/{person.person}" if len(people) > 1 else ""
        positions = placement.place(person, axes, units)
        arrays[f"positions{name}"] = positions.astype(np.float32)
        arrays[f"first_frame{name}"] = np.int64(person.first_frame)
        if person.uncertainty_mm is not None:
            arrays[f"uncertainty_mm{name}"] = person.uncertainty_mm
        if person.guessed:
            arrays[f"guessed{name}"] = person.guessed
        if person.times is not None:
            arrays[f"times{name}"] = person.times
        if person.floor is not None:
            arrays[f"floor_up{name}"] = person.floor.up
            arrays[f"camera_height{name}"] = np.float64(person.floor.height)
            arrays[f"camera_pitch{name}"] = np.float64(person.floor.pitch)
    if people[0].focal_px is not None:
        arrays["focal_px"] = np.float64(people[0].focal_px)
    arrays["fps"] = np.float64(people[0].fps)
    names = {"joints": people[0].joints, "layout": people[0].skeleton.name}
    arrays = {**arrays, **names, "axes": axes, "units": units}
    path.write_bytes(npz_files.packed(arrays))
