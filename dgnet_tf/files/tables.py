"""Tables for people and for programs: Markdown, HTML and CSV of the same rows."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import pathlib
from collections.abc import Sequence

from tabulate import tabulate

from dgnet_tf.files.atomic import write_text


class Html(str):
    """A cell that is HTML already; other cells are escaped."""


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of cells under their columns' names.

    Attributes:
        columns: names of the columns.
        rows: a cell for each column: text, a number as it is, or None.
        digits: of numbers with a point, where people read them.
        thousands: whether people read whole numbers with commas.
        aligned: "l" or "r" for each column; by default columns with numbers are
            aligned to the right.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence]
    digits: int = 1
    thousands: bool = False
    aligned: str = ""

    def markdown(self) -> str:
        """Returns the table in Markdown; "-" for None."""
        aligned = self.aligned or [self._side(i) for i in range(len(self.columns))]
        sides = [{"l": "left", "r": "right"}[side] for side in aligned]
        return tabulate(
            [[_in_markdown(self._shown(cell)) for cell in row] for row in self.rows],
            headers=[_in_markdown(column) for column in self.columns],
            tablefmt="github",
            disable_numparse=True,
            colalign=sides if self.rows else None,
        )

    def html(self) -> str:
        """Returns a `table` element; each row's first cell is its heading."""
        head = "".join(f"<th>{_in_html(column)}</th>" for column in self.columns)
        body = []
        for row in self.rows:
            first, *others = (_in_html(self._shown(cell)) for cell in row)
            cells = "".join(f"<td>{cell}</td>" for cell in others)
            body.append(f"<tr><th>{first}</th>{cells}</tr>")
        body = f"<tbody>{''.join(body)}</tbody>"
        return f"<table><thead><tr>{head}</tr></thead>{body}</table>"

    def csv(self) -> str:
        """Returns the table as CSV: numbers as they are, nothing for None."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([self.columns, *self.rows])
        return text.getvalue()

    def write_csv(self, path):
        """Writes a CSV file, whole or not at all."""
        write_text(path, self.csv())

    def write(self, folder, name: str, text: str) -> tuple[pathlib.Path, pathlib.Path]:
        """Writes `<name>.md`, which is `text`, and `<name>.csv`; returns the two."""
        folder = pathlib.Path(folder)
        write_text(folder / f"{name}.md", text.rstrip("\n") + "\n")
        self.write_csv(folder / f"{name}.csv")
        return folder / f"{name}.md", folder / f"{name}.csv"

    def _shown(self, cell) -> str:
        if cell is None:
            return "-"
        if isinstance(cell, float):
            return f"{cell:.{self.digits}f}"
        if self.thousands and type(cell) is int:
            return f"{cell:,}"
        return cell if isinstance(cell, str) else str(cell)

    def _side(self, i) -> str:
        has_number = any(isinstance(row[i], int | float) for row in self.rows)
        return "r" if has_number else "l"


def escaped(words: str) -> str:
    """Returns words as HTML that shows them; "?" for what no file can hold."""
    writable = words.encode("utf-8", "replace").decode("utf-8")
    return html.escape(writable, quote=True)


def _in_html(text: str) -> str:
    return text if isinstance(text, Html) else escaped(text)


def _in_markdown(text: str) -> str:
    """Returns a cell's text: a bar would begin a new cell."""
    return text.replace("|", "\\|").replace("\n", " ")
