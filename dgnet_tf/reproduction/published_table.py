"""How a printed table is typed: its rows, its columns, its misprints."""

from __future__ import annotations

import dataclasses

AVERAGE = "Avg"
OURS = "DG-Net"
MISPRINTED_NAMES = (
    'Hossain [2] is printed "Marcard", Pavllo [3] also "Dario" and "Pallvo".'
)


@dataclasses.dataclass(frozen=True)
class Row:
    """One method's row.

    Attributes:
        method: who, under their right name.
        reference: number in the paper's list; None for the paper itself.
        frames: T, input frames; None where the paper does not say.
        truth_2d: whether the input was ground-truth 2-D (marked with a dagger).
        values: {column: number}; what the paper leaves blank is absent.
        printed: the name in the paper, where it is another.
        per_column: False where the columns look shifted: only the average counts.
    """

    method: str
    reference: int | None
    frames: int | None
    truth_2d: bool
    values: dict[str, float]
    printed: str = ""
    per_column: bool = True

    @property
    def label(self) -> str:
        """The method as tables show it."""
        name = f"{self.method} [{self.reference}]" if self.reference else self.method
        return f"{name} \u2020" if self.truth_2d else name


@dataclasses.dataclass(frozen=True)
class Table:
    """One table of the paper.

    Attributes:
        number: as the paper counts, "I".
        title: what it shows.
        dataset: `dataset.json`'s name of the data.
        metric: what the numbers are, and their unit.
        columns: of `Row.values`.
        rows: in the paper's order, the paper's own last of its kind.
        misprints: what is wrong or odd in print.
    """

    number: str
    title: str
    dataset: str
    metric: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    misprints: tuple[str, ...]


def row(method, reference, frames, numbers, columns, **more) -> Row:
    """Reads a row as it is printed: numbers in the order of the columns, - for none."""
    values = [None if n == "-" else float(n) for n in numbers.split()]
    if len(values) != len(columns):
        raise ValueError(f"{method}: {len(values)} numbers, {len(columns)} columns.")
    found = {c: v for c, v in zip(columns, values, strict=True) if v is not None}
    return Row(method, reference, frames, more.pop("truth_2d", False), found, **more)
