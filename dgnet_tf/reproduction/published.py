"""The numbers printed in the paper.

Source: J. Zhang et al., "Learning Dynamical Human-Joint Affinity for 3D Pose Estimation
in Videos", IEEE Transactions on Image Processing, 2021, Tables I-IV and X and Figure 4;
[n] are its references. Tables V-IX, the ablations, belong to `tuning`. The numbers are
in `published_numbers`, a CSV file each; a table's `misprints` say where it is not to be
taken at its word.
"""

from __future__ import annotations

import csv
import dataclasses
import importlib.resources
from collections.abc import Iterable

AVERAGE = "Avg"
OURS = "DG-Net"
NOISES_PX = (0, 5, 10, 15, 20)

_MISPRINTED_NAMES = (
    'Hossain [2] is printed "Marcard", Pavllo [3] also "Dario" and "Pallvo".'
)
# Columns of the files; those that follow hold numbers.
_METHOD = ("method", "printed", "reference", "frames", "truth_2d", "per_column")


@dataclasses.dataclass(frozen=True)
class Row:
    """One method's row."""

    method: str  # who, under their right name
    reference: int | None  # number in the paper's list; None for the paper itself
    frames: int | None  # T, input frames; None where the paper does not say
    truth_2d: bool  # whether the input was ground-truth 2-D (marked with a dagger)
    values: dict[str, float]  # by column; what the paper leaves blank is absent
    printed: str = ""  # the name in the paper, where it is another
    per_column: bool = True  # False where columns look shifted: only the average counts

    @property
    def label(self) -> str:
        """The method as tables show it."""
        name = f"{self.method} [{self.reference}]" if self.reference else self.method
        return f"{name} \u2020" if self.truth_2d else name


@dataclasses.dataclass(frozen=True)
class PublishedTable:
    """One table of the paper."""

    number: str  # as the paper counts, "I"
    title: str  # what it shows
    dataset: str  # `dataset.json`'s name of the data
    metric: str  # what the numbers are, and their unit
    columns: tuple[str, ...]  # of `Row.values`
    rows: tuple[Row, ...]  # in the paper's order, the paper's own last of its kind
    misprints: tuple[str, ...]  # what is wrong or odd in print


@dataclasses.dataclass(frozen=True)
class Point:
    """A point of Figure 4: parameters and MPJPE on Human3.6M from detected 2-D, mm."""

    label: str
    parameters: int
    mpjpe_mm: float
    source: str


def parse(lines: Iterable[str]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Reads a table's CSV file; returns the columns that hold numbers, and the rows.

    Raises:
        ValueError: if a row has another number of cells than the header.
    """
    head, *lists = csv.reader(lines)
    columns = tuple(head[len(_METHOD) :])
    rows = []
    for cells in lists:
        numbers = cells[len(_METHOD) :]
        method = dict(zip(_METHOD, cells, strict=False))
        if len(numbers) != len(columns):
            raise ValueError(
                f"{method['method']}: {len(numbers)} numbers, {len(columns)} columns."
            )
        rows.append(
            Row(
                method=method["method"],
                reference=int(method["reference"]) if method["reference"] else None,
                frames=int(method["frames"]) if method["frames"] else None,
                truth_2d=method["truth_2d"] == "yes",
                values={columns[i]: float(n) for i, n in enumerate(numbers) if n},
                printed=method["printed"],
                per_column=method["per_column"] == "yes",
            )
        )
    return columns, tuple(rows)


def _lines(name):
    folder = importlib.resources.files("dgnet_tf.reproduction") / "published_numbers"
    return (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()


def _table(item, number, title, dataset, metric, *misprints):
    found = parse(_lines(item))
    return PublishedTable(number, title, dataset, metric, *found, misprints)


TABLE_I = _table(
    *("table1", "I", "Human3.6M, Protocol 1", "human36m", "MPJPE, mm"),
    "The rows of Zhao [4], Yang [26] and Lee [17] look shifted by an action; only "
    "their averages are used.",
    _MISPRINTED_NAMES,
)
TABLE_II = _table(
    *("table2", "II", "Human3.6M, Protocol 2", "human36m", "P-MPJPE, mm"),
    "The row of Lee [17] looks like its row in Table I, shifted; only its average "
    "is used.",
    _MISPRINTED_NAMES,
)
TABLE_III = _table(
    *("table3", "III", "HumanEva-I, Protocol 2", "humaneva", "P-MPJPE, mm"),
    "Averages are over the six cells; DG-Net's gives 19.55, printed 19.5. Box is "
    "not in them.",
    "The average of Moreno-Noguer [16] does not follow from its cells (23.1).",
    _MISPRINTED_NAMES,
)
TABLE_IV = _table(
    *("table4", "IV", "MPI-INF-3DHP, lifters from ground-truth 2-D", "mpi_inf_3dhp"),
    "PCK at 150 mm and AUC, %; MPJPE, mm",
    'Mehta [7] is printed "Mono", the name of its method.',
)
TABLE_X = _table(
    *("table10", "X"),
    "Robustness to noise on the 2-D keypoints, Human3.6M, Protocol 2",
    *("human36m", "P-MPJPE, mm"),
    "The paper does not state the noise's unit; pixels, as in the works that it "
    "compares with.",
)
TABLES = {
    "table1": TABLE_I,
    "table2": TABLE_II,
    "table3": TABLE_III,
    "table4": TABLE_IV,
    "table10": TABLE_X,
}
# Our names of Human3.6M's actions and HumanEva's cells.
ACTIONS, CELLS = TABLE_I.columns[:-1], TABLE_III.columns[:-1]

# The figure itself prints no numbers: parameters are those of the sources named.
FIGURE_4 = tuple(
    Point(label, int(parameters), float(error), source)
    for label, parameters, error, source in [*csv.reader(_lines("figure4"))][1:]
)
