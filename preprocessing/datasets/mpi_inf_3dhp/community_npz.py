"""Reads P-STMO's files of MPI-INF-3DHP, `data_train_3dhp.npz` and `data_test_3dhp.npz`.

Both hold a pickled dict `data`. Training: "S1 Seq1" to a list of {camera "0": {data_2d
(F, 17, 2) pixels, data_3d (F, 17, 3) millimetres}} and the frames per second. Test:
"TS1" to {data_2d, data_3d, valid (F,)}. The 3-D is `univ_annot3`, in the joint order
and the camera axes of the original annotations.
"""

from __future__ import annotations

import functools
import math
import pathlib
import re

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import npz_files
from preprocessing.datasets.mpi_inf_3dhp import test_annotations
from preprocessing.datasets.mpi_inf_3dhp import views as mpi_inf_3dhp_views
from preprocessing.datasets.mpi_inf_3dhp.train_annotations import CAMERAS, camera_name
from preprocessing.datasets.mpi_inf_3dhp.views import SKELETON, Sequence

FILES = ("data_train_3dhp.npz", "data_test_3dhp.npz")
ANNOTATION = "univ_annot3"
_TRAIN_NAME = re.compile(r"S[0-9]+ Seq[0-9]+")
_TEST_NAME = re.compile(r"TS[0-9]+")


def find_sequences(path) -> dict[tuple[str, str], float | None]:
    """Reads which sequences a file holds.

    Returns:
        (person, sequence) to frames per second; (TS1, TS1) to None for a test sequence.

    Raises:
        UserError: if the file is damaged or of another layout.
    """
    found = {}
    for name, entry in _content(path).items():
        if _TRAIN_NAME.fullmatch(name):
            subject, take = name.split(" ")
            found[subject, take] = _fps(f"{path}: {name!r}", entry)
        elif _TEST_NAME.fullmatch(name):
            found[name, name] = None
        else:
            raise UserError(
                f"{path}: {name!r} is not a sequence of MPI-INF-3DHP; they are named "
                "'S1 Seq1' or 'TS1'. Take P-STMO's data_train_3dhp.npz and "
                "data_test_3dhp.npz."
            )
    return found


def load(path: str, sequence: Sequence) -> list[View]:
    """Reads one sequence: a view for each camera in the file.

    The files hold no calibration: intrinsics are zeros.

    Raises:
        UserError: if the sequence is of another layout or holds unusable numbers.
    """
    if sequence.take == sequence.subject:
        where = f"{path}: {sequence.subject!r}"
        entry = _entry(where, _content(path)[sequence.subject], "valid")
        keypoints, positions = _arrays(where, entry)
        if np.size(entry["valid"]) != len(keypoints):
            raise UserError(
                f"{where}: 'valid' has {np.size(entry['valid'])} values for "
                f"{len(keypoints)} frames. Get the file again."
            )
        return [
            test_annotations.make(sequence, keypoints, positions, entry["valid"], where)
        ]
    name = f"{sequence.subject} {sequence.take}"
    cameras = _content(path)[name][0]
    views = []
    for camera in CAMERAS:
        if str(camera) not in cameras:
            continue
        where = f"{path}: {name!r}, camera {camera}"
        keypoints, positions = _arrays(where, _entry(where, cameras[str(camera)]))
        arrays = (keypoints, positions, np.ones(len(keypoints), bool), np.zeros(9))
        found = mpi_inf_3dhp_views.view(sequence, camera_name(camera), *arrays, where)
        views.append(found)
    return views


def _content(path) -> dict:
    status = pathlib.Path(path).stat()
    return _cached(str(path), status.st_mtime_ns, status.st_size)


# A worker reads the file once, not once for each sequence.
@functools.lru_cache(maxsize=2)
def _cached(path, changed, size):
    content = npz_files.read(path, ["data"])["data"]
    names = list(content) if isinstance(content, dict) else []
    if not names or not all(isinstance(name, str) for name in names):
        raise UserError(
            f"{path}: 'data' must be a dict of sequences by name, found "
            f"{type(content).__name__}. Take P-STMO's data_train_3dhp.npz and "
            "data_test_3dhp.npz."
        )
    return content


def _fps(where, entry) -> float:
    """Checks the outer layout of a training sequence; returns its frame rate."""
    cameras, fps = entry if isinstance(entry, list) and len(entry) == 2 else (None, 0)
    known = {str(camera) for camera in CAMERAS}
    if not isinstance(cameras, dict) or not cameras or not set(cameras) <= known:
        raise UserError(
            f"{where} must be a list of a dict by camera ({', '.join(sorted(known))}) "
            "and the frames per second. Take P-STMO's data_train_3dhp.npz."
        )
    number = isinstance(fps, (int, float, np.integer, np.floating))
    if not number or not math.isfinite(fps) or not 0 < fps < 1e4:
        raise UserError(
            f"{where}: the frames per second must be a positive number, found "
            f"{fps if number else type(fps).__name__}. Get the file again."
        )
    return float(fps)


def _entry(where, entry, *more) -> dict:
    missing = {"data_2d", "data_3d", *more} - set(entry if type(entry) is dict else ())
    if missing:
        raise UserError(
            f"{where}: must be a dict with 'data_2d', 'data_3d' and, in the test set, "
            f"'valid'; {sorted(missing)[0]!r} is missing. Take P-STMO's files."
        )
    return entry


def _arrays(where, entry):
    joints = len(skeletons.get(SKELETON).joints)
    keypoints, positions = entry["data_2d"], entry["data_3d"]
    check = mpi_inf_3dhp_views.check_shape
    check(keypoints, joints, 2, None, f"{where}, 'data_2d'")
    check(positions, joints, 3, len(keypoints), f"{where}, 'data_3d'")
    return keypoints, positions
