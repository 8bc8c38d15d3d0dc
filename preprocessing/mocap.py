"""Pose archives: world-space motion in one `.npz`, filmed by virtual cameras.

An archive holds, without pickles, `pos/<clip>` float (F, 17, 3) in metres, world
axes with z up, joints in `human36m_17` order; the string arrays `clips`, `subjects`
and `actions`, in one order; and the number `fps`. Other keys are ignored. An
archive names no test subjects: its test split holds those of `--test_subjects`.
"""

from __future__ import annotations

import contextlib
import functools
import pathlib
import zipfile
import zlib

import numpy as np

from dgnet_tf import manifest, skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.views import View
from preprocessing import virtual_cameras
from preprocessing.sequences import (
    Dataset,
    PoseSequence,
    Recording,
    check_positions,
)

SKELETON = "human36m_17"


def read(path, cameras: int = 4, camera_seed: int = 0) -> Dataset:
    """Reads the list of clips of a pose archive, not yet the clips.

    Args:
        path: the archive.
        cameras: virtual cameras per clip.
        camera_seed: seed of their placement.

    Raises:
        UserError: if the file is missing, is no such archive, or if its keys,
            lengths or names do not agree.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise UserError(f"{path}: --source must be a pose archive (.npz); not found.")
    with _open(path) as archive:
        names = {key: _strings(path, archive, key) for key in _LISTS}
        fps = _fps(path, archive)
        keys = set(archive.files)
    lengths = {key: len(values) for key, values in names.items()}
    if len(set(lengths.values())) > 1:
        raise UserError(
            f"{path}: 'clips', 'subjects' and 'actions' must have one entry a clip, "
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
    twice = sorted({clip for clip in clips if clips.count(clip) > 1})
    if twice:
        raise UserError(
            f"{path}: 'clips' names {twice[0]!r} more than once; names must be unique."
        )
    recordings = tuple(
        Recording(
            subject,
            action,
            clip,
            functools.partial(
                load, str(path), clip, subject, action, fps, cameras, camera_seed
            ),
        )
        for clip, subject, action in zip(*(names[key] for key in _LISTS), strict=True)
    )
    return Dataset(
        name="mocap",
        skeleton=SKELETON,
        fps=fps,
        recordings=recordings,
        options={"cameras": cameras, "camera_seed": camera_seed},
        sources={path.name: manifest.file_sha256(path)},
    )


def load(path, clip, subject, action, fps, cameras, camera_seed) -> list[View]:
    """Reads, checks and films one clip.

    Raises:
        UserError: if its positions are not (F, 17, 3) finite numbers.
    """
    with _open(path) as archive:
        positions = _array(path, archive, f"pos/{clip}")
    joints = len(skeletons.get(SKELETON).joints)
    check_positions(positions, joints, f"{path}: clip {clip!r}")
    sequence = PoseSequence(subject, action, clip, positions, fps)
    return virtual_cameras.film(sequence, cameras, camera_seed)


_LISTS = ("clips", "subjects", "actions")


@contextlib.contextmanager
def _open(path):
    # Opened here, for numpy.load leaves a damaged file open.
    with open(path, "rb") as file:
        try:
            archive = np.load(file, allow_pickle=False)
        except (ValueError, EOFError, zipfile.BadZipFile) as error:
            raise UserError(
                f"{path}: is not a readable .npz archive ({error}). Write it with "
                "numpy.savez."
            ) from error
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise UserError(
                f"{path}: holds a single array; a pose archive is an .npz with "
                "'clips', 'subjects', 'actions', 'fps' and 'pos/<clip>'."
            )
        with archive:
            yield archive


def _array(path, archive, key):
    if key not in archive.files:
        raise UserError(
            f"{path}: has no key {key!r}; a pose archive holds 'clips', 'subjects', "
            f"'actions', 'fps' and 'pos/<clip>', this one {sorted(archive.files)[:6]}."
        )
    try:
        return archive[key]
    except (ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(
            f"{path}: array {key!r} cannot be read ({error}). Write the archive again, "
            "with plain arrays and no pickles."
        ) from error


def _strings(path, archive, key) -> list[str]:
    array = _array(path, archive, key)
    if array.ndim != 1 or array.dtype.kind != "U":
        raise UserError(
            f"{path}: {key!r} must be a list of strings, got dtype {array.dtype} and "
            f"shape {array.shape}."
        )
    return array.tolist()


def _fps(path, archive) -> float:
    array = _array(path, archive, "fps")
    if array.size != 1 or array.dtype.kind not in "fiu" or not 0 < array.item() < 1e4:
        raise UserError(
            f"{path}: 'fps' must be one number of frames a second, got {array!r}."
        )
    return float(array.item())
