"""Writes a person's joints as a `.trc` file, which OpenSim and Pose2Sim read.

Tab-separated text with a header of five lines, laid out as Pose2Sim writes it: the
markers' names stand over the first of their three columns. Axes are y up. Frames are
numbered as the keypoint file numbers them, and times are frame / fps.

OpenSim's model markers go by name. Limbs have the names that Pose2Sim's set-ups give
the same joints (`RHip`, `LAnkle`, `RWrist`); joints of the trunk and the head keep the
skeleton's (`hip`, `thorax`, `neck`), which match none: a `neck` of Human3.6M, which
stands at the nose, is not Pose2Sim's `Neck`.
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from dgnet_tf import axes as placement
from dgnet_tf.errors import one_line
from dgnet_tf.lifting.lifted import Lifted

SUFFIX = ".trc"
AXES, UNITS = "y_up", None
ONE_PERSON = True
STEADY = True


def write(people: Sequence[Lifted], path: pathlib.Path, axes: str, units: str):
    """Writes the one person."""
    (person,) = people
    path.write_text(text(person, path.name, axes, units), encoding="utf-8")


def text(person: Lifted, name: str, axes: str = "y_up", units: str = "m") -> str:
    """Returns the text of a file of that name."""
    positions = placement.place(person, axes, units)
    frames, joints, _ = positions.shape
    rate, first = f"{person.fps:.10g}", person.first_frame
    numbers = (rate, rate, frames, joints, units, rate, first, frames)
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{one_line(name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate"
        "\tOrigDataStartFrame\tOrigNumFrames",
        "\t".join(map(str, numbers)),
        "Frame#\tTime\t" + "\t\t\t".join(map(marker, person.joints)) + "\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, joints + 1)),
    ]
    digits = placement.DIGITS[units]
    rows = []
    for frame, pose in enumerate(positions, first):
        cells = [f"{number:.{digits}f}" for number in pose.ravel() + 0.0]
        rows.append("\t".join([str(frame), f"{frame / person.fps:.6f}", *cells]))
    return "\n".join(head + rows) + "\n"


def marker(joint: str) -> str:
    """Returns a joint's name in the file."""
    side, _, part = joint.partition("_")
    if side in ("left", "right"):
        return side[0].upper() + part.capitalize()
    return joint
