"""Reads the three forms of Human3.6M in which a file holds one sequence.

Each function returns an array of (..., 96) numbers, not yet checked: frames of 32
joints, millimetres. It raises UserError if the file is damaged or holds something else.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import hdf5_files, mat_files
from preprocessing.datasets.human36m import cdf_files

MAX_FRAMES = 100_000  # of a sequence; the longest has some 6,000
_MAX_NUMBERS = MAX_FRAMES * 96


def read_cdf(path) -> np.ndarray:
    """Reads the variable `Pose` of a CDF file: the original download."""
    return cdf_files.read_variable(path, "Pose")


def read_mat(path) -> np.ndarray:
    """Reads the cell `data` of a MATLAB file that was made from a CDF file."""
    data = mat_files.read(path, ["data"], cdf_files.MAX_BYTES)["data"]
    if not isinstance(data, np.ndarray) or (data.shape, data.dtype) != ((1, 1), object):
        raise UserError(f"{path}: 'data' must be a 1 x 1 cell, as cdfread makes it.")
    return data[0, 0]


def read_h5(path) -> np.ndarray:
    """Reads `3D_positions` of an HDF5 file of the old archive: (96, F) there."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return hdf5_files.read(file, "3D_positions", _MAX_NUMBERS * 8).T
    # h5py leaves it to chance which error a damaged file ends in.
    except Exception as error:
        raise UserError(
            f"{path}: cannot be read as HDF5 with '3D_positions' of (96, frames) "
            f"({type(error).__name__}: {error!s:.100}). Copy or make the file again."
        ) from error
