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
from dgnet_tf.files import expansion

MAX_BYTES = 1 << 30  # of a file, and of all that is made of it
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
_MOST_OF_NAME = 1024  # What stands before an array's values, and more.


def read(path, names: Sequence[str], max_bytes: int = MAX_BYTES) -> dict:
    """Reads the named variables, all of which must be there; others are left alone.

    The file may have `max_bytes`, and what is made of it, inflated and as float64; of a
    small file less is made, see `expansion`.

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
        budget = expansion.Budget(len(content), max_bytes)
        found = _variables(content[_HEADER:], order, names, budget)
    except expansion.TooMuch as error:
        raise UserError(f"{path}: is not read: {error}. No real one is so.") from None
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


def _variables(content, order, names, budget) -> dict:
    """Returns all variables, and None in the place of those not asked for."""
    found = {}
    for kind, data, _ in _elements(content, order, padded=False):
        head, size = data, None
        if kind == _COMPRESSED:
            # Who asks for other variables need not inflate this one.
            head = memoryview(zlib.decompressobj().decompress(data, _MOST_OF_NAME))
            if len(head) < 8:
                raise ValueError("it ends within a variable")
            kind, size = struct.unpack_from(f"{order}II", head)
            head = head[8:]
        if kind != _MATRIX:
            raise ValueError(f"an element of type {kind} stands for a variable")
        name = _parts(head, order)[0]
        found[name] = None
        if name in names:
            if size is not None:
                data = _inflated(data, size, budget)
            found[name] = _value(*_parts(data, order)[1:], order, 0, budget)
    return found


def _inflated(data, size, budget) -> memoryview:
    """Returns what a compressed element holds behind its tag, which says `size`."""
    budget.take(size)
    inflater = zlib.decompressobj()
    data = memoryview(inflater.decompress(data, 8 + size + 8))
    if not inflater.eof or len(data) < 8 + size:
        raise ValueError("it ends within a variable, or goes on after it")
    return data[8 : 8 + size]


def _elements(data, order, padded=True) -> Iterator[tuple[int, memoryview, int]]:
    """Yields the elements that stand side by side: type, bytes, and the way on."""
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
        yield kind, data[start : start + size], step
        at += step


def _parts(data, order):
    """Returns an array's name, class, dimensions, and the bytes of its values."""
    at, parts = 0, []
    for kind in (_UINT32, _INT32, _INT8):
        found = next(_elements(data[at:], order), (None, b"", 0))
        if found[0] != kind:
            raise ValueError("an array lacks its class, dimensions or name")
        parts.append(found[1])
        at += found[2]
    flags, axes, name = parts
    if len(name) > _MOST_OF_NAME:
        raise ValueError(f"a name has {len(name)} bytes")
    if len(flags) != 8 or len(axes) % 4 or not 2 <= len(axes) // 4 <= _MAX_AXES:
        raise ValueError("an array's class or dimensions have a wrong size")
    shape = struct.unpack(f"{order}{len(axes) // 4}i", axes)
    if min(shape) < 0:
        raise ValueError(f"an array has the shape {shape}")
    (flags,) = struct.unpack(f"{order}I", flags[:4])
    return bytes(name).decode("latin1"), flags, shape, data[at:]


def _value(flags, shape, data, order, depth, budget):
    count, kind = math.prod(shape), flags & 0xFF
    if kind == _CELL:
        return _cells(shape, data, order, depth, budget)
    if flags & _COMPLEX or kind not in _CLASSES and kind != _TEXT:
        raise ValueError(f"an array is complex, or of class {kind}, which is not read")
    elements = _elements(data, order)
    stored, data, _ = next(elements, (None, b"", 0))
    if stored not in _STORED or next(elements, None) is not None:
        raise ValueError("an array's values are missing or of no known type")
    # Raises ValueError where the bytes are no whole number of values.
    values = np.frombuffer(data, f"{order}{_STORED[stored]}")
    if len(values) != count:
        raise ValueError(f"an array of shape {shape} has {len(values)} values")
    values = values.reshape(shape, order="F")
    if kind == _TEXT:
        return _text(values, budget)
    if values.dtype.kind == "f" and kind not in (6, 7):
        raise ValueError("an array of integers holds others")
    budget.take(expansion.OBJECT + expansion.of_numbers(count, values.dtype))
    with np.errstate(over="ignore"):
        return values.astype(_CLASSES[kind])


def _cells(shape, data, order, depth, budget):
    count = math.prod(shape)
    if depth > _MAX_DEPTH or 8 * count > len(data):
        raise ValueError(f"a cell array of shape {shape} has {len(data)} bytes")
    budget.take(expansion.OBJECT * count)
    cells, found = np.empty(count, object), 0
    for inner, cell, _ in _elements(data, order):
        if inner != _MATRIX:
            raise ValueError(f"an element of type {inner} stands for a cell")
        if found == count:
            raise ValueError(f"a cell array of shape {shape} has more cells")
        cells[found] = np.zeros((0, 0))  # What an empty element stands for.
        if len(cell):
            parts = _parts(cell, order)[1:]
            cells[found] = _value(*parts, order, depth + 1, budget)
        found += 1
    if found != count:
        raise ValueError(f"a cell array of shape {shape} has {found} cells")
    return cells.reshape(shape, order="F")


def _text(values, budget) -> str:
    if values.dtype.kind == "f" or values.size and not 0 <= values.max() < 0x110000:
        raise ValueError("a text has characters that do not exist")
    # The codes and the characters have four bytes each.
    budget.take(16 * values.size + expansion.OBJECT * len(values))
    rows = values.reshape(len(values), math.prod(values.shape[1:]))
    codes = np.maximum(rows, 0).astype("<u4")
    return "\n".join(
        row.tobytes().decode("utf-32-le", "surrogatepass") for row in codes
    )
