"""Pose archives: world-space motion in one `.npz`, filmed by virtual cameras.

An archive holds, without pickles, `pos/<clip>` float (F, 17, 3) in metres, world
axes with z up, joints in `human36m_17` order; the string arrays `clips`, `subjects`
and `actions`, in one order; and the number `fps`. Other keys are ignored. An
archive names no test subjects: its test split holds those of `--test_subjects`.
"""

from __future__ import annotations

import collections
import functools
import pathlib

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import npz_files, provenance
from preprocessing.cameras import camera_rig, virtual_cameras
from preprocessing.conversion.sequences import (
    Dataset,
    MissingSource,
    PoseSequence,
    Recording,
    check_positions,
)
from preprocessing.datasets.definition import Definition, source_flag

SKELETON = "human36m_17"
_LISTS = ("clips", "subjects", "actions")


def read(source, rig: camera_rig.Rig = camera_rig.DEFAULT) -> Dataset:
    """Reads the list of clips of a pose archive, not yet the clips.

    Raises:
        MissingSource: if the file is not there.
        UserError: if it is not such an archive, or if its keys, lengths or names do not
            agree.
    """
    path = pathlib.Path(source)
    if not path.is_file():
        raise MissingSource(
            f"{path}: --source must be a pose archive (.npz); not found."
        )
    content = npz_files.read(path, [*_LISTS, "fps"])
    names = {key: _strings(path, content, key) for key in _LISTS}
    fps = _fps(path, content["fps"])
    keys = set(npz_files.names(path))
    lengths = {key: len(values) for key, values in names.items()}
    if len(set(lengths.values())) > 1:
        raise UserError(
            f"{path}: 'clips', 'subjects' and 'actions' must have one entry per clip, "
            f"but their lengths are {lengths}."
        )
    clips = names["clips"]
    if not clips:
        raise UserError(f"{path}: 'clips' is empty; there is nothing to convert.")
    missing = [clip for clip in clips if f"pos/{clip}" not in keys]
    if missing:
        raise UserError(
            f"{path}: has no array 'pos/{missing[0]}', though 'clips' names "
            f"{missing[0]!r} ({len(missing)} of {len(clips)} clips lack theirs)."
        )
    counted = collections.Counter(clips)
    twice = sorted(clip for clip, count in counted.items() if count > 1)
    if twice:
        raise UserError(
            f"{path}: 'clips' names {twice[0]!r} more than once; names must be unique."
        )
    recordings = tuple(
        Recording(
            subject,
            action,
            clip,
            functools.partial(load, str(path), clip, subject, action, fps, rig),
        )
        for clip, subject, action in zip(*(names[key] for key in _LISTS), strict=True)
    )
    return Dataset(
        name="mocap",
        skeleton=SKELETON,
        fps=fps,
        recordings=recordings,
        options=rig.options(),
        sources={path.name: provenance.sha256(path)},
    )


def load(path, clip, subject, action, fps, rig) -> list[View]:
    """Reads, checks and films one clip; raises as `read_clip` does."""
    sequence = PoseSequence(subject, action, clip, read_clip(path, clip), fps)
    return virtual_cameras.film(sequence, rig)


def read_clip(path, clip) -> np.ndarray:
    """Reads and checks the (F, 17, 3) positions of one clip, metres.

    Raises:
        UserError: if they are not (F, 17, 3) finite numbers.
    """
    found = npz_files.read(path, [f"pos/{clip}"])[f"pos/{clip}"]
    joints = len(skeletons.get(SKELETON).joints)
    check_positions(found, joints, f"{path}: clip {clip!r}")
    return found


def _strings(path, content, key) -> list[str]:
    array = content[key]
    if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind != "U":
        raise UserError(f"{path}: {key!r} must be a list of strings.")
    for name in array.tolist():
        if not name or not name.isprintable():
            raise UserError(
                f"{path}: {key!r} holds {name[:60]!r}, which is not a name."
            )
    return array.tolist()


def _fps(path, array) -> float:
    number = isinstance(array, np.ndarray) and array.dtype.kind in "fiu"
    if not number or array.size != 1 or not 0 < array.item() < 1e4:
        raise UserError(
            f"{path}: 'fps' must be one number of frames per second, found "
            f"{np.ravel(array)[:3].tolist()}."
        )
    return float(array.item())


DEFINITION = Definition(
    name="mocap",
    read=read,
    filmed=True,
    flags=(source_flag("the pose archive (.npz)"),),
    licence="The terms of the motion that the pose archive was made from hold.",
    instructions="""
A pose archive: an `.npz` without pickles that holds `pos/<clip>` float (F, 17, 3) in
metres, z up, `human36m_17` order; `clips`, `subjects`, `actions` string arrays in one
order; `fps`. Other keys are ignored. The cameras are virtual.

    python -m preprocessing.convert --dataset=mocap --source=archive.npz \\
        --output=data/mine --validation_subjects=anna --test_subjects=ben
""",
)
