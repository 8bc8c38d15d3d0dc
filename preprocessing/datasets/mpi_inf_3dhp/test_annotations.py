"""Reads MPI-INF-3DHP's test annotations, `TS*/annot_data.mat` (MATLAB v7.3, HDF5).

MATLAB's order of axes is the reverse of HDF5's: `annot2` 2 x 17 x 1 x F is read as
(F, 1, 17, 2), pixels; `annot3` and `univ_annot3` as (F, 1, 17, 3), millimetres,
camera axes; `valid_frame` as (F, 1).
"""

from __future__ import annotations

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import hdf5_files
from preprocessing.datasets.mpi_inf_3dhp import views
from preprocessing.datasets.mpi_inf_3dhp.views import SKELETON, Sequence

CAMERA = "camera"
_MOST_FRAMES = 10**6
_MAX_BYTES = _MOST_FRAMES * 17 * 3 * 8


def load(path: str, sequence: Sequence, annotation: str) -> list[View]:
    """Reads one sequence: its only view.

    No calibration is read for the test cameras: intrinsics are zeros.

    Raises:
        UserError: if the file is damaged or of another layout.
    """
    import h5py

    joints = len(skeletons.get(SKELETON).joints)
    try:
        with h5py.File(path, "r") as file:
            valid = _read(path, file, "valid_frame")
            keypoints = _read(path, file, "annot2")
            positions = _read(path, file, annotation)
    except UserError:
        raise
    except Exception as error:  # HDF5's library raises many kinds.
        raise UserError(
            f"{path}: is not a readable MATLAB file of version 7.3 ({error!s:.100}). "
            "Download it again."
        ) from error
    for name, array, axes in (("annot2", keypoints, 2), (annotation, positions, 3)):
        where = f"{path}: {name!r} without its second axis"
        views.check_shape(array, joints, axes, len(valid), where)
    return [make(sequence, keypoints, positions, valid, str(path))]


def make(sequence: Sequence, keypoints, positions, valid, where: str) -> View:
    """Makes the view of a test sequence; unusable numbers raise a UserError.

    Keypoints are (F, 17, 2) pixels, positions (F, 17, 3) millimetres, and `valid` F
    numbers, 0 and 1, of any shape. `where` names file and field.
    """
    valid = np.asarray(valid).ravel()
    if valid.dtype.kind not in "fiub" or not np.isin(valid, (0, 1)).all():
        raise UserError(
            f"{where}: the valid frames must be marked by 0 and 1, found "
            f"{np.unique(valid)[:4].tolist()}. Download the file again."
        )
    return views.view(
        sequence, CAMERA, keypoints, positions, valid == 1, np.zeros(9), where
    )


def _read(path, file, name) -> np.ndarray:
    """Returns a data set of numbers without its axis of one person."""
    try:
        found = hdf5_files.dataset(file, name)
    except KeyError:
        raise UserError(
            f"{path}: has no array {name!r}, only {sorted(file)[:8]}. Take an "
            "annot_data.mat of the test set."
        ) from None
    shape = found.shape
    # Checked before reading: a damaged size could ask for any memory.
    if len(shape) not in (2, 4) or shape[1] != 1 or max(shape[2:], default=0) > 17:
        raise UserError(
            f"{path}: {name!r} must have the shape (frames, 1, 17, axes), or "
            f"(frames, 1) for 'valid_frame', found {shape}. Take an annot_data.mat of "
            "the test set."
        )
    if not 0 < shape[0] <= _MOST_FRAMES or found.dtype.kind not in "fiu":
        raise UserError(
            f"{path}: {name!r} must have 1 to {_MOST_FRAMES} frames of numbers, found "
            f"{shape[0]} of {found.dtype}. Download the file again."
        )
    return hdf5_files.read(file, name, _MAX_BYTES)[:, 0]
