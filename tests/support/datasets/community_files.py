"""Writes `.npz` files as they circulate: pickled objects within NumPy arrays."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from dgnet_tf.files import npz_files


def boxed(value):
    """Returns the 0-dimensional object array that `numpy.savez` makes of a dict."""
    array = np.empty((), object)
    array[()] = value
    return array


def write(path, **entries):
    """Writes entries as `numpy.savez_compressed` does; dicts are pickled."""
    np.savez_compressed(path, **{k: _array(v) for k, v in entries.items()})
    return path


def _array(value):
    return value if isinstance(value, np.ndarray) else boxed(value)


def member(pickle: bytes, descr="|O", shape=()) -> bytes:
    """Returns the `.npy` bytes around a pickle."""
    file = io.BytesIO()
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + pickle


def write_members(path, members: dict[str, bytes], method=zipfile.ZIP_DEFLATED):
    """Writes an `.npz` of members whose bytes are given."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def read_pickle(folder, pickle: bytes):
    """Reads a pickle as the one entry of an `.npz`."""
    path = write_members(folder / "a.npz", {"x": member(pickle)})
    return npz_files.read(path, ["x"])["x"]
