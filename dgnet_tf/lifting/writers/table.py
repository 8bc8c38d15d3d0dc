"""Writes lifted poses as a `.csv` table."""

from __future__ import annotations

import csv
import pathlib
from collections.abc import Sequence

from dgnet_tf import axes as placement
from dgnet_tf.files.escaping import in_csv
from dgnet_tf.lifting.lifted import Lifted

SUFFIX = ".csv"
AXES = UNITS = None
ONE_PERSON = False
STEADY = False


def write(people: Sequence[Lifted], path: pathlib.Path, axes: str, units: str):
    """One row for each person and frame; units and axes stand in every row's cells."""
    fitted = people[0].focal_px is not None
    head = ["person", "frame", "time_s", "axes", "units"]
    head += ["focal_px"] if fitted else []
    head += [f"{joint}_{axis}" for joint in people[0].joints for axis in "xyz"]
    digits = placement.DIGITS[units]
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(head)
        for person in people:
            positions = placement.place(person, axes, units)
            shown = zip(positions, person.seconds, strict=True)
            for frame, (pose, seconds) in enumerate(shown, person.first_frame):
                row = [in_csv(person.person), frame, f"{seconds:.6f}", axes, units]
                row += [f"{person.focal_px:.3f}"] if fitted else []
                rows.writerow(row + [f"{number:.{digits}f}" for number in pose.ravel()])
