"""Users' own motion capture as BVH files, filmed by virtual cameras.

A file is one recording of one person, named as `names` describes. Joints become
`human36m_17`'s by their names (`mappings`), all is resampled to one rate, and the
floor is put 7 cm below the 5th percentile of the lower ankle's height.
"""

from __future__ import annotations

import functools
import pathlib
import sys

import numpy as np

from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import provenance
from preprocessing.cameras import camera_rig, virtual_cameras
from preprocessing.conversion import checks
from preprocessing.conversion.sequences import Dataset, Recording, relative_name
from preprocessing.datasets.bvh import files as bvh_files
from preprocessing.datasets.bvh import joint_mapping, names
from preprocessing.datasets.bvh import mappings as bvh_mappings
from preprocessing.datasets.bvh.joint_mapping import SKELETON
from preprocessing.datasets.bvh.takes import Take
from preprocessing.datasets.definition import (
    Definition,
    Flag,
    check_arguments,
    source_flag,
)

FPS = 50.0  # Human3.6M's
UP = ("y", "z")
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

FLAGS = (
    source_flag("a BVH file, or a folder of them"),
    Flag(
        "mapping",
        f"naming of the joints: {', '.join(bvh_mappings.NAMES)}, or a JSON file "
        "(default: recognised by the joints)",
    ),
    Flag("up", "vertical axis of the files", default="y", choices=UP),
    Flag(
        "scale",
        "metres per unit of length (default: of the usual units the one in which "
        "everybody has a person's size)",
        float,
        least=1e-6,
        most=1000.0,
    ),
    Flag(
        "fps",
        f"frames per second to resample to (default {FPS:g})",
        float,
        FPS,
        least=bvh_files.SLOWEST,
        most=bvh_files.FASTEST,
    ),
    Flag(
        "skip_frames",
        "frames to drop at each file's start (default: 1 for CMU's conversions, "
        "whose first is a T-pose, else 0)",
        int,
        least=0,
    ),
)


def read(source, rig: camera_rig.Rig = camera_rig.DEFAULT, **options) -> Dataset:
    """Lists BVH files and reads their joints, not yet their frames; see `takes`."""
    found = takes(source, **options)
    mapping = options.get("mapping")
    return Dataset(
        name="bvh",
        skeleton=SKELETON.name,
        fps=found[0].fps,
        recordings=tuple(
            Recording(t.subject, t.action, t.take, functools.partial(load, t, rig))
            for t in found
        ),
        options={
            "mappings": sorted({pathlib.Path(t.mapping.name).name for t in found}),
            "up": found[0].up,
            "scale": found[0].scale,
            "skip_frames": sorted({take.skip_frames for take in found}),
            **rig.options(),
        },
        sources=_digests(source, [take.path for take in found], mapping),
    )


def load(take: Take, rig: camera_rig.Rig) -> list[View]:
    """Reads and films one file; see `Take.sequence` and `virtual_cameras.film`."""
    return virtual_cameras.film(take.sequence(), rig)


def takes(
    source,
    mapping: str | None = None,
    up: str = "y",
    scale: float | None = None,
    fps: float = FPS,
    skip_frames: int | None = None,
) -> list[Take]:
    """Finds BVH files, and determines who does what in them and how to read them.

    Args:
        source: a BVH file, or the folder that holds them, at any depth.
        mapping: name of a known mapping or path of a JSON file; None to recognise
            each file's.
        up: the files' vertical axis, "y" or "z".
        scale: metres per unit. None: the one of `UNITS` in which everybody measures
            what people do; it is printed.
        fps: frames per second to resample to.
        skip_frames: frames to drop at each file's start; None for the mapping's own
            number (CMU's conversions start with a T-pose).

    Raises:
        MissingSource: if there are no BVH files.
        UserError: if a file is damaged, its joints or units are not recognised, or
            two files have one name.
    """
    check_arguments(FLAGS, up=up, scale=scale, fps=fps, skip_frames=skip_frames)
    files = names.find(source)
    given = None if mapping is None else bvh_mappings.named(mapping)
    mappings, lengths = {}, {}
    for file in files:
        hierarchy = bvh_files.read_hierarchy(file)
        mappings[file] = given or bvh_mappings.recognise(file, hierarchy)
        joint_mapping.check(file, mappings[file], hierarchy)
        lengths[file] = _length(joint_mapping.rest_pose(mappings[file], hierarchy))
    scale = scale or _scale(lengths)
    return [
        Take(
            *name,
            path=str(file),
            mapping=mappings[file],
            up=up,
            scale=scale,
            fps=fps,
            skip_frames=(
                mappings[file].skip_frames if skip_frames is None else skip_frames
            ),
        )
        for file, name in names.names(source, files).items()
    ]


def _digests(source, files, mapping) -> dict[str, str]:
    named = {relative_name(source, file): file for file in files}
    if mapping is not None and pathlib.Path(mapping).is_file():
        named[pathlib.Path(mapping).name] = mapping
    return {name: provenance.sha256(file) for name, file in named.items()}


def _length(rest) -> float:
    """Returns the length from the left ankle over the root to the head."""
    bones = (SKELETON.edges[bone] for bone in checks.body(SKELETON))
    return sum(
        float(np.sqrt(((rest[joint] - rest[parent]) ** 2).sum()))
        for joint, parent in bones
    )


def _scale(lengths) -> float:
    shortest, longest = (pick(lengths, key=lengths.get) for pick in (min, max))
    low, high = lengths[shortest], lengths[longest]
    for unit, scale in UNITS.items():
        if PERSON[0] <= low * scale and high * scale <= PERSON[1]:
            print(
                f"lengths are taken to be in {unit}: people then measure "
                f"{low * scale:.2f} to {high * scale:.2f} m from ankle to head "
                f"(as --scale={scale!r} would set)",
                file=sys.stderr,
            )
            return scale
    raise UserError(
        f"{shortest}: the unit of length is unclear. From ankle to head it measures "
        f"{low:g} units, and {longest} {high:g}; in none of {', '.join(UNITS)} are all "
        f"between {PERSON[0]} and {PERSON[1]} m. Give metres per unit as --scale."
    )


DEFINITION = Definition(
    name="bvh",
    read=read,
    filmed=True,
    flags=FLAGS,
    licence="The terms of the motion capture files that it was converted from hold.",
    instructions="""
Your own motion capture: one BVH file per recording of one person, any software. No
image is needed: cameras are virtual.

`captures/subject/action/take.bvh` or `captures/subject/take.bvh`, at any depth (the
action is then `motion`); a file right in `captures` belongs to a subject called
`captures`. CMU's names, `07_01.bvh`, give subject 07 wherever they lie, and their
folder the action unless it is a number.

    python -m preprocessing.convert --dataset=bvh --source=captures \\
        --output=data/captures --test_subjects=ben
""",
)
