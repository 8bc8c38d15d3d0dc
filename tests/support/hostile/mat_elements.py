"""MATLAB files of version 5, built element by element."""

import struct


def element(kind, data, order="<"):
    """Returns an element of that type, padded."""
    padding = b"\0" * (-len(data) % 8)
    return struct.pack(f"{order}II", kind, len(data)) + data + padding


def variable(name, kind, shape, values, order="<"):
    """Returns an array of a class; `values` are its elements."""
    flags = struct.pack(f"{order}II", kind, 0)
    axes = struct.pack(f"{order}{len(shape)}i", *shape)
    parts = element(6, flags, order) + element(5, axes, order)
    return element(14, parts + element(1, name, order) + values, order)


def written(path, *variables, order="<"):
    """Writes a file of variables; returns its path."""
    mark = b"\x00\x01IM" if order == "<" else b"\x01\x00MI"
    path.write_bytes(b"MATLAB 5.0".ljust(124) + mark + b"".join(variables))
    return path
