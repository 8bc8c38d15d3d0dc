"""Names as text: what people and files call things is never markup, maths or a formula.

Names of videos, people, joints, data sets and runs come from files of anybody. Tables
escape their cells; whoever puts a name into other Markdown or a chart calls these.
`pages` escapes what it puts into HTML by its templates.
"""

from __future__ import annotations

import re

_IN_MARKDOWN = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Of brackets those that could end a link's words; lists of numbers stay as they are.
_MARKS = re.compile(r"[\\`*|~$]|\](?=[(\[:]|$)|(?<!\w)_|_(?!\w)|[&<>]")
# What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


class Markdown(str):
    """Text that is Markdown already."""


def in_markdown(words) -> Markdown:
    """Returns words as Markdown that shows them, on one line; `Markdown` as it is."""
    if isinstance(words, Markdown):
        return words
    line = " ".join(_writable(str(words)).split())
    return Markdown(_MARKS.sub(_mark, line))


def in_code(words) -> Markdown:
    """Returns words as a code span of Markdown."""
    line = " ".join(_writable(str(words)).split())
    return Markdown("`" + line.replace("`", "'") + "`")


def _mark(found):
    return _IN_MARKDOWN.get(found[0], "\\" + found[0])


def in_csv(cell):
    """Returns a cell that a spreadsheet shows as text; numbers stay numbers."""
    text = isinstance(cell, str) and not _NUMBER.fullmatch(cell)
    return "'" + cell if text and cell.startswith(_FORMULA) else cell


def in_figure(words: str, longest: int = 60) -> str:
    """Returns words as matplotlib draws them: no mathematics, one line, not endless."""
    line = " ".join(_writable(words).split())
    if len(line) > longest:
        half = (longest - 1) // 2
        line = f"{line[:half]}…{line[-half:]}"
    return line.replace("$", r"\$")


def _writable(words: str) -> str:
    """Returns words with "?" for what no file in UTF-8 can hold."""
    return words.encode("utf-8", "replace").decode("utf-8")
