"""Ablation results in the layout of the paper's tables."""

from __future__ import annotations

from dgnet_tf.files.tables import Table
from tuning.ablations.paper_tables import PaperTable
from tuning.studies.results import RowResult

PARTS = ("paper", "ours", "spread")


def grids(table: PaperTable, found: list[RowResult]) -> list[Table]:
    """Returns the paper's tables; figures in mm or None.

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
        result.append(Table(header, lines))
    return result


def grids_csv(table: PaperTable, found: list[RowResult]) -> str:
    """Returns the grids as CSV, an empty line between groups."""
    parts = []
    for grid in grids(table, found):
        lines = [[_digits(cell) for cell in line] for line in grid.rows]
        parts.append(Table(grid.columns, lines).csv())
    return "\n".join(parts)


def rows_csv(table: PaperTable, found: list[RowResult]) -> str:
    """Returns one line for each row of the table."""
    columns = [
        *("table", "group", "row", "column", "paper_mm", "mean_mm", "spread_mm"),
        *("seeds", "failed", "parameters", "id", "remarks"),
    ]
    lines = [
        [
            *(table.number, one.row.group, one.row.name, one.row.column),
            *(one.row.published, _digits(one.mean), _digits(one.spread)),
            *(len(one.errors), len(one.trainings) - len(one.errors)),
            *(one.parameters, one.id, one.remarks),
        ]
        for one in found
    ]
    return Table(columns, lines).csv()


def _part(one, part):
    return {"paper": one.row.published, "ours": one.mean, "spread": one.spread}[part]


def _digits(value):
    return f"{value:.4f}" if isinstance(value, float) else value
