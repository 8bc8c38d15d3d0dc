"""Users' own motion capture as BVH files, filmed by virtual cameras.

A file is one recording of one person, named as `names` describes. Joints become
`human36m_17`'s by their names (`mappings`), all is resampled to one rate, and the
floor is put 7 cm below the 5th percentile of the lower ankle's height.
"""

from __future__ import annotations

import functools
import pathlib

from dgnet_tf.command_line import progress
from dgnet_tf.data.view import View
from dgnet_tf.files import provenance
from preprocessing.cameras import camera_rig, virtual_cameras
from preprocessing.conversion.sequences import Dataset, Recording, relative_name
from preprocessing.datasets.bvh import choices, frame_rows, names, placement
from preprocessing.datasets.bvh import files as bvh_files
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
        least=frame_rows.SLOWEST,
        most=frame_rows.FASTEST,
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
        scale: metres per unit; None for `choices.scale`.
        fps: frames per second to resample to.
        skip_frames: frames to drop at each file's start; None for the mapping's own
            number (CMU's conversions start with a T-pose).

    Raises:
        MissingSource: if there are no BVH files.
        UserError: if a file is damaged, its joints or units are not recognised, or
            two files have one name.
    """
    check_arguments(FLAGS, up=up, scale=scale, fps=fps, skip_frames=skip_frames)
    found = names.names(source, names.find(source))
    known = bvh_mappings.MAPPINGS if mapping is None else bvh_mappings.named(mapping)
    files = progress.each(map(str, found), "read joints", len(found), "file")
    readings = {file: _reading(file, known) for file in files}
    choices.say_joints(readings)
    choices.say(f"{up} is taken to point up in the files (--up={up})")
    scale = scale or choices.scale(readings)
    choices.say_rates(readings, fps)
    if skip_frames is None:
        choices.say_skipped(readings)
    return [
        Take(
            *name,
            path=str(file),
            mapping=readings[str(file)].mapping,
            placement=readings[str(file)].placement,
            up=up,
            scale=scale,
            fps=fps,
            skip_frames=(
                readings[str(file)].mapping.skip_frames
                if skip_frames is None
                else skip_frames
            ),
        )
        for file, name in found.items()
    ]


def _reading(file, known) -> choices.Reading:
    motion = bvh_files.read_rest(file)
    mapping = bvh_mappings.choose(file, motion.hierarchy, known)
    if motion.hierarchy.positioned():
        motion = bvh_files.read_motion(file)
    placed = placement.place(file, mapping, motion)
    return choices.Reading(mapping, placed, motion.fps)


def _digests(source, files, mapping) -> dict[str, str]:
    named = {relative_name(source, file): file for file in files}
    if mapping is not None and pathlib.Path(mapping).is_file():
        named[pathlib.Path(mapping).name] = mapping
    return provenance.digests(named)


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
