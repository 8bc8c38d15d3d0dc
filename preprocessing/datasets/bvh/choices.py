"""What is taken for granted in BVH files, said in one line each for a data set."""

from __future__ import annotations

import dataclasses
import sys

from dgnet_tf.errors import UserError, one_line
from preprocessing.datasets.bvh.joint_mapping import SKELETON, Mapping
from preprocessing.datasets.bvh.placement import Placement

UNITS = {
    "millimetres": 0.001,
    "centimetres": 0.01,
    "inches": 0.0254,
    "CMU's units of 1/0.45 inch": 0.0254 / 0.45,
    "metres": 1.0,
}
# Metres from an ankle to the head, along the bones. The span is less than from one
# unit to the next, so that no length is a person's in two of them.
PERSON = (1.2, 2.1)


@dataclasses.dataclass(frozen=True)
class Reading:
    """How a file is read, and its frames per second."""

    mapping: Mapping
    placement: Placement
    fps: float


def say_joints(readings: dict[str, Reading]):
    """Prints which mappings are taken, and what they leave open."""
    for name in sorted({reading.mapping.name for reading in readings.values()}):
        taken = [file for file, r in readings.items() if r.mapping.name == name]
        spine = SKELETON.joints.index("spine")
        by_mapping = readings[taken[0]].mapping.joints[spine]
        where = "the mapping's" if by_mapping else "put half-way up the trunk"
        say(
            f"joints of {_files(taken)} are taken to be named as in {name!r} "
            f"(--mapping={name}); the spine's joint is {where}"
        )
    guessed = [file for file, r in readings.items() if r.placement.guessed_head]
    if guessed:
        say(
            f"the top of the head is not in {_files(guessed)}, or no more than a stub; "
            "it is taken to lie above the head's joint, on the line from the neck"
        )
    added = [file for file, r in readings.items() if r.placement.displaced]
    if added:
        say(
            f"channels of position in {_files(added)} stay near 0 where OFFSETs do "
            "not; they are taken to be displacements from them"
        )


def scale(readings: dict[str, Reading]) -> float:
    """Returns the metres per unit of length in which everybody has a person's size.

    Raises:
        UserError: if there is no such unit.
    """
    lengths = {file: reading.placement.length for file, reading in readings.items()}
    shortest, longest = (pick(lengths, key=lengths.get) for pick in (min, max))
    low, high = lengths[shortest], lengths[longest]
    for unit, metres in UNITS.items():
        if PERSON[0] <= low * metres and high * metres <= PERSON[1]:
            say(
                f"lengths are taken to be in {unit}: people then measure "
                f"{low * metres:.2f} to {high * metres:.2f} m from ankle to head "
                f"(as --scale={metres!r} would set)"
            )
            return metres
    raise UserError(
        f"{shortest}: the unit of length is unclear. From ankle to head it measures "
        f"{low:g} units, and {longest} {high:g}; in none of {', '.join(UNITS)} are all "
        f"between {PERSON[0]} and {PERSON[1]} m. Give metres per unit as --scale."
    )


def say_rates(readings: dict[str, Reading], fps: float):
    """Prints which frame rates are resampled to `fps`."""
    others = sorted({reading.fps for reading in readings.values()} - {fps})
    if others:
        rates = ", ".join(f"{rate:g}" for rate in others[:5])
        rates += f" and {len(others) - 5} other rates" if len(others) > 5 else ""
        files = [file for file, reading in readings.items() if reading.fps != fps]
        say(
            f"frames are resampled from {rates} to {fps:g} a second in {_files(files)} "
            "(--fps)"
        )


def say_skipped(readings: dict[str, Reading]):
    """Prints where first frames are dropped that nobody asked to drop."""
    files = [file for file, r in readings.items() if r.mapping.skip_frames]
    if files:
        say(
            f"the first frame of {_files(files)} is dropped, a T-pose in these "
            "conversions (--skip_frames=0 keeps it)"
        )


def _files(files) -> str:
    return files[0] if len(files) == 1 else f"{len(files)} files ({files[0]}, ...)"


def say(line: str):
    """Prints a line on standard error."""
    print(one_line(line), file=sys.stderr)
