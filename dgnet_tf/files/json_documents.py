"""Our JSON files: how they are written, read and checked.

A module that has a file of its own describes it once as a `JsonKind` and reads it by
that; `write` writes it. Keypoint files, which detectors write, are not ours: see
`keypoints.readers.json_fields`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import pathlib

import pydantic_core

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import schemas
from dgnet_tf.files.atomic import write_text

MAX_BYTES = 256 << 20


def dumps(content, *, sort_keys: bool = False) -> str:
    """Returns a document's text, ASCII with an indent of two spaces.

    Raises:
        ValueError: if a number is not finite, which JSON cannot hold.
    """
    return json.dumps(content, indent=2, sort_keys=sort_keys, allow_nan=False) + "\n"


def write(path, content):
    """Writes what `dumps` takes, whole or not at all; missing folders are made."""
    write_text(path, dumps(content))


def loads(data: bytes | str):
    """Returns the content of JSON text in UTF-8, 16 or 32; all that read JSON call it.

    Raises:
        ValueError: if it is no JSON, or is nested more than 200 deep.
    """
    return pydantic_core.from_json(_decoded(data))


def _decoded(data):
    return data.decode(json.detect_encoding(data)) if isinstance(data, bytes) else data


def _infinite(value, place: str = "") -> str | None:
    """Returns where a number too large for a float stands, which JSON may hold."""
    if isinstance(value, float):
        return None if math.isfinite(value) else place
    entries = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for name, entry in entries:
        found = _infinite(entry, f"{place}.{name}" if place else str(name))
        if found is not None:
            return found
    return None


@dataclasses.dataclass(frozen=True)
class JsonKind:
    """One kind of our JSON files.

    Attributes:
        name: what it is, with its article: "a report".
        advice: a sentence, what to do where a file is damaged.
        missing: a sentence, what to do where there is none; by default the same.
        schema: what its content must be, see `schemas`.
        version: name and value of the field that says which version wrote the file;
            it is asked for first.
    """

    name: str
    advice: str
    missing: str = ""
    schema: object = schemas.Object
    version: tuple[str, int] | None = None

    def read(self, path) -> dict:
        """Reads and checks a file.

        Raises:
            UserError: if it is missing, too large, not JSON, of another version, or
                no such content; the message names file and field.
        """
        path = pathlib.Path(path)
        try:
            if (size := path.stat().st_size) > MAX_BYTES:
                raise self.error(path, f"has {size} bytes, more than {MAX_BYTES}")
            data = path.read_bytes()
        except FileNotFoundError:
            advice = self.missing or self.advice
            raise UserError(f"{path}: not found. {advice}") from None
        except OSError as error:
            raise self.error(path, f"cannot be read ({error})") from error
        return self.parse(path, data)

    def parse(self, path, data: bytes | str) -> dict:
        """Returns the content of a file, or of a part of one; errors as of `read`."""
        try:
            text = _decoded(data)
            content = loads(text)
        except ValueError as error:
            raise self.error(path, f"not JSON ({error})") from error
        if not isinstance(content, dict):
            raise self.error(path, "must hold a JSON object")
        self._check_version(path, content)
        with self.building(path):
            schemas.validate(self.schema, text)
        # In what schemas leave open.
        if (place := _infinite(content)) is not None:
            raise self.error(path, f"field {shortened(place)} must hold finite numbers")
        return content

    def find(self, path) -> dict | None:
        """Reads a file as `read` does; None where there is none."""
        return self.read(path) if pathlib.Path(path).is_file() else None

    def error(self, path, reason) -> UserError:
        """Returns the error that refuses a file for a reason."""
        return UserError(f"{path}: not {self.name}: {reason}. {self.advice}")

    @contextlib.contextmanager
    def building(self, path):
        """Refuses a file for what dataclasses, look-ups and checks raise within."""
        try:
            yield
        except (ValueError, KeyError, TypeError, AttributeError, UserError) as error:
            reason = f"has no field {error}" if isinstance(error, KeyError) else error
            raise self.error(path, str(reason).removesuffix(".")) from error

    def _check_version(self, path, content):
        if self.version is None:
            return
        field, version = self.version
        if field not in content:
            raise self.error(path, f"has no field {field!r}")
        found = content[field]
        if type(found) is not int:
            rule = f"must be a whole number, got {shortened(found)}"
            raise self.error(path, f"field {field!r} {rule}")
        if found != version:
            raise UserError(
                f"{path}: not {self.name}: field {field!r} is {found}, this code reads "
                f"{version}. Use the version of the package that wrote it, or "
                f"{self.advice[0].lower()}{self.advice[1:]}"
            )
