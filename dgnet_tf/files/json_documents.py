"""Our JSON files: how they are written, read and checked.

A module that has a file of its own describes it once as a `JsonKind` and reads it by
that; `write` writes it. Keypoint files, which detectors write, are not ours: see
`keypoints.readers.json_fields`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
from collections.abc import Mapping

from dgnet_tf.errors import UserError
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


@dataclasses.dataclass(frozen=True)
class JsonKind:
    """One kind of our JSON files.

    Attributes:
        name: what it is, with its article: "a report".
        advice: a sentence, what to do where a file is damaged.
        missing: a sentence, what to do where there is none; by default the same.
        fields: what the file must have, {name: type}; `object` is any type, and a dict
            has the fields of an object within.
        version: name and value of the field that says which version wrote the file;
            it is asked for first.
    """

    name: str
    advice: str
    missing: str = ""
    fields: Mapping[str, object] = dataclasses.field(default_factory=dict)
    version: tuple[str, int] | None = None

    def read(self, path) -> dict:
        """Reads and checks a file.

        Raises:
            UserError: if it is missing, too large, not JSON, of another version, or
                lacks a field; the message names file and field.
        """
        path = pathlib.Path(path)
        try:
            if (size := path.stat().st_size) > MAX_BYTES:
                raise self.error(path, f"has {size} bytes, more than {MAX_BYTES}")
            content = json.loads(path.read_bytes().decode("utf-8"))
        except FileNotFoundError:
            advice = self.missing or self.advice
            raise UserError(f"{path}: not found. {advice}") from None
        except OSError as error:
            raise self.error(path, f"cannot be read ({error})") from error
        except (ValueError, RecursionError) as error:
            raise self.error(path, f"not JSON ({error})") from error
        if not isinstance(content, dict):
            raise self.error(path, "must hold a JSON object")
        if self.version:
            field, version = self.version
            self.check(path, content, {field: int})
            if content[field] != version:
                raise UserError(
                    f"{path}: not {self.name}: field {field!r} is {content[field]!r}, "
                    f"this code reads {version}. Use the version of the package that "
                    f"wrote it, or {self.advice[0].lower()}{self.advice[1:]}"
                )
        self.check(path, content, self.fields)
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

    def check(self, path, content: dict, fields: Mapping[str, object], inside=""):
        """Refuses an object that lacks fields, which are as the attribute `fields`.

        The message has `inside` before a field's name: "weights." for one within.
        """
        for name, kind in fields.items():
            field = f"{inside}{name}"
            if name not in content:
                raise self.error(path, f"has no field {field!r}")
            value, within = content[name], isinstance(kind, Mapping)
            wanted = dict if within else kind
            if wanted is not object and type(value) is not wanted:
                found = f"must be of type {wanted.__name__}, got {value!r:.80}"
                raise self.error(path, f"field {field!r} {found}")
            if within:
                self.check(path, value, kind, f"{field}.")
