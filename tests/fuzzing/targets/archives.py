"""Archives and pickles whatever they hold: MATLAB's, NumPy's and Python's."""

from __future__ import annotations

import functools
import io
import pickle
from collections.abc import Iterator

import numpy as np
import scipy.io
from support.datasets import community_files

from dgnet_tf.files import mat_files, npz_files
from fuzzing import bomb_damage, byte_damage, content_damage
from fuzzing.target import Target

_BOMB = bomb_damage.rarely(bomb_damage.of_zip, byte_damage.of_zip)
_ZIP = (byte_damage.of_bytes, _BOMB)
_MAT = bomb_damage.rarely(
    bomb_damage.of_mat("cells", "text", "bytes", "axes"), byte_damage.of_bytes
)


def targets() -> Iterator[Target]:
    """Yields them."""
    for packed in (False, True):
        name = "mat-packed" if packed else "mat"
        encode = functools.partial(_mat, packed=packed)
        yield _of_contents(name, "a.mat", _variables, encode, _read_mat, (_MAT,))
    yield _of_contents("npz", "a.npz", _objects, _npz, _read_npz, _ZIP)
    for protocol in (2, 4):
        encode = functools.partial(_pickled, protocol=protocol)
        damages = (functools.partial(_of_pickle, protocol=protocol),)
        name = f"pickle-{protocol}"
        yield _of_contents(name, "a.npz", _objects, encode, _read_npz, damages)


def _of_contents(name, file, content, encode, read, damages):
    def write(folder):
        folder.mkdir()
        (folder / file).write_bytes(encode(content()))
        return folder / file

    own = content_damage.writer(content, encode)
    return Target(name, write, read, (*damages, own))


def _variables() -> dict:
    cells = np.empty((1, 3), object)
    cells[0] = [np.eye(2), "squat", np.arange(6).reshape(2, 3)]
    return {
        "cells": cells,
        "text": "right",
        "bytes": np.array([[0, 255]], np.uint8),
        "axes": np.arange(24.0).reshape(2, 3, 4),
    }


def _mat(content, packed) -> bytes:
    found = io.BytesIO()
    scipy.io.savemat(found, content, do_compression=packed)
    return found.getvalue()


def _read_mat(path):
    found = mat_files.read(path, ["cells", "text", "bytes", "axes"])
    for value in found.values():
        assert isinstance(value, np.ndarray | str)


def _objects() -> dict:
    walk = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    objects = {
        "S1": {"Walking 1": [walk, np.asfortranarray(walk[0])]},
        "names": np.array(["hip", "knee"]),
        "numbers": (1, -300, 2**40, 2.5, True, np.float32(0.5)),
        "metadata": {"keypoints_symmetry": [[1, 3], [2, 4]], "num_joints": 17},
        "text": ["", "jäger", b"\x00\xff", None],
    }
    return {"x": objects, "y": np.eye(3)}


def _npz(content) -> bytes:
    found = io.BytesIO()
    community_files.write(found, **content)
    return found.getvalue()


def _pickled(content, protocol) -> bytes:
    found = io.BytesIO()
    boxed = pickle.dumps(community_files.boxed(content["x"]), protocol)
    members = {"x": community_files.member(boxed)}
    community_files.write_members(found, members)
    return found.getvalue()


def _of_pickle(whole, rng, protocol) -> bytes:
    """Damages the pickle within, so that the archive around it is whole."""
    boxed = pickle.dumps(community_files.boxed(_objects()["x"]), protocol)
    found = io.BytesIO()
    member = community_files.member(byte_damage.of_bytes(boxed, rng))
    community_files.write_members(found, {"x": member})
    return found.getvalue()


def _read_npz(path):
    found = npz_files.read(path, ["x"])
    _check(found["x"])


def _check(value):
    """Asserts that a value is of the plain kinds that the reader promises."""
    if isinstance(value, dict):
        for key, below in value.items():
            _check(key)
            _check(below)
    elif isinstance(value, list | tuple):
        for below in value:
            _check(below)
    elif isinstance(value, np.ndarray) and value.dtype.kind == "O":
        _check(value.ravel().tolist())
    else:
        plain = (type(None), bool, int, float, str, bytes, np.ndarray, np.generic)
        assert isinstance(value, plain), type(value)
