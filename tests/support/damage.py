"""Damages files and their contents at random; `rng` is a `random.Random`."""

from __future__ import annotations

import copy

import numpy as np

_EXTREMES = (b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\xff" * 8, bytes(8))
_WORDS = (
    b"{",
    b"}",
    b"[",
    b",",
    b"\n",
    b" ",
    b"-1",
    b"1e9",
    b"nan",
    b"<w0>",
    b"MOTION",
)
_NAMES = ("", "a/b", "../a", "\ud800", "\n", "x" * 300, "clip_a", "anna")
# What no reader expects, of every kind that files can hold.
PLAIN = (
    None, True, "", "x", "12.jpg", "\ud800", "a/b", "9" * 300, 0, -1, 1.5, 1e308,
    10**400, 2**53, float("nan"), float("inf"), [], {}, [[]], [None], [[0, 0]],
    {"x": 1}, [{}] * 3, {"people": [{}]}, [1, 2, 3], [0.5] * 51, 10**15,
)  # fmt: skip
ARRAYS = tuple(
    np.full(shape, value)
    for shape in ((), (0,), (2,), (3, 3), (4, 15, 3), (4, 17, 2), (0, 17, 3))
    for value in (1, 1.5, np.nan, 1e300, 1j, "S", True)
)


def of_bytes(content: bytes, rng) -> bytes:
    """Returns the bytes with one to three flips, cuts, odd numbers or words."""
    content = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 3))):
        # Headers stand at the beginning.
        at = rng.randrange(rng.choice((min(len(content), 800), len(content))) + 1)
        kind = rng.randrange(6)
        if kind == 0:
            content[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1 and at < len(content):
            content[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            extreme = rng.choice(_EXTREMES)
            content[at : at + len(extreme)] = extreme
        elif kind == 3:
            content[at : at + rng.randrange(9)] = rng.choice(_WORDS) * rng.randrange(3)
        elif kind == 4:
            del content[at : at + rng.randrange(1, 9)]
        else:
            del content[at:]
    return bytes(content)


def of_content(content, rng, odd=PLAIN + ARRAYS):
    """Returns a copy of nested lists and dicts with one to three nodes changed."""
    holder = [copy.deepcopy(content)]
    for _ in range(rng.choice((1, 1, 2, 3))):
        # Half of the time high up, where there are fewer nodes.
        deepest = rng.randrange(2, 9)
        *parents, key = rng.choice(
            [p for p in _places(holder) if 0 < len(p) <= deepest]
        )
        node = holder
        for parent in parents:
            node = node[parent]
        kind = rng.randrange(6) if parents else 5
        if kind == 0:
            del node[key]
        elif kind == 1 and isinstance(node, list):
            node.insert(key, copy.deepcopy(node[key]))
        elif kind == 1:
            node[rng.choice(("x", "S9", "Eating 2", "Seq1", 3))] = node.pop(key)
        elif kind in (2, 3) and isinstance(node[key], np.ndarray):
            node[key] = _of_array(node[key], rng)
        else:
            node[key] = copy.deepcopy(rng.choice(odd))
    return holder[0]


def _places(value, path=()):
    """Yields the path to each node."""
    yield path
    if isinstance(value, list | dict):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, below in items:
            yield from _places(below, (*path, key))


def _of_array(array, rng):
    kind = rng.randrange(6)
    if kind == 0:
        return array[: len(array) // 2] if array.ndim else array
    if kind == 1:
        return array[..., :-1] if array.ndim else array
    if kind == 2:
        return array.T
    if kind == 3:
        return array[None]
    if kind == 4 and array.dtype.kind in "biuf":
        return array.astype(rng.choice(("f2", "f4", "i2", "c16", ">f8", "U8")))
    if array.dtype.kind == "U" and array.ndim == 1 and array.size:
        names = array.tolist()
        names[rng.randrange(len(names))] = rng.choice(_NAMES)
        return np.array(names)
    array = array.copy()
    if array.size and array.dtype.kind == "f":
        odd = rng.choice((np.nan, np.inf, -1e30, 1e30, 0.0, 1e5))
        array.flat[rng.randrange(array.size)] = odd
    return array
