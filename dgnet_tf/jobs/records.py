"""What a folder of results was lifted from, so that what is done is left alone.

Beside the results lies a hidden folder with a small file for each input: digests of the
input and of the settings, and the results with their sizes. An input is done where all
of this still holds for the formats asked for. A file stands for its size and time of
change, and a model for what is in it: so that a list of thousands is looked through in
seconds, and the same model is the same on every machine.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
from collections.abc import Sequence

from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents, provenance
from dgnet_tf.files.json_documents import JsonKind
from dgnet_tf.files.schemas import Count, Schema, Sha256, Text
from dgnet_tf.jobs.inputs import Input
from dgnet_tf.models import runs, weight_folders

FOLDER = ".lifted"


class _Record(Schema):
    input: Sha256
    settings: Sha256
    results: dict[Text, Count]


RECORD = JsonKind(
    "a record of what was lifted",
    "Remove it, and its input is lifted again.",
    schema=_Record,
)
# Of a run's folder, what lifts; the rest grows while it is trained.
_OF_RUNS = ("config.json", "model.keras")


def of_settings(settings: dict, model) -> str:
    """Returns the digest of settings, which JSON can hold, and of a model."""
    return _digest({**settings, "model": _of_model(model)})


def of_input(one: Input) -> str:
    """Returns the digest of an input as it is now."""
    return _digest([_of_file(path) for path in one.files])


def is_done(output, one: Input, settings: str, suffixes: Sequence[str]) -> bool:
    """Says whether the results of an input are there, of the same input and settings.

    Args:
        output: folder of the results.
        one: the input.
        settings: digest of `of_settings`.
        suffixes: endings of the results that are asked for.
    """
    record = _read(output, one)
    if record is None or record["settings"] != settings:
        return False
    if record["input"] != of_input(one):
        return False
    results = _ending(record["results"], suffixes)
    sizes = {name: _size(_inside(output, name)) for name in results}
    return sizes == results and {_suffix(name) for name in results} == set(suffixes)


def write(output, one: Input, read: str, settings: str, results: Sequence):
    """Notes an input as done; removes results of an earlier time that it has no more.

    Those of other formats stay, and stay noted if they are of the same settings.

    Args:
        output, one, settings: see `is_done`.
        read: digest of the input, from before it was read.
        results: paths of files below the folder.
    """
    output = pathlib.Path(output)
    sizes = {
        path.relative_to(output).as_posix(): path.stat().st_size for path in results
    }
    content = {"input": read, "settings": settings}
    before = _read(output, one) or {"results": {}}
    older = _ending(before["results"], {_suffix(name) for name in sizes})
    for name in set(older) - set(sizes):
        if (path := _inside(output, name)) is not None:
            path.unlink(missing_ok=True)
    if content.items() <= before.items():
        kept = before["results"].items() - older.items()
        sizes = {**dict(kept), **sizes}
    json_documents.write(_path(output, one), {**content, "results": sizes})


def _ending(results: dict, suffixes) -> dict:
    return {name: size for name, size in results.items() if _suffix(name) in suffixes}


def _suffix(name) -> str:
    return pathlib.PurePosixPath(name).suffix


def _path(output, one) -> pathlib.Path:
    return pathlib.Path(output) / FOLDER / f"{one.name}.json"


def _read(output, one) -> dict | None:
    """Returns an input's record; None where there is none that can be read."""
    try:
        return RECORD.find(_path(output, one))
    except UserError:
        return None  # The input is lifted again.


def _inside(output, name) -> pathlib.Path | None:
    """Returns the path of a result; None for a name that leads out of the folder."""
    name = pathlib.PurePosixPath(name)
    if name.is_absolute() or ".." in name.parts:
        return None
    return pathlib.Path(output) / name


def _size(path) -> int | None:
    return path.stat().st_size if path is not None and path.is_file() else None


def _of_model(model) -> list:
    if model is None or weight_folders.exists(model):
        folder = weight_folders.default() if model is None else model
        # It holds the weights' digest.
        path = weight_folders.find(folder) / weight_folders.FILE
        return [provenance.sha256(path)]
    path = pathlib.Path(model)
    if path.is_file():
        return [provenance.sha256(path)]
    files = sorted(path.rglob("*"))
    if (path / runs.CONFIG).is_file():
        files = [path / name for name in _OF_RUNS]
    return [_of_file(file) for file in files if file.is_file()]


def _of_file(path) -> list:
    if not path.exists():
        return [path.name]
    found = path.stat()
    return [path.name, found.st_size, found.st_mtime_ns]


def _digest(content) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
