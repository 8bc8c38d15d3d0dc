"""Tables for people and for programs: Markdown and CSV of the same rows."""

from __future__ import annotations

import csv
import pathlib
from collections.abc import Sequence

from tabulate import tabulate

from dgnet_tf.files.atomic import replacing


def markdown(columns: Sequence[str], rows: Sequence[Sequence], digits: int = 1) -> str:
    """Returns a Markdown table; numbers are rounded, None is shown as "-"."""
    return tabulate(
        [[_shown(value, digits) for value in row] for row in rows],
        headers=[escaped(column) for column in columns],
        tablefmt="github",
        disable_numparse=True,
        colalign=[
            "right" if any(isinstance(row[i], int | float) for row in rows) else "left"
            for i in range(len(columns))
        ]
        if rows
        else None,
    )


def write(
    folder,
    name: str,
    text: str,
    columns: Sequence[str],
    rows: Sequence[Sequence],
) -> tuple[pathlib.Path, pathlib.Path]:
    """Writes `<name>.md` and `<name>.csv`, each whole or not at all.

    Args:
        folder: where to.
        name: of the files.
        text: what the Markdown file says.
        columns: of the CSV file.
        rows: of the CSV file, numbers as they are; None leaves a cell empty.

    Returns:
        Both paths.
    """
    markdown_path = pathlib.Path(folder) / f"{name}.md"
    csv_path = pathlib.Path(folder) / f"{name}.csv"
    with replacing(markdown_path) as beside:
        beside.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    write_csv(csv_path, columns, rows)
    return markdown_path, csv_path


def write_csv(path, columns: Sequence[str], rows: Sequence[Sequence]):
    """Writes a CSV file, whole or not at all."""
    with replacing(path) as beside:
        with open(beside, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)


def _shown(value, digits):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.{digits}f}"
    return escaped(str(value))


def escaped(text: str) -> str:
    """Returns a cell's text: a bar would begin a new cell."""
    return text.replace("|", "\\|").replace("\n", " ")
