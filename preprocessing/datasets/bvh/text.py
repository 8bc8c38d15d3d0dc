"""The text of a BVH file: its encoding, its lines and its numbers."""

from __future__ import annotations

import codecs
import os
import re

from dgnet_tf.errors import UserError, shortened

MAX_BYTES = 1 << 30
MAX_HEADER = 1 << 20  # characters; the tree of a person with fingers has 30,000
MAX_LINE = 1 << 23  # characters; a frame of 1000 joints has 100,000
FARTHEST = 1e6  # units or degrees

# UTF-32's mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"H\0", "utf-16-le"),
    (b"\0H", "utf-16-be"),
)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?(?:nan|inf|1\.#)", re.IGNORECASE)
# What old editors and full blocks of a disk leave at a file's end: Ctrl-Z and NULs.
_PADDING = "\x1a\0"


class Lines:
    """The lines of a BVH file, counted.

    Attributes:
        path: the file.
        size: its bytes.
        number: of the line read last; the first is 1.
    """

    def __init__(self, path):
        """Opens the file.

        Raises:
            UserError: if it has more than `MAX_BYTES`.
        """
        self.path, self.number = path, 0
        self.size = os.path.getsize(path)
        if self.size > MAX_BYTES:
            raise UserError(
                f"{path}: has {self.size >> 20} MiB; a BVH file may have "
                f"{MAX_BYTES >> 20}. Cut it into takes."
            )
        with open(path, "rb") as file:
            encoding = _encoding(file.read(MAX_HEADER))
        self._file = open(path, encoding=encoding, errors="replace")
        self._padded = False

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_):
        self._file.close()

    def next(self, most: int = MAX_LINE) -> str | None:
        """Returns the next line with anything on it; None at the end.

        Padding at the file's end is left out.

        Raises:
            UserError: if a line has more than `most` characters, or something comes
                after the padding.
        """
        while line := self._file.readline(most):
            self.number += 1
            content, padded = line, self._padded
            if any(mark in line for mark in _PADDING):
                content = line.rstrip(_PADDING + " \t\n")
                # Within the text it is no padding; whoever reads it refuses it.
                self._padded = not any(mark in content for mark in _PADDING)
            elif len(line) == most and not line.endswith("\n"):
                raise self.error(f"has more than {most} characters, no line of a BVH")
            if content.strip():
                if padded:
                    raise self.error(
                        f"{shortened(line.strip())} comes after the file's end mark"
                    )
                return content
        return None

    def error(self, message: str, line: int | None = None) -> UserError:
        """Returns the error that names file and line (default: the last read)."""
        return UserError(f"{self.path}: line {line or self.number}: {message}.")


def number(token: str) -> float:
    """Returns the number that a token is.

    Raises:
        ValueError: unless it is a number of at most `FARTHEST`; the message says what
            was found, and why that is none.
    """
    if not _NUMBER.fullmatch(token):
        raise ValueError(f"{shortened(token)} is not a number{_reason(token)}")
    if not abs(float(token)) <= FARTHEST:
        raise ValueError(f"{shortened(token)} is beyond {FARTHEST:g}")
    return float(token)


def _reason(token) -> str:
    if _NOT_FINITE.match(token):
        return " but NaN or infinite; cut that frame out, or fill it"
    if "," in token:
        return "; it takes a point for decimals and no other separator"
    parts = _NUMBER.findall(token)
    if len(parts) > 1 and "".join(parts) == token:
        return " but several without a space between them; export the file again"
    return ""


def _encoding(start: bytes) -> str:
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
