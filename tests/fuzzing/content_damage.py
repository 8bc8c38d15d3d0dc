"""Damages what files hold, nested lists and dicts of arrays, before it is written."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from fuzzing.byte_damage import of_bytes
from fuzzing.json_damage import ODD
from fuzzing.target import Damage

_NAMES = ("", "a/b", "../a", "\ud800", "\n", "x" * 300, "\x1b[31m", "clip_a", "anna")
_ARRAYS = tuple(
    np.full(shape, value)
    for shape in ((), (0,), (2,), (3, 3), (4, 15, 3), (4, 17, 2), (0, 17, 3))
    for value in (1, 1.5, np.nan, 1e300, 1j, "S", True)
)


def writer(content: Callable[[], object], encode: Callable[[object], bytes]) -> Damage:
    """Returns a damage that changes content and writes it.

    What its format has no words for (`encode` raises) damages the bytes in its place.
    """

    def damage(whole, rng):
        try:
            return encode(of_content(content(), rng))
        except Exception:  # Libraries leave it to chance which one.
            return of_bytes(whole, rng)

    return damage


def of_content(content, rng, odd=ODD + _ARRAYS):
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
