"""Reads numbers from HDF5 files that anybody may have written.

HDF5 can point beyond a file, by links and by data sets whose values lie elsewhere, and
a few bytes of it can promise terabytes or inflate to gigabytes. Here only values that
lie in the file itself are read, and their size is known before they are.
"""

from __future__ import annotations

import math

import numpy as np

_MAX_DEPTH = 32  # of groups in groups; networks' weights have 10
_MAX_NODES = 100_000  # links of a file; networks' weights have some 2,000
# A chunk is inflated whole, whatever part of it is asked for.
_MAX_CHUNK = 16 << 20


def shapes(file) -> dict[str, tuple[int, ...]]:
    """Returns the shapes of all data sets of an open file by their paths in it.

    Raises:
        ValueError: if the file has links, or data sets of other than plain numbers
            that lie in it.
    """
    import h5py  # TensorFlow's own requirement.

    found, groups, seen = {}, [("", file, 0)], 0
    while groups:
        inside, group, depth = groups.pop()
        for name in group:
            path, seen = f"{inside}{name}", seen + 1
            if seen > _MAX_NODES or depth > _MAX_DEPTH:
                raise ValueError("it has too many groups, or they are too deep")
            node = _own(group, name, path)
            if isinstance(node, h5py.Group):
                groups.append((f"{path}/", node, depth + 1))
            elif isinstance(node, h5py.Dataset):
                check(node, path)
                found[path] = node.shape
    return found


def read(file, name: str, most: int) -> np.ndarray:
    """Returns a data set's numbers.

    Args:
        file: an open file.
        name: of a data set in its root group.
        most: bytes that the numbers may take as float64.

    Raises:
        KeyError: if there is none of this name.
        ValueError: if its values do not lie in the file, are not plain numbers, or
            are too many.
    """
    import h5py

    node = _own(file, name, name)
    if not isinstance(node, h5py.Dataset):
        raise KeyError(name)
    check(node, name)
    if 8 * math.prod(node.shape) > most:
        raise ValueError(f"{name!r} has the shape {node.shape}, too many numbers")
    return node[()]


def check(dataset, name: str):
    """Raises ValueError where values are no plain numbers within the file."""
    if dataset.shape is None or dataset.dtype.kind not in "biuf":
        raise ValueError(f"{name!r:.80} holds no numbers")
    if dataset.is_virtual or dataset.external:
        raise ValueError(f"{name!r:.80} has its values in another file")
    if math.prod(dataset.chunks or ()) * dataset.dtype.itemsize > _MAX_CHUNK:
        raise ValueError(f"{name!r:.80} is stored in chunks of {dataset.chunks}")


def _own(group, name, path):
    """Returns a group's node; ValueError where it is but a link to one."""
    import h5py

    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise ValueError(f"{path!r:.80} is a link to another place or file")
    return group[name]
