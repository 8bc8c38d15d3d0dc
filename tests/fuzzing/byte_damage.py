"""Damages bytes of any format, and the headers and members of zip archives."""

from __future__ import annotations

import functools
import io
import struct
import zipfile

_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000,
            0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)  # fmt: skip
# The fields of a zip's local header, of its directory and of the directory's end: the
# mark, and offset and size of each number behind it.
_HEADERS = {
    b"PK\x03\x04": ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2),
                    (28, 2)),
    b"PK\x01\x02": ((6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2),
                    (30, 2), (32, 2), (34, 2), (42, 4)),
    b"PK\x05\x06": ((4, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}  # fmt: skip
_MEMBER_NAMES = (
    "",
    "../x.npy",
    "/x.npy",
    "x" * 300,
    "\u202e.npy",
    "a.npy",
    "a/",
    "\x1b",
)


def of_bytes(whole: bytes, rng) -> bytes:
    """Returns the bytes with one to three flips, cuts, odd numbers or moved parts."""
    content = bytearray(whole)
    for _ in range(rng.choice((1, 1, 2, 3))):
        # Headers stand at the beginning and at the end.
        size = len(content)
        near = min(size, 800)
        low, high = rng.choice(((0, near), (0, size), (size - near, size)))
        at = rng.randrange(low, high + 1)
        kind = rng.randrange(7)
        if kind == 0:
            content[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1 and at < size:
            content[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            number = _number(rng)
            content[at : at + len(number)] = number
        elif kind == 3:
            del content[at : at + rng.choice((1, 2, 4, 8, 64))]
        elif kind == 4:
            length = rng.choice((1, 4, 8, 100))
            start = rng.randrange(size + 1)
            content[at:at] = content[start : start + length] * rng.choice((1, 1, 50))
        elif kind == 5:
            content += bytes(rng.choice((1, 7, 1000)))
        else:
            del content[at:]
    return bytes(content)


def of_zip(whole: bytes, rng) -> bytes:
    """Returns a zip archive with one number of a header changed, or its members."""
    kind = rng.randrange(4)
    if kind == 0:
        return _of_headers(whole, rng)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = [[name, archive.read(name)] for name in archive.namelist()]
    packed = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    one = rng.randrange(len(members))
    if kind == 1:
        members[one][1] = of_bytes(members[one][1], rng)
    elif kind == 2:
        members[one][1] = rng.choice(members)[1]
    else:
        _of_names(members, one, rng)
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", packed) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, packed)
    return found.getvalue()


def _of_names(members, one, rng):
    kind = rng.randrange(4)
    if kind == 0:
        del members[one]
    elif kind == 1:
        members.append(list(members[one]))
    elif kind == 2:
        members[one][0] = rng.choice(_MEMBER_NAMES)
    else:
        members[one][0] = rng.choice(members)[0]


def _of_headers(whole, rng):
    mark = rng.choice(tuple(_HEADERS))
    places = _places(whole, mark)
    if not places:
        return of_bytes(whole, rng)
    content = bytearray(whole)
    at, (offset, size) = rng.choice(places), rng.choice(_HEADERS[mark])
    content[at + offset : at + offset + size] = _number(rng, size)
    return bytes(content)


@functools.lru_cache(64)
def _places(whole, mark):
    found, at = [], whole.find(mark)
    while at >= 0:
        found.append(at)
        at = whole.find(mark, at + 1)
    return found


def _number(rng, size=None) -> bytes:
    """Returns an extreme or a random number, of a size and byte order."""
    size = size or rng.choice((1, 2, 4, 8))
    value = rng.choice(_NUMBERS) if rng.random() < 0.7 else rng.randrange(1 << 16)
    packed = struct.pack(rng.choice("<>") + "Q", value & (256**size - 1))
    return packed[:size] if packed[0] or not packed[-1] else packed[-size:]
