"""Reads the community's `.npz` files, which hold pickles, untrusted; packs ours."""

from __future__ import annotations

import io
import pathlib
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import expansion, unpickling

# Of what is made of a file; the largest real ones inflate to less than 1.5 GB.
MAX_BYTES = 4 << 30


def names(path) -> list[str]:
    """Returns the names of an `.npz`'s entries; a UserError if it is no archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [name.removesuffix(".npy") for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise UserError(
            f"{path}: is not a readable .npz archive ({_brief(error)}). Write it with "
            "numpy.savez."
        ) from error


def read(path, names: Sequence[str], max_bytes: int = MAX_BYTES) -> dict[str, object]:
    """Reads the named entries of an `.npz`.

    Args:
        path: the file.
        names: its entries to read; all must be there, others are left alone.
        max_bytes: what the entries may fill together, their numbers as float64. A
            small file may fill less, see `expansion`.

    Returns:
        For each name its array, read-only. An object array of one element gives
        that element. Objects consist of dicts, lists, tuples, str, bytes, bool,
        numbers, None, NumPy scalars and arrays.

    Raises:
        UserError: if the file is missing, damaged or too large, if it lacks a name,
            or if a pickle in it holds anything else.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such file.")
    try:
        with zipfile.ZipFile(path) as archive:
            return _entries(path, archive, names, max_bytes)
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, ValueError) as error:
        raise UserError(
            f"{path}: is not a readable .npz archive ({_brief(error)}). Copy it again "
            "from where you got it."
        ) from error
    except RuntimeError as error:  # zipfile's, for compression and encryption.
        raise UserError(
            f"{path}: is packed in a way that NumPy does not use ({_brief(error)}). "
            "Write it again with numpy.savez_compressed."
        ) from error


def packed(arrays: dict[str, object]) -> bytes:
    """Returns the content of a file that holds arrays by name.

    In memory: NumPy itself leaves the file open where the disk is full, and gives names
    without .npz another.
    """
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def _entries(path, archive, names, max_bytes):
    has = sorted(name.removesuffix(".npy") for name in archive.namelist())
    missing = [name for name in names if name not in has]
    if missing:
        raise UserError(
            f"{path}: has no entry {missing[0]!r}; it has {', '.join(has[:12])}. Is it "
            "another file?"
        )
    infos = {name: archive.getinfo(f"{name}.npy") for name in names}
    budget = expansion.Budget(path.stat().st_size, max_bytes)
    size = sum(info.file_size for info in infos.values())
    if size > budget.most:
        raise UserError(
            f"{path}: inflates to {expansion.in_words(size)}, more than the "
            f"{expansion.in_words(budget.most)} that are read of a file of its size. "
            "No real one is so large."
        )
    entries = {}
    for name, info in infos.items():
        where = f"{path}: entry {name!r}"
        # Others may inflate a block far beyond the size that the member declares.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RuntimeError(f"compression method {info.compress_type}")
        with archive.open(info) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of what Python 2 wrote, or damage.
            entries[name] = _entry(file, info.file_size, where, budget)
            if file.read(1):  # At the end, where zipfile compares the checksum.
                raise UserError(f"{where} goes on after its end. Copy the file again.")
    return entries


def _entry(file, size, where, budget):
    try:
        shape, fortran, dtype = header(file)
        if dtype.kind == "O":
            found = unpickling.load(file, budget)
        else:
            budget.take(expansion.of_numbers(size // max(1, dtype.itemsize), dtype))
            found = unpickling.numeric(shape, dtype, fortran, file.read(size))
    except unpickling.Refused as refused:
        raise UserError(
            f"{where} holds {refused}; only arrays, dicts, lists, tuples, strings and "
            "numbers are read, and nothing was run. Do not load this file with "
            "allow_pickle; get it again from a source that you trust."
        ) from None
    except expansion.TooMuch as error:
        raise UserError(f"{where} is not read: {error}. No real one is so.") from None
    except MemoryError:
        raise UserError(f"{where} is larger than the memory left.") from None
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise UserError(
            f"{where} is damaged ({_brief(error)}). Copy the file again from where you "
            "got it."
        ) from error
    if isinstance(found, np.ndarray) and found.dtype.kind == "O" and found.size == 1:
        return found.item()
    return found


def header(file):
    """Reads shape, whether in Fortran order, and dtype from the head of a `.npy`.

    Raises:
        ValueError, TypeError, LookupError: if it is damaged.
    """
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"version {version} of the .npy format")
    try:
        if version == (1, 0):
            return np.lib.format.read_array_header_1_0(file)
        return np.lib.format.read_array_header_2_0(file)
    except (SyntaxError, tokenize.TokenError) as error:
        raise ValueError("its header is no Python literal") from error


def _brief(error) -> str:
    """Returns a message's first line: some of NumPy's quote a whole header."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:100]
