"""Reads JSON files in little memory: a long list entry by entry."""

from __future__ import annotations

import functools
import io
import json
import pathlib
import re
from collections.abc import Iterator

from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents

MAX_BYTES = 512 << 20
# Files up to this size are parsed in one piece, larger ones entry by entry. `MAX_MADE`
# bytes may come of an entry: its text, and of each of these signs at most so much.
SMALL = 4 << 20
MAX_MADE = 400_000_000
_COSTS = {"[": 88, "{": 232, ",": 40, ":": 64, '"': 32}
MAX_ENTRIES, MAX_NAMES = 1_000_000, 1000
MAX_BESIDE = 4 << 20  # characters of an object that stand in no list
_CHUNK = 1 << 20  # characters
# What an unfinished number, name or escape may have of characters before the end.
_CUT = 16
_SPACE = re.compile(r"[ \t\r\n]*")
_SCAN = json.JSONDecoder().raw_decode


def load(path) -> object:
    """Returns the content of a JSON file.

    Of a large file, a list is a `JsonList`, and so is a list in an object.

    Raises:
        UserError: if the file is no JSON, or would fill too much memory.
    """
    path = pathlib.Path(path)
    try:
        if not path.is_file():  # Pipes and devices have no end.
            raise ValueError("no regular file")
        if path.stat().st_size <= SMALL:
            return json_documents.loads(path.read_bytes())
        check_bytes(path, MAX_BYTES)
        with _opened(path) as file:
            scanner = _Scanner(file)
            return JsonList(path) if scanner.next() == "[" else _members(path, scanner)
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error


def check_bytes(path: pathlib.Path, most: int):
    """Raises a UserError if a file has more than `most` bytes."""
    size = path.stat().st_size
    if size > most:
        raise UserError(
            f"{path}: has {size / 1e6:.0f} MB, more than the {most / 1e6:.0f} MB that "
            "are read. Split the video."
        )


class JsonList:
    """A list in a JSON file, read anew each time that it is iterated over.

    Iteration raises a UserError where the file is no JSON, or holds too much.

    Args:
        path: the file.
        name: what the object in the file calls the list; None where the file is the
            list.
    """

    def __init__(self, path, name: str | None = None):
        self.path, self._name = pathlib.Path(path), name

    @functools.cached_property
    def first(self):
        """The first entry; None for none."""
        return next(iter(self), None)

    def __iter__(self) -> Iterator:
        try:
            check_bytes(self.path, MAX_BYTES)
            with _opened(self.path) as file:
                scanner = _Scanner(file)
                if self._name is None:
                    yield from scanner.entries()
                    scanner.end()
                    return
                for name in scanner.names():
                    if name == self._name:
                        yield from scanner.entries()
                        return
                    scanner.skip()
        except (OSError, ValueError, RecursionError) as error:
            raise _unreadable(self.path, error) from error


class _Scanner:
    """Takes a file of text apart, with as much of it at hand as an entry needs."""

    def __init__(self, file):
        self._file = file
        self._text, self._at, self._passed = "", 0, 0

    def entries(self) -> Iterator:
        """Yields the entries of the list that follows."""
        for index, _ in enumerate(self._parts("[]")):
            if index == MAX_ENTRIES:
                raise ValueError(f"holds more than {MAX_ENTRIES} entries")
            yield self.value()

    def names(self) -> Iterator[str]:
        """Yields the names in the object that follows, each before its value."""
        for _ in self._parts("{}"):
            if self.next() != '"':
                raise self._error("Expecting a name", self._at)
            name = self.value()
            self._sign(":")
            yield name

    def skip(self):
        """Passes over a value."""
        if self.next() == "[":
            for _ in self.entries():
                pass
        else:
            self.value()

    @property
    def place(self) -> int:
        """How many characters have been taken."""
        return self._passed + self._at

    def end(self):
        if self.next():
            raise self._error("Extra data", self._at)

    def _parts(self, brackets) -> Iterator[None]:
        self._sign(brackets[0])
        if self.next() == brackets[1]:
            self._sign(brackets[1])
            return
        yield
        while self._sign("," + brackets[1]) == ",":
            yield

    def next(self) -> str:
        """Returns the next character that is no space; "" at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _sign(self, wanted: str) -> str:
        sign = self.next()
        if not sign or sign not in wanted:
            raise self._error(f"Expecting one of {wanted!r}", self._at)
        self._at += 1
        return sign

    def value(self):
        self.next()
        while True:
            try:
                value, end = _SCAN(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self._text) - _CUT
                if (cut or "Unterminated" in error.msg) and self._more():
                    continue
                raise self._error(error.msg, error.pos) from error
            # A number may go on: "1." or "1e" give 1, with a rest.
            at_end = isinstance(value, int | float) and end >= len(self._text) - _CUT
            if at_end and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        """Reads on, twice as much as is at hand; False at the end of the file."""
        new = self._file.read(max(_CHUNK, len(self._text) - self._at))
        if not new:
            return False
        self._passed += self._at
        self._text, self._at = self._text[self._at :] + new, 0
        if len(self._text) > 2 * _CHUNK and _made(self._text) > MAX_MADE:
            raise ValueError(f"one entry would fill more than {MAX_MADE / 1e6:.0f} MB")
        return True

    def _error(self, message, at) -> ValueError:
        return ValueError(f"{message}: character {self._passed + at}")


def _opened(path) -> io.TextIOWrapper:
    with open(path, "rb") as file:
        encoding = json.detect_encoding(file.read(4))
    return open(path, encoding=encoding, errors="surrogatepass", newline="")


def _made(text: str) -> int:
    wide = 1 if text.isascii() else 4  # bytes for each character
    signs = sum(cost * text.count(sign) for sign, cost in _COSTS.items())
    return signs + 2 * wide * len(text)


def _members(path, scanner: _Scanner) -> dict:
    content, kept = {}, 0
    for name in scanner.names():
        if name in content:
            raise ValueError(f"{name[:40]!r} is there twice")
        if scanner.next() == "[":
            scanner.skip()
            content[name] = JsonList(path, name)
            continue
        start = scanner.place
        content[name] = scanner.value()
        kept += scanner.place - start + len(name)
        if kept > MAX_BESIDE or len(content) > MAX_NAMES:
            raise ValueError("holds too much beside lists")
    scanner.end()
    return content


def _unreadable(path, error) -> UserError:
    text = "nested too deep" if isinstance(error, RecursionError) else str(error)
    return UserError(
        f"{path}: is not readable JSON ({text[:200]}). Let the detector write it "
        "again, or split the video."
    )
