"""Reads MPI-INF-3DHP's training annotations, `S*/Seq*/annot.mat` (MATLAB v5).

`annot2`, `annot3` and `univ_annot3` are cell arrays with one matrix per camera:
(F, 56) pixels or (F, 84) millimetres, 28 joints side by side, already in that
camera's axes (x right, y down, z forward). `cameras` numbers the cells. The files
have 14 cameras, of which the eight that the field trains on are taken.
`camera.calibration` lies beside `annot.mat`.
"""

from __future__ import annotations

import pathlib

import numpy as np

from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.files import mat_files
from preprocessing.datasets.mpi_inf_3dhp import skeletool
from preprocessing.datasets.mpi_inf_3dhp import views as mpi_inf_3dhp_views
from preprocessing.datasets.mpi_inf_3dhp.views import ANNOTATED_JOINTS, Sequence

CAMERAS = (0, 1, 2, 4, 5, 6, 7, 8)
CALIBRATION = "camera.calibration"


def camera_name(camera: int) -> str:
    """Returns the name of a training camera in records."""
    return f"camera_{camera}"


def load(path: str, sequence: Sequence, annotation: str) -> list[View]:
    """Reads one sequence: a view for each of `CAMERAS`.

    Intrinsics are those of `camera.calibration` if it is there and the annotation is
    "annot3". "univ_annot3" is scaled about the person, not about the camera: no
    camera projects it onto the keypoints, so that its intrinsics are zeros.

    Raises:
        UserError: if a file is damaged or of another layout.
    """
    content = _read(path, ("cameras", "annot2", annotation))
    cells = _cells(path, content["cameras"])
    calibration = pathlib.Path(path).with_name(CALIBRATION)
    intrinsics = dict.fromkeys(CAMERAS, np.zeros(9))
    if annotation == "annot3" and calibration.is_file():
        intrinsics = skeletool.read_intrinsics(
            calibration, CAMERAS, sequence.image_size
        )
    views = []
    for camera in CAMERAS:
        keypoints = _matrix(path, content, "annot2", cells[camera], camera, 2)
        positions = _matrix(path, content, annotation, cells[camera], camera, 3)
        if len(keypoints) != len(positions):
            raise UserError(
                f"{path}: camera {camera} has {len(keypoints)} frames of 'annot2' and "
                f"{len(positions)} of {annotation!r}. Download the file again."
            )
        valid, where = np.ones(len(keypoints), bool), f"{path}: camera {camera}"
        arrays = (keypoints, positions, valid, intrinsics[camera])
        found = mpi_inf_3dhp_views.view(sequence, camera_name(camera), *arrays, where)
        views.append(found)
    return views


def _read(path, names) -> dict:
    """Returns the variables of a MATLAB file, checked to be numbers and cells."""
    content = mat_files.read(path, names)
    for name, found in content.items():
        wanted = "numbers" if name == "cameras" else "one cell per camera"
        is_array = isinstance(found, np.ndarray)
        if not is_array or (found.dtype == object) != (name != "cameras"):
            raise UserError(
                f"{path}: {name!r} must hold {wanted}. Take an annot.mat of the "
                "training set."
            )
    return content


def _cells(path, cameras) -> dict[int, int]:
    """Returns the place of each camera's cell."""
    numbers = cameras.ravel().tolist() if cameras.dtype.kind in "fiu" else []
    missing = [camera for camera in CAMERAS if numbers.count(camera) != 1]
    if missing:
        raise UserError(
            f"{path}: 'cameras' must number the cameras and hold {missing[0]} once, "
            f"found {numbers[:20]}. Take an annot.mat of the training set."
        )
    return {camera: numbers.index(camera) for camera in CAMERAS}


def _matrix(path, content, name, cell, camera, axes) -> np.ndarray:
    """Returns one camera's matrix as (F, 28, axes)."""
    where = f"{path}: {name!r} of camera {camera}"
    found = content[name].ravel()
    joints = len(ANNOTATED_JOINTS)
    array = found[cell] if cell < len(found) else None
    if isinstance(array, np.ndarray) and array.ndim == 2:
        if array.shape[1] == joints * axes:
            array = array.reshape(len(array), joints, axes)
    mpi_inf_3dhp_views.check_shape(array, joints, axes, None, where)
    return array
