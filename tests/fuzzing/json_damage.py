"""Damages JSON as a tree and as text."""

from __future__ import annotations

import copy
import json

from fuzzing import text_damage
from fuzzing.byte_damage import of_bytes

NAMES = (
    "", "a/b", "../a", "..", "/dev/zero", "\ud800", "\n", "\x1b[31m", "\u202e",
    "x" * 300, "x" * 100_000, "<script>alert(1)</script>", "=1+1", "a|b", "%s",
    "{0.__class__}", "nan", "true", "1", "12.jpg", "9" * 300, "human36m_17", "xyz",
)  # fmt: skip
# What no reader expects, of every kind that JSON can hold.
ODD = (
    None, True, False, 0, 1, -1, 1.5, 1e308, -1e308, 1e-320, 10**15, 2**53, 2**63,
    10**400, float("nan"), float("inf"), [], {}, [[]], [None], [[0, 0]], {"x": 1},
    [{}] * 3, {"people": [{}]}, [1, 2, 3], [0.5] * 51,
)  # fmt: skip
# Text that stands for a value, which `json.dumps` would not write.
_RAW = (
    "1e400", "-0", "-0.0", "9" * 5000, "0.1e-400", "01", "+1", ".5", "'x'", "undefined",
    "[" * 5000 + "]" * 5000, '{"a":' * 5000 + "1" + "}" * 5000,
    "[" * 900 + "]" * 900, "[" + "[]," * 5000 + "[]]", '"\\ud800"', '"\\u0000"',
)  # fmt: skip
_MARK = "raw-"


def of_json(whole: bytes, rng) -> bytes:
    """Returns a damaged JSON file, mostly by its tree, else by its text."""
    kind = rng.randrange(8)
    if kind == 0:
        return of_bytes(whole, rng)
    if kind == 1:
        return text_damage.of_text(whole, rng)
    return dumps(of_tree(json.loads(whole), rng), rng)


def dumps(tree, rng) -> bytes:
    """Returns the text of a tree, with what only text can have put in its place."""
    text = json.dumps(tree)
    for index, raw in enumerate(_RAW):
        text = text.replace(f'"{_MARK}{index}"', raw)
    if rng.randrange(20) == 0:
        text = _with_a_key_twice(text, rng)
    return text.encode("utf-8", "surrogatepass")


def of_tree(tree, rng):
    """Returns a copy of nested lists and dicts with one to three nodes changed."""
    holder = [copy.deepcopy(tree)]
    for _ in range(rng.choice((1, 1, 2, 3))):
        _change(holder, rng)
    return holder[0]


def _change(holder, rng):
    node, key = _place(holder, rng)
    value, kind = node[key], rng.randrange(10)
    if kind == 0:
        if node is not holder:
            del node[key]
    elif kind == 1 and isinstance(node, list):
        node.insert(key, copy.deepcopy(value))
    elif kind == 1:
        node[rng.choice(NAMES)] = node.pop(key)
    elif kind == 2:
        node[key] = _tweaked(value, rng)
    elif kind == 3:
        node[key] = rng.choice(([value], {"x": value}, [value] * 3, str(value)[:1000]))
    elif kind == 4:
        other, place = _place(holder, rng)
        node[key] = copy.deepcopy(other[place])
    elif kind == 5:
        node[key] = f"{_MARK}{rng.randrange(len(_RAW))}"
    elif kind == 6:
        node[key] = rng.choice(NAMES)
    elif kind == 7 and isinstance(value, dict):
        value[rng.choice(NAMES)] = rng.choice(ODD)
    else:
        node[key] = copy.deepcopy(rng.choice(ODD))


def _place(holder, rng):
    """Returns a random node's parent and its key there, found by going down."""
    node, key = holder, 0
    # Half of the time high up, where there are fewer nodes.
    for _ in range(rng.choice((1, 2, 3, 9))):
        below = node[key]
        if not isinstance(below, list | dict) or not below:
            break
        names = list(below) if isinstance(below, dict) else range(len(below))
        node, key = below, rng.choice(names)
    return node, key


def _tweaked(value, rng):
    """Returns a value of the same type that is off."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice((-value, value + 1, value - 1, value * 10**6, 0))
    if isinstance(value, float):
        return rng.choice((-value, value * 1e6, value * 1e-6, value + 0.5, -0.0))
    if isinstance(value, str):
        return rng.choice(
            (value.upper(), value + " ", value[:-1], value * 2, "é" + value)
        )
    if isinstance(value, list):
        return rng.choice((value[::-1], value[:-1], value[:1], value * 2))
    if isinstance(value, dict):
        return rng.choice((list(value), list(value.values()), {}))
    return value


def _with_a_key_twice(text, rng):
    """Gives one object a key twice, with another value."""
    at = text.find('"', rng.randrange(len(text)))
    end = text.find('":', at + 1)
    if at < 0 or end < 0:
        return text
    key = text[text.rfind('"', 0, end) : end + 1]
    start = text.rfind(key, 0, end + 1)
    return f"{text[:start]}{key}: {rng.choice(('1', 'null', '[]'))}, {text[start:]}"
