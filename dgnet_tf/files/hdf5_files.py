"""Reads numbers from HDF5 files that anybody may have written.

HDF5 can point beyond a file, by links and by data sets whose values lie elsewhere, and
a few bytes of it can promise terabytes or inflate to gigabytes. Here only values that
lie in the file itself are read, and their size is known before they are.
"""

from __future__ import annotations

import math

import numpy as np

from dgnet_tf.files import expansion

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


def dataset(file, name: str):
    """Returns a data set of an open file's root group, checked.

    Raises:
        KeyError: if there is none of this name.
        ValueError: if its values do not lie in the file, or are not plain numbers.
    """
    import h5py

    node = _own(file, name, name)
    if not isinstance(node, h5py.Dataset):
        raise KeyError(name)
    check(node, name)
    return node


def read(file, name: str, most: int) -> np.ndarray:
    """Returns a data set's numbers.

    Args:
        file: an open file.
        name: of a data set in its root group.
        most: bytes that the numbers may take as float64; a small file may fill less,
            see `expansion`.

    Raises:
        KeyError, ValueError: as `dataset`, or if the numbers are too many.
    """
    found = dataset(file, name)
    budget = expansion.Budget(file.id.get_filesize(), most)
    budget.take(expansion.of_numbers(math.prod(found.shape), found.dtype))
    return found[()]


def check(dataset, name: str):
    """Raises ValueError where values are no plain numbers within the file."""
    if dataset.shape is None or dataset.dtype.kind not in "biuf":
        raise ValueError(f"{name!r:.80} holds no numbers")
    if dataset.is_virtual or dataset.external:
        raise ValueError(f"{name!r:.80} has its values in another file")
    if math.prod(dataset.chunks or ()) * dataset.dtype.itemsize > _MAX_CHUNK:
        raise ValueError(f"{name!r:.80} is stored in chunks of {dataset.chunks}")


def _own(group, name, path):
    """Returns a group's node.

    Raises KeyError where there is none, ValueError where it is but a link to one.
    """
    import h5py

    link = group.get(name, getlink=True)
    if link is None:
        raise KeyError(name)
    if not isinstance(link, h5py.HardLink):
        raise ValueError(f"{path!r:.80} is a link to another place or file")
    return group[name]
