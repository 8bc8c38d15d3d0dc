"""Reads one variable of a CDF file (NASA's Common Data Format) with cdflib.

cdflib believes what records say: a damaged one can promise billions of variables,
records or bytes. So the records that it will follow are followed here first.
"""

from __future__ import annotations

import contextlib
import math
import pathlib
import tempfile
import zlib
from collections.abc import Iterator

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import expansion

# Of a file, and of what is inflated from it; of a small one less, see `expansion`.
MAX_BYTES = 128 << 20
_MAX_COUNT = 100_000  # of variables, records, or entries of an index
_VERSION_3, _WHOLE = b"\xcd\xf3\x00\x01", b"\x00\x00\xff\xff"
_INDEX, _COMPRESSED_BLOCK, _GZIP, _COMPRESSED = 6, 13, 5, 4
# Of one value: REAL4 and FLOAT, REAL8 and DOUBLE.
_BYTES = {21: 4, 44: 4, 22: 8, 45: 8}


def read_variable(path, variable: str) -> np.ndarray:
    """Returns a variable's values, with the axis of its records first if it has one.

    Raises:
        UserError: if the file is not a CDF, damaged, too large, or lacks the variable.
    """
    path = pathlib.Path(path)
    if path.stat().st_size > MAX_BYTES:
        raise UserError(f"{path}: is larger than {MAX_BYTES >> 20} MiB, too large.")
    try:
        from cdflib import cdfread

        most = expansion.limit(path.stat().st_size, MAX_BYTES)
        with _inflated(path, most) as inflated:
            there = _Records(inflated.read_bytes(), most).check(variable)
            file = cdfread.CDF(inflated)
            about = file.varinq(variable)
            if about.Data_Type not in _BYTES:
                raise ValueError(f"its values are {about.Data_Type_Description}")
            values = math.prod(map(int, about.Dim_Sizes)) * (about.Last_Rec + 1)
            # What its blocks lack cdflib would make up.
            if not 0 <= values * _BYTES[about.Data_Type] <= there:
                raise ValueError(f"it promises {values} values in {there} bytes")
            return np.asarray(file.varget(variable))
    except ImportError as error:
        raise UserError(
            "Reading .cdf files needs cdflib: pip install cdflib."
        ) from error
    # cdflib leaves it to chance which error a damaged file ends in.
    except Exception as error:
        raise UserError(
            f"{path}: variable {variable!r} cannot be read from this CDF file "
            f"({type(error).__name__}: {error!s:.100}). Copy or download it again."
        ) from error


def inflate(data: bytes, limit: int) -> bytes:
    """Inflates gzip or zlib data.

    Raises:
        ValueError: if it gives more than `limit` bytes.
        zlib.error: if it is damaged.
    """
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    inflated = inflater.decompress(data, limit + 1)
    if len(inflated) > limit:
        raise ValueError(f"it inflates to more than {expansion.in_words(limit)}")
    return inflated


@contextlib.contextmanager
def _inflated(path, most) -> Iterator[pathlib.Path]:
    """Gives the file, or a copy of one that is compressed as a whole."""
    content = path.read_bytes()
    if content[4:8] == _WHOLE:
        yield path
        return
    records = _Records(content, most)
    parameters = records.offset(8 + records.wide + 4)
    if records.number(parameters + records.wide + 4) != _GZIP:
        raise ValueError("it is compressed by another method than gzip")
    start, size = 8 + 3 * records.wide + 8, records.offset(8)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "inflated.cdf"
        inflated = inflate(content[start : max(start, 8 + size)], most)
        copy.write_bytes(content[:4] + _WHOLE + inflated)
        yield copy


class _Records:
    """The internal records of a CDF file.

    A record is its size, its type and its fields. Sizes and offsets have 8 bytes, in
    files of before version 3 they have 4; other numbers have 4.
    """

    def __init__(self, content: bytes, most: int):
        self.content, self.most = content, most
        self.wide = 8 if content[:4] == _VERSION_3 else 4
        self.name_size = 256 if content[:4] == _VERSION_3 else 64

    def check(self, variable: str) -> int:
        """Follows what leads to a variable's values; returns how many bytes they have.

        Raises:
            ValueError: if that is more than any file of this kind holds.
        """
        wide = self.wide
        descriptor = 8 + self._size(8)  # Behind the first record.
        self._size(descriptor)
        heads = descriptor + wide + 4
        counts = descriptor + 5 * wide + 4
        self._count(counts + 12, "dimensions")
        for head, count in ((heads, counts), (heads + wide, counts + 16)):
            position = self.offset(head)
            for _ in range(self._count(count, "variables")):
                name = self.content[position + 5 * wide + 44 :][: self.name_size]
                name = name.replace(b"\x00", b"").decode("ascii")
                if name.strip().lower() == variable.strip().lower():
                    self._size(position)
                    return self._check_variable(position)
                position = self.offset(position + wide + 4)
        raise ValueError("it has no such variable")

    def _check_variable(self, position) -> int:
        wide = self.wide
        self._count(position + 5 * wide + 44 + self.name_size, "dimensions")
        self._count(position + 2 * wide + 8, "records")
        if self.number(position + 4 * wide + 12) & _COMPRESSED:
            self._size(self.offset(position + 4 * wide + 40))
        if self.number(position + 4 * wide + 16) != 0:
            raise ValueError("its records are sparse")
        indices, entries, size = [self.offset(position + 2 * wide + 12)], 0, 0
        while indices:
            index = indices.pop()
            self._size(index)
            space = self._count(index + 2 * wide + 4, "entries")
            used = self._count(index + 2 * wide + 8, "entries")
            entries += 1 + used
            if entries > _MAX_COUNT:
                raise ValueError(f"it promises more than {_MAX_COUNT} entries")
            if following := self.offset(index + wide + 4):
                indices.append(following)
            for i in range(used):
                block = self.offset(index + 2 * wide + 12 + 8 * space + wide * i)
                if self.number(block + wide) == _INDEX:
                    indices.append(block)
                else:
                    size += self._block_size(block)
                if size > 2 * self.most:
                    raise ValueError(f"it promises more than {2 * self.most} bytes")
        return size

    def _block_size(self, block):
        """Returns the bytes that a block of values gives."""
        wide = self.wide
        stored = self._size(block)
        if self.number(block + wide) != _COMPRESSED_BLOCK:
            return stored
        start = block + 2 * wide + 8
        size = max(0, self.offset(block + wide + 8))
        return len(inflate(self.content[start : start + size], self.most))

    def _size(self, position):
        """Returns the bytes of a record; cdflib asks for room for all of them."""
        size = self.offset(position)
        if not 0 <= size <= len(self.content):
            raise ValueError(f"it promises a record of {size} bytes")
        return size

    def _count(self, position, of_what):
        found = self.number(position)
        if found > _MAX_COUNT:
            raise ValueError(f"it promises {found} {of_what}")
        return found

    def number(self, position: int) -> int:
        """Returns the number of 4 bytes at a position."""
        return self._signed(position, 4)

    def offset(self, position: int) -> int:
        """Returns the size or offset at a position."""
        return self._signed(position, self.wide)

    def _signed(self, position, size):
        if not 0 <= position <= len(self.content) - size:
            raise ValueError(f"it has no byte {position}")
        found = self.content[position : position + size]
        return int.from_bytes(found, "big", signed=True)
