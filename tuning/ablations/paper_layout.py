"""Ablation results in the layout of the paper's tables."""

from __future__ import annotations

import csv
import io

from tuning.ablations.paper_tables import Table
from tuning.studies.results import RowResult

PARTS = ("paper", "ours", "spread")


def grids(table: Table, found: list[RowResult]) -> list[tuple[list, list[list]]]:
    """Returns the paper's tables as (header, lines); figures in mm or None.

    A group of one way has a column for each row and the lines paper, ours and
    spread; one of two ways a line for each name and three columns for each column.
    """
    result = []
    for group in table.groups:
        members = [one for one in found if one.row.group == group]
        columns = list(dict.fromkeys(one.row.column for one in members))
        if columns == [""]:
            header = [group, *(one.row.name for one in members)]
            lines = [[part, *(_part(one, part) for one in members)] for part in PARTS]
        else:
            header = [group, *(f"{c}, {part}" for c in columns for part in PARTS)]
            by_place = {(one.row.name, one.row.column): one for one in members}
            names = dict.fromkeys(one.row.name for one in members)
            lines = []
            for name in names:
                places = [by_place[name, column] for column in columns]
                parts = [_part(one, part) for one in places for part in PARTS]
                lines.append([name, *parts])
        result.append((header, lines))
    return result


def grids_csv(table: Table, found: list[RowResult]) -> str:
    """Returns the grids as CSV, an empty line between groups."""
    parts = []
    for header, lines in grids(table, found):
        parts.append(_csv([header, *([_digits(cell) for cell in x] for x in lines)]))
    return "\n".join(parts)


def rows_csv(table: Table, found: list[RowResult]) -> str:
    """Returns one line for each row of the table."""
    lines = [
        [
            *("table", "group", "row", "column", "paper_mm", "mean_mm", "spread_mm"),
            *("seeds", "failed", "parameters", "id", "remarks"),
        ]
    ]
    for one in found:
        lines.append(
            [
                *(table.number, one.row.group, one.row.name, one.row.column),
                *(one.row.published, _digits(one.mean), _digits(one.spread)),
                *(len(one.errors), len(one.trainings) - len(one.errors)),
                *(one.parameters, one.id, one.remarks),
            ]
        )
    return _csv(lines)


def _part(one, part):
    return {"paper": one.row.published, "ours": one.mean, "spread": one.spread}[part]


def _digits(value):
    return f"{value:.4f}" if isinstance(value, float) else value


def _csv(lines):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
