"""Damages HDF5 files: their bytes, and the groups, data sets and links they hold."""

from __future__ import annotations

import io
import random

import h5py
import numpy as np

from fuzzing.byte_damage import of_bytes

_SHAPES = ((), (0,), (1,), (3, 3), (4, 17, 2), (10**6, 10**6), (2**62,))
_TYPES = ("f2", "f4", "f8", ">f8", "i1", "i8", "u2", "c8", "S5", "O", "?")


def of_hdf5(whole: bytes, rng) -> bytes:
    """Returns a file with one to three nodes changed, or else bytes."""
    # The library does not fail at the same place each time: no draw depends on it.
    rng = random.Random(rng.randrange(2**32))
    if rng.randrange(4) == 0:
        return of_bytes(whole, rng)
    file = io.BytesIO(whole)
    try:
        with h5py.File(file, "r+") as opened:
            for _ in range(rng.choice((1, 1, 2, 3))):
                _change(opened, rng)
    except Exception:  # The library leaves it to chance which one.
        return of_bytes(whole, rng)
    return file.getvalue()


def _change(file, rng):
    names = []
    file.visit(names.append)
    name = rng.choice(names)
    kind = rng.randrange(7)
    if kind == 0:
        del file[name]
    elif kind == 1:
        file.move(name, rng.choice(("x", f"{name}x", "\x1b[31m", "a/b/c", "é" * 300)))
    elif kind == 2:
        del file[name]
        file[name] = rng.choice(
            (
                h5py.SoftLink("/"),
                h5py.SoftLink(f"/{name}"),
                h5py.ExternalLink("/etc/hostname", "/x"),
                h5py.ExternalLink("none.h5", "/"),
            )
        )
    elif kind == 3:
        file[f"{name}_again"] = file[name]
    elif isinstance(file[name], h5py.Dataset):
        _replace(file, name, rng)
    else:
        del file[name]
        file[name] = 1.0


def _replace(file, name, rng):
    """Puts another data set in place of one: of other shape, type or storage."""
    shape, dtype = file[name].shape, file[name].dtype
    kind = rng.randrange(4)
    if kind == 0:
        shape = rng.choice((*_SHAPES, shape[::-1], (*shape, 1), shape[1:]))
    elif kind == 1:
        dtype = rng.choice(_TYPES)
    elif kind == 2 and dtype.kind == "f" and shape:
        values = file[name][()]
        values.flat[rng.randrange(max(values.size, 1))] = rng.choice(
            (np.nan, np.inf, -np.inf, 1e30)
        )
        file[name][...] = values
        return
    else:
        shape, dtype = rng.choice(_SHAPES), rng.choice(_TYPES)
    if dtype == "O":
        dtype = h5py.string_dtype()
    chunks = {"chunks": True, "compression": "gzip"} if rng.randrange(2) else {}
    del file[name]
    file.create_dataset(name, shape, dtype, **(chunks if shape else {}))
