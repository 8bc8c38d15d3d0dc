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
    """One row for each person and frame; units and axes stand in every row's cells.

    After the positions come each joint's uncertainty, where it is known, and the names
    of joints that no frame shows, where there are such.
    """
    fitted = people[0].focal_px is not None
    sure = people[0].uncertainty_mm is not None
    guessed = any(person.guessed for person in people)
    head = ["person", "frame", "time_s", "axes", "units"]
    head += ["focal_px"] if fitted else []
    head += [f"{joint}_{axis}" for joint in people[0].joints for axis in "xyz"]
    if sure:
        head += [f"{joint}_uncertainty_mm" for joint in people[0].joints]
    head += ["guessed"] if guessed else []
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
                row += [f"{number:.{digits}f}" for number in pose.ravel()]
                if sure:
                    off = person.uncertainty_mm[frame - person.first_frame]
                    row += [f"{number:.1f}" for number in off]
                row += [" ".join(person.guessed)] if guessed else []
                rows.writerow(row)
