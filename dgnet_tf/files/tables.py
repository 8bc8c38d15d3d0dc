"""Tables for people and for programs: Markdown and CSV of the same rows.

A cell is text that both show as it is, unless it is `escaping.Markdown`.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import pathlib
from collections.abc import Sequence

from tabulate import tabulate

from dgnet_tf.files.atomic import write_text
from dgnet_tf.files.escaping import in_csv, in_markdown


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
            [[in_markdown(cell) for cell in row] for row in self.shown()],
            headers=[in_markdown(column) for column in self.columns],
            tablefmt="github",
            disable_numparse=True,
            colalign=sides if self.rows else None,
        )

    def shown(self) -> list[list[str]]:
        """Returns the cells as people read them; "-" for None."""
        return [[self._shown(cell) for cell in row] for row in self.rows]

    def csv(self) -> str:
        """Returns the table as CSV: numbers as they are, nothing for None.

        Text that a spreadsheet would take for a formula begins with an apostrophe.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for row in (self.columns, *self.rows):
            writer.writerow([in_csv(cell) for cell in row])
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
