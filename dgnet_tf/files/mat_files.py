"""Reads MATLAB's files of version 5 (`save -v6` or `-v7`): numbers, texts and cells.

It is here because SciPy's `loadmat` ends the whole process on some damaged files; a
single wrong byte is enough. The format is MathWorks' "MAT-File Format": a header of 128
bytes, then elements, each a type, a size and bytes. A variable is an element that
consists of elements: its class, its dimensions, its name and its values, or for a cell
array its arrays.
"""

from __future__ import annotations

import math
import pathlib
import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from dgnet_tf.errors import UserError

MAX_BYTES = 1 << 30  # of a file, and of each variable when inflated
_HEADER = 128
_INT8, _INT32, _UINT32, _MATRIX, _COMPRESSED = 1, 5, 6, 14, 15
# NumPy's letters for the types of stored values, and for the classes of arrays.
_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8",
           12: "i8", 13: "u8", 16: "u1", 17: "u2", 18: "u4"}  # fmt: skip
_CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4",
            13: "u4", 14: "i8", 15: "u8"}  # fmt: skip
_CELL, _TEXT = 1, 4
_COMPLEX = 0x800
_MAX_DEPTH = 8  # of cells in cells
_MAX_AXES = 8


def read(path, names: Sequence[str], max_bytes: int = MAX_BYTES) -> dict:
    """Reads the named variables, all of which must be there; others are left alone.

    The file, and each of its variables, may have `max_bytes`.

    Returns:
        For each name an array of two axes or more, of the dtype that MATLAB calls it;
        object arrays of such for cells; `str` for texts, rows joined by newlines.

    Raises:
        UserError: if the file is missing, damaged, too large, of another version, or
            lacks a variable or holds it in a way that is not read here.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise UserError(f"{path}: not found.")
    if path.stat().st_size > max_bytes:
        raise UserError(f"{path}: is larger than {max_bytes / 1e6:.0f} MB, too large.")
    content = memoryview(path.read_bytes())
    mark = bytes(content[124:_HEADER])
    if mark in (b"\x00\x02IM", b"\x02\x00MI"):
        raise UserError(f"{path}: is a MATLAB file of version 7.3. Save it with '-v7'.")
    if mark not in (b"\x00\x01IM", b"\x01\x00MI"):
        raise UserError(f"{path}: is no MATLAB file of version 5.")
    order = "<" if mark.endswith(b"IM") else ">"
    try:
        found = _variables(content[_HEADER:], order, names, max_bytes)
    except (ValueError, TypeError, OverflowError, zlib.error, MemoryError) as error:
        raise UserError(
            f"{path}: cannot be read as a MATLAB file ({error}). Copy or download it "
            "again."
        ) from error
    for name in names:
        if name not in found:
            has = sorted(found)[:12]
            raise UserError(f"{path}: has no variable {name!r}, only {has}.")
    return {name: found[name] for name in names}


def _variables(content, order, names, max_bytes) -> dict:
    """Returns all variables, and None in the place of those not asked for."""
    found = {}
    for kind, data in _elements(content, order, padded=False):
        if kind == _COMPRESSED:
            inflater = zlib.decompressobj()
            data = inflater.decompress(data, max_bytes + 1)
            if len(data) > max_bytes:
                raise ValueError(f"a variable inflates to more than {max_bytes} bytes")
            if not inflater.eof:
                raise ValueError("it ends within a variable")
            ((kind, data),) = _elements(memoryview(data), order)
        if kind != _MATRIX:
            raise ValueError(f"an element of type {kind} stands for a variable")
        name, parts = _name(data, order)
        found[name] = _value(*parts, order, 0) if name in names else None
    return found


def _elements(data, order, padded=True) -> Iterator[tuple[int, memoryview]]:
    """Yields type and bytes of the elements that stand side by side."""
    at = 0
    while at < len(data):
        if len(data) - at < 8:
            raise ValueError("it ends within an element")
        kind, size = struct.unpack_from(f"{order}II", data, at)
        start, step = at + 8, 8 + size + (-size % 8 if padded else 0)
        if kind >> 16:  # Up to four bytes stand within the tag.
            kind, size, start, step = kind & 0xFFFF, kind >> 16, at + 4, 8
            if size > 4:
                raise ValueError(f"a small element has {size} bytes")
        if start + size > len(data):
            raise ValueError("it ends within an element")
        yield kind, data[start : start + size]
        at += step


def _name(data, order):
    """Returns an array's name, and (class, dimensions, elements of its values)."""
    elements = list(_elements(data, order))
    if [kind for kind, _ in elements[:3]] != [_UINT32, _INT32, _INT8]:
        raise ValueError("an array lacks its class, dimensions or name")
    (_, flags), (_, axes), (_, name) = elements[:3]
    if len(flags) != 8 or len(axes) % 4 or not 2 <= len(axes) // 4 <= _MAX_AXES:
        raise ValueError("an array's class or dimensions have a wrong size")
    shape = struct.unpack(f"{order}{len(axes) // 4}i", axes)
    if min(shape) < 0:
        raise ValueError(f"an array has the shape {shape}")
    (flags,) = struct.unpack(f"{order}I", flags[:4])
    return bytes(name).decode("latin1"), (flags, shape, elements[3:])


def _value(flags, shape, elements, order, depth):
    count, kind = math.prod(shape), flags & 0xFF
    if kind == _CELL:
        if len(elements) != count or depth > _MAX_DEPTH:
            raise ValueError(f"a cell array of shape {shape} has {len(elements)} cells")
        cells = np.empty(count, object)
        for index, (inner, data) in enumerate(elements):
            if inner != _MATRIX:
                raise ValueError(f"an element of type {inner} stands for a cell")
            cells[index] = np.zeros((0, 0))  # What an empty element stands for.
            if len(data):
                cells[index] = _value(*_name(data, order)[1], order, depth + 1)
        return cells.reshape(shape, order="F")
    if flags & _COMPLEX or kind not in _CLASSES and kind != _TEXT:
        raise ValueError(f"an array is complex, or of class {kind}, which is not read")
    if len(elements) != 1 or elements[0][0] not in _STORED:
        raise ValueError("an array's values are missing or of no known type")
    stored, data = elements[0]
    # Raises ValueError where the bytes are no whole number of values.
    values = np.frombuffer(data, f"{order}{_STORED[stored]}")
    if len(values) != count:
        raise ValueError(f"an array of shape {shape} has {len(values)} values")
    values = values.reshape(shape, order="F")
    if kind == _TEXT:
        return _text(values)
    if values.dtype.kind == "f" and kind not in (6, 7):
        raise ValueError("an array of integers holds others")
    with np.errstate(over="ignore"):
        return values.astype(_CLASSES[kind])


def _text(values) -> str:
    if values.dtype.kind == "f" or values.size and not 0 <= values.max() < 0x110000:
        raise ValueError("a text has characters that do not exist")
    rows = np.maximum(values.reshape(len(values), math.prod(values.shape[1:])), 0)
    return "\n".join("".join(map(chr, row)) for row in rows.tolist())
