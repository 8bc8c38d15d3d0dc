"""Whether two results of one command are the same, as far as it is defined.

Two runs that nobody disturbed show what is defined: files with the same bytes in both
must have them in a third, too; of JSON files, values that differ between them may
differ; of Keras archives and weight files the tensors count; of others the name alone.
"""

from __future__ import annotations

import io
import json
import pathlib
import zipfile

# Named after time and process, and rebuilt at each start.
_PASSED_OVER = ("tensorboard", "keras_tuner", "hparams", "logs")


def files(folder) -> dict[str, pathlib.Path]:
    """Returns the files of a folder, or a file alone, by their relative names."""
    folder = pathlib.Path(folder)
    if folder.is_file():
        return {"": folder}
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*")}
    return {
        name: path
        for name, path in sorted(found.items())
        if path.is_file() and not set(name.split("/")) & set(_PASSED_OVER)
    }


def difference(first, second, third) -> str:
    """Returns how `third` differs from what `first` and `second` share; "" if not."""
    first, second, third = map(files, (first, second, third))
    if third.keys() != first.keys():
        return f"files {sorted(third.keys() ^ first.keys())}"
    for name, path in third.items():
        ours, others = path.read_bytes(), first[name].read_bytes()
        again = second[name].read_bytes() if name in second else None
        if ours == others or ours == again:
            continue
        if others == again:
            return f"{name}: bytes differ"
        if path.suffix == ".json":
            wanted = _shared(json.loads(others), json.loads(again))
            if not _fits(wanted, json.loads(ours)):
                return f"{name}: values differ"
        elif path.suffix in (".keras", ".h5") and _tensors(ours) != _tensors(others):
            return f"{name}: tensors differ"
    return ""


_VARIES = object()  # A value that two runs do not share.


def _shared(first, second):
    if isinstance(first, dict) and isinstance(second, dict):
        if first.keys() == second.keys():
            return {name: _shared(first[name], second[name]) for name in first}
    if isinstance(first, list) and isinstance(second, list):
        if len(first) == len(second):
            return [_shared(a, b) for a, b in zip(first, second, strict=True)]
    return first if first == second else _VARIES


def _fits(wanted, found) -> bool:
    if wanted is _VARIES:
        return True
    if isinstance(wanted, dict) and isinstance(found, dict):
        return wanted.keys() == found.keys() and all(
            _fits(wanted[name], found[name]) for name in wanted
        )
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(_fits, wanted, found))
    return wanted == found


def _tensors(content: bytes) -> dict[str, bytes]:
    import h5py

    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read("model.weights.h5")
    found = {}

    def note(name, node):
        if isinstance(node, h5py.Dataset):
            found[name] = node[()].tobytes()

    with h5py.File(io.BytesIO(content), "r") as file:
        file.visititems(note)
    return found
