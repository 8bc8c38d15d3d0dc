"""Writes lifted poses as one JSON object."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf import axes as placement
from dgnet_tf.lifting.lifted import Lifted

SUFFIX = ".json"
AXES = UNITS = None
ONE_PERSON = False
STEADY = False


def write(people: Sequence[Lifted], path: pathlib.Path, axes: str, units: str):
    """What holds for all, and `people` with the positions of each."""
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
                **_times(person),
                **_floor(person),
                "positions": np.round(
                    placement.place(person, axes, units), placement.DIGITS[units]
                ).tolist(),
                **_sureness(person),
            }
            for person in people
        ],
    }
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _sureness(person) -> dict:
    found = {"guessed": list(person.guessed)} if person.guessed else {}
    if person.uncertainty_mm is not None:
        found["uncertainty_mm"] = np.round(
            person.uncertainty_mm.astype(float), 1
        ).tolist()
    return found


def _floor(person) -> dict:
    if person.floor is None:
        return {}
    floor = {
        "up": np.round(person.floor.up, 6).tolist(),
        "camera_height_m": round(person.floor.height, 4),
        "camera_pitch_degrees": round(person.floor.pitch, 3),
    }
    return {"floor": floor}


def _times(person) -> dict:
    if person.times is None:
        return {}
    return {"times_s": np.round(person.times, 6).tolist()}
