"""Small files of which hundreds of megabytes would be made, by what reads them.

Run as a program it reads each, and prints as JSON what each said and how far the
memory of the process grew at most.
"""

import io
import json
import pathlib
import pickle
import resource
import struct
import sys
import zipfile
import zlib

import numpy as np

from dgnet_tf.errors import UserError
from support.hostile.mat_elements import element, variable, written


def mat(kind, shape, values):
    """A writer of a compressed variable `x`."""
    packed = zlib.compress(variable(b"x", kind, shape, values))
    return lambda path: written(path, struct.pack("<II", 15, len(packed)) + packed)


def npz(make):
    """A writer of an array `x`, compressed."""
    return lambda path: np.savez_compressed(path, x=make())


def pickled(make):
    """A writer of an array `x` of objects whose pickle is given."""

    def write(path):
        head = io.BytesIO()
        about = {"descr": "|O", "fortran_order": False, "shape": ()}
        np.lib.format.write_array_header_1_0(head, about)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.npy", head.getvalue() + make())

    return write


def shared():
    """The pickle of a dict whose every value is the same array of 8 MB."""
    array = np.zeros(1_000_000)
    return pickle.dumps({str(index): array for index in range(20_000)}, 4)


def nested():
    """The pickle of lists that hold the same list a hundred times, eight deep."""
    found = [0]
    for _ in range(8):
        found = [found] * 100
    return pickle.dumps(found, 4)


def hdf5(**storage):
    """A writer of a data set `x` that promises numbers and holds none."""

    def write(path):
        import h5py

        with h5py.File(path, "w") as file:
            file.create_dataset("x", **storage)

    return write


def packed_zeros(path):
    """A data set whose 40 million numbers are there, packed."""
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset(
            "x", data=np.zeros((1000, 40_000), "i1"), chunks=(10, 40_000),
            compression="gzip",
        )  # fmt: skip


def writers() -> dict:
    """Returns how each file is written, by its name."""
    return {
        "cells.mat": mat(1, (2_000_000, 1), element(14, b"") * 2_000_000),
        "text.mat": mat(4, (1, 50_000_000), element(16, b"a" * 50_000_000)),
        "rows.mat": mat(4, (5_000_000, 1), element(16, b"a" * 5_000_000)),
        "bytes.mat": mat(6, (60_000_000, 1), element(2, bytes(60_000_000))),
        "bytes.npz": npz(lambda: np.zeros((1_000_000, 17, 2), np.int8)),
        "halves.npz": npz(lambda: np.zeros((1_000_000, 17, 2), np.float16)),
        "names.npz": npz(lambda: np.full(2_000_000, "a")),
        "dicts.npz": pickled(lambda: b"\x80\x02](" + b"}" * 1_900_000 + b"e."),
        "memo.npz": pickled(lambda: b"\x80\x04](" + b"}\x94" * 900_000 + b"e."),
        "shared.npz": pickled(shared),
        "nested.npz": pickled(nested),
        "promised.h5": hdf5(shape=(10**6, 10**6), dtype="f8", chunks=(100, 100)),
        "zeros.h5": packed_zeros,
    }


def reader(path):
    """Returns what reads a file's `x`."""
    if path.suffix == ".mat":
        from dgnet_tf.files import mat_files

        return lambda: mat_files.read(path, ["x"])
    if path.suffix == ".npz":
        from dgnet_tf.files import npz_files

        return lambda: npz_files.read(path, ["x"])
    import h5py

    from dgnet_tf.files import hdf5_files

    def read():
        with h5py.File(path) as file:
            hdf5_files.read(file, "x", 1 << 30)

    return read


def main(folder):
    """Reads the files of a folder and prints what came of it."""
    readers = [(path.name, reader(path)) for path in sorted(folder.iterdir())]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = {}
    for name, read in readers:
        try:
            read()
            said[name] = "read"
        except (UserError, ValueError) as error:
            said[name] = str(error)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({"said": said, "megabytes": grown / 1024}))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
