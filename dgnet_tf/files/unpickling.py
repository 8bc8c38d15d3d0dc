"""Reads pickles of arrays and plain containers, and can run nothing.

`pickle` imports and calls whatever a pickle names. Here a pickle is taken apart by a
machine that knows the few opcodes with which NumPy 1 and 2, under Python 2 and 3,
write arrays, dicts, lists, tuples, strings and numbers. The NumPy functions that an
array's pickle names stand for functions of this module, and any other name or opcode
is refused. Arrays are views of the bytes that were read, so a shape claims no memory
that the file does not fill.

`pickle.Unpickler`, kept to the same opcodes and names, would not do: eight bytes make
its memo claim 64 GB, and a deep tuple as the key of a dict ends the process.
"""

from __future__ import annotations

import math
import pickletools
import re
import sys

import numpy as np

from dgnet_tf.files import expansion

MAX_OPCODES = 2_000_000  # of one pickle; Human3.6M's have some 20,000
MAX_DEPTH = 16  # of containers in containers
# Bytes of an empty dict on the stack, or of a place in the memo.
_OPCODE = 80


class Refused(Exception):
    """What a pickle must not contain; the text completes "the file holds ..."."""


class _Made:
    """What `numpy.dtype` or `_reconstruct` was to make; BUILD completes it."""

    def __init__(self, value=None):
        self.value = value


# Opcodes that push their argument, or what stands here.
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_ARGUMENTS = frozenset(
    """INT BININT BININT1 BININT2 LONG1 LONG4 BINFLOAT BINSTRING SHORT_BINSTRING
    BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8""".split()
)
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_MARK = object()


def load(file, budget: expansion.Budget):
    """Reads one pickle from a binary file.

    Objects that stand in several places count in each of them.

    Returns:
        dicts, lists, tuples, str, bytes, bool, numbers, None, and NumPy scalars and
        arrays, which are read-only.

    Raises:
        Refused: if it holds anything else.
        TooMuch: if that is more than the budget has.
        ValueError, TypeError, LookupError, OverflowError: if it is damaged.
    """
    stack, memo = [], {}
    for count, (opcode, argument, _) in enumerate(pickletools.genops(file)):
        name = opcode.name
        if count >= MAX_OPCODES:
            raise Refused(f"more than {MAX_OPCODES} pickle opcodes")
        budget.take(_OPCODE + sys.getsizeof(argument))
        if name in _ARGUMENTS:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if name == "MEMOIZE" else argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name == "MARK":
            stack.append(_MARK)
        elif name in _TUPLES:
            stack.append(tuple(_pop(stack, _TUPLES[name])))
        elif name == "TUPLE":
            stack.append(tuple(_pop_to_mark(stack)))
        elif name in ("EMPTY_LIST", "EMPTY_DICT"):
            stack.append([] if name == "EMPTY_LIST" else {})
        elif name in ("APPEND", "APPENDS"):
            values = _pop(stack, 1) if name == "APPEND" else _pop_to_mark(stack)
            _top(stack, list).extend(values)
        elif name in ("SETITEM", "SETITEMS"):
            values = _pop(stack, 2) if name == "SETITEM" else _pop_to_mark(stack)
            _set_items(_top(stack, dict), values)
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            named = argument if name == "GLOBAL" else " ".join(_pop(stack, 2))
            stack.append(_known(named))
        elif name == "REDUCE":
            function, arguments = _pop(stack, 2)
            if not callable(function):  # What is callable here, `_known` pushed.
                raise Refused(f"a call of a {type(function).__name__}")
            stack.append(function(*arguments))
        elif name == "BUILD":
            (state,) = _pop(stack, 1)
            _build(_top(stack, _Made), state)
        elif name == "STOP":
            (found,) = _pop(stack, 1)
            budget.take(_measured(found, MAX_DEPTH, {})[1])
            return found
        elif name not in ("PROTO", "FRAME"):
            raise Refused(f"the pickle opcode {name}")
    raise AssertionError("genops ends with STOP or an error")


def numeric(shape, dtype, fortran: bool, data: bytes) -> np.ndarray:
    """Returns the array of numbers or strings that the bytes hold, as a view of them.

    Raises:
        Refused: if the dtype is a structure, a date or holds objects.
        ValueError, TypeError: if shape and bytes do not agree.
    """
    if not isinstance(dtype, np.dtype) or dtype.kind not in "biufcSU":
        raise Refused("an array of a dtype other than numbers, strings and objects")
    if len(data) != _count(shape) * dtype.itemsize:
        described = f"an array of shape {shape} and dtype {dtype}"
        raise ValueError(f"{len(data)} bytes for {described}")
    if dtype.kind == "U":  # NumPy itself reads codes that no text can have.
        codes = np.ndarray(len(data) // 4, f"{dtype.byteorder}u4", data)
        if (codes > sys.maxunicode).any():
            raise ValueError("text with codes beyond Unicode")
    return np.ndarray(shape, dtype, data, order="F" if fortran else "C")


def _pop(stack, count):
    """Takes values from the stack, complete ones instead of `_Made`."""
    if count == 0:
        return []
    if len(stack) < count:
        raise ValueError("a pickle opcode lacks its arguments")
    values = stack[-count:]
    del stack[-count:]
    return [value.value if type(value) is _Made else value for value in values]


def _pop_to_mark(stack):
    for count, value in enumerate(reversed(stack)):
        if value is _MARK:
            values = _pop(stack, count)
            stack.pop()
            return values
    raise ValueError("a pickle opcode lacks its mark")


def _top(stack, kind):
    if not stack or type(stack[-1]) is not kind:
        raise Refused(f"a change of something that is no {kind.__name__.strip('_')}")
    return stack[-1]


def _set_items(target, values):
    for key, value in zip(values[::2], values[1::2], strict=True):
        # Other keys run code when hashed, deep tuples without end.
        if type(key) not in (str, int, float, bytes, bool):
            raise Refused(f"a dict with a key of type {type(key).__name__}")
        target[key] = value


def _known(name):
    if name not in _NAMES:
        raise Refused(f"the name {name.replace(' ', '.')!r}")
    return _NAMES[name]


def _reconstruct(kind, shape, code):
    """Makes the array that BUILD fills; what is asked for here is empty."""
    return _Made()


def _ndarray(*arguments):
    raise Refused("a call of numpy.ndarray")


def _dtype(code, align=False, copy=False):
    if type(code) is not str or not re.fullmatch(r"[biufcSUO][0-9]{1,9}", code):
        raise Refused("an array of a dtype other than numbers, strings and objects")
    return _Made(np.dtype(code))


def _scalar(dtype, data):
    return numeric((1,), dtype, False, _bytes(data))[0]


def _encode(text, encoding):
    """`_codecs.encode`, with which Python 3 writes bytes for Python 2."""
    if type(text) is not str or encoding != "latin1":
        raise Refused("a call of _codecs.encode for other than bytes")
    return _bytes(text)


_NAMES = {
    "numpy.core.multiarray _reconstruct": _reconstruct,
    "numpy._core.multiarray _reconstruct": _reconstruct,
    "numpy.core.multiarray scalar": _scalar,
    "numpy._core.multiarray scalar": _scalar,
    "numpy ndarray": _ndarray,
    "numpy dtype": _dtype,
    "_codecs encode": _encode,
    "__builtin__ bytes": lambda: b"",
}


def _build(made, state):
    if made.value is None:
        _, shape, dtype, fortran, data = state
        if dtype == np.dtype("O"):
            made.value = _objects(shape, data)
        else:
            made.value = numeric(shape, dtype, fortran, _bytes(data))
    elif isinstance(made.value, np.dtype):
        _, order, subdtype, names, fields = state[:5]
        if (subdtype, names, fields) != (None, None, None):
            raise Refused("a structured dtype")
        made.value = made.value.newbyteorder(order)
    else:
        raise Refused("an array that is changed after it was made")


def _bytes(data):
    """Python 2's strings come as text of the same codes."""
    return data.encode("latin1") if isinstance(data, str) else data


def _count(shape):
    if not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError("an array whose shape is not whole numbers")
    return math.prod(shape)


def _objects(shape, data):
    if type(data) is not list or len(data) != _count(shape):
        raise ValueError(f"an object array of shape {shape} without its elements")
    array = np.empty(len(data), object)
    for index, value in enumerate(data):
        array[index] = value
    return array.reshape(shape)


_LEAVES = (str, bytes, bool, int, float, type(None), np.generic)


def _measured(value, most, known) -> tuple[int, int]:
    """Returns the depth of containers, and the bytes of all that is within.

    Raises `Refused` for more than `most` levels, or others than containers and leaves.
    """
    if id(value) in known:
        height, size = known[id(value)]
    elif isinstance(value, dict | list | tuple) or (
        isinstance(value, np.ndarray) and value.dtype == object
    ):
        if most < 0:
            raise Refused(f"containers more than {MAX_DEPTH} deep")
        inner = value.values() if isinstance(value, dict) else value
        inner = inner.flat if isinstance(value, np.ndarray) else inner
        height, size = 0, expansion.OBJECT
        for one in inner:
            below, more = _measured(one, most - 1, known)
            height, size = max(height, below), size + more
        height += 1
        known[id(value)] = height, size
    elif isinstance(value, np.ndarray):
        return 0, expansion.OBJECT + expansion.of_numbers(value.size, value.dtype)
    elif isinstance(value, _LEAVES):
        return 0, 8
    else:
        raise Refused(f"a {type(value).__name__} where a value must stand")
    if height > most + 1:
        raise Refused(f"containers more than {MAX_DEPTH} deep")
    return height, size
