"""Archives of some hundred kilobytes that would inflate to more than a gigabyte."""

from __future__ import annotations

import functools
import io
import struct
import zipfile
import zlib

import numpy as np

from fuzzing.target import Damage

_PART = bytes(1 << 20)
_PARTS = 1200
_ZEROS = _PARTS * len(_PART)
_TYPES = ("|i1", "<f4", "<f8", "|b1", "|S1", "<U1", "|O")
# MATLAB's classes, with the type and size of what is stored: cell, text, double, int8.
_CLASSES = {1: (14, 8), 4: (16, 1), 6: (9, 8), 8: (1, 1)}


def rarely(bomb: Damage, damage: Damage) -> Damage:
    """Returns a damage that is one time in fifty a bomb, which takes its time."""

    def either(whole, rng):
        return (bomb if rng.randrange(50) == 37 else damage)(whole, rng)

    return either


def of_zip(whole: bytes, rng) -> bytes:
    """Returns an archive one of whose arrays is of zeros, a gigabyte of them."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    bomb, dtype = rng.choice(sorted(members)), rng.choice(_TYPES)
    items = _ZEROS // max(1, np.dtype(dtype).itemsize)
    shape = rng.choice(((items,), (items // 51, 17, 3), (items // 2, 1, 2), (1, items)))
    start = io.BytesIO()
    about = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(start, about)
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, content in members.items():
            if name == bomb:
                _add(archive, name, start.getvalue())
            else:
                archive.writestr(name, content)
    return found.getvalue()


def of_mat(*names: str) -> Damage:
    """Returns a damage that gives one of these variables a gigabyte of zeros."""
    return lambda whole, rng: _mat(whole, rng.choice(names), rng)


def _mat(whole, name, rng) -> bytes:
    """Returns a MATLAB file one of whose variables is of zeros, a gigabyte of them."""
    kind = rng.choice(sorted(_CLASSES))
    stored, size = _CLASSES[kind]
    count = (_ZEROS - 8) // size
    head = _element(6, struct.pack("<II", kind, 0))
    head += _element(5, struct.pack("<2i", *rng.choice(((1, count), (count, 1)))))
    head += _element(1, name.encode())
    # Of a cell array each element is an empty one: a type, and no bytes.
    values = b"" if kind == 1 else struct.pack("<II", stored, count * size)
    head = struct.pack("<II", 14, len(head + values) + _ZEROS) + head + values
    packed = b"\x78\xda" + _deflated(head) + _adler(head)
    return whole[:128] + struct.pack("<II", 15, len(packed)) + packed


def _element(kind, content) -> bytes:
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def _add(archive, name, head):
    """Adds a member of `head` and zeros, as if it had been compressed here."""
    info = zipfile.ZipInfo(name)
    packed = _deflated(head)
    info.header_offset = archive.fp.tell()
    info.compress_type = zipfile.ZIP_DEFLATED
    info.CRC = _crc(head)
    info.compress_size, info.file_size = len(packed), len(head) + _ZEROS
    archive.fp.write(info.FileHeader() + packed)
    archive.filelist.append(info)
    archive.NameToInfo[name] = info
    archive.start_dir = archive.fp.tell()
    archive._didModify = True


def _deflated(head) -> bytes:
    """Returns a deflate stream of `head` and zeros; each part stands for itself."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + _zeros() * _PARTS + b"\x03\x00"


@functools.cache
def _zeros() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(_PART) + packer.flush(zlib.Z_FULL_FLUSH)


@functools.cache
def _crc(head) -> int:
    value = zlib.crc32(head)
    for _ in range(_PARTS):
        value = zlib.crc32(_PART, value)
    return value


def _adler(head) -> bytes:
    """Zeros leave the sum of the bytes and add it to the sum of the sums each time."""
    value = zlib.adler32(head)
    low, high = value & 0xFFFF, value >> 16
    return struct.pack(">I", (high + _ZEROS * low) % 65521 << 16 | low)
