"""The paper's ablations, Tables V to IX, as data.

A row names the configuration fields that it sets, under `DGNet`'s and `Config`'s own
names, and has the MPJPE in mm that the paper publishes for it (Human3.6M,
Protocol 1). What a row leaves open is the study's preset and flags.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import balance

BALANCED = "balanced_true_root"


@dataclasses.dataclass(frozen=True)
class Row:
    """One cell of a published table.

    Attributes:
        group: what the table varies; rows of a group are compared with each other.
        name: the setting, as the paper's table names it.
        overrides: configuration fields that the row sets.
        published: the paper's MPJPE in mm.
        column: the second coordinate of a two-way table.
        estimate: which one is scored, see `balance`: "xyz", the network's own
            pose, or "balanced_true_root", the paper's balance of coordinates.
        source: detector of the 2-D keypoints, if the row needs a data set of its
            own; empty for the study's data.
        note: what a reader must know to compare.
    """

    group: str
    name: str
    overrides: Mapping[str, object]
    published: float
    column: str = ""
    estimate: str = balance.XYZ
    source: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """The row in words."""
        return ", ".join(filter(None, (f"{self.group}: {self.name}", self.column)))


@dataclasses.dataclass(frozen=True)
class PaperTable:
    """One table of the paper.

    Attributes:
        name: for `--table`.
        number: in the paper.
        title: what it varies.
        rows: in the paper's order.
        note: how it was read where the paper leaves it open.
    """

    name: str
    number: str
    title: str
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in order."""
        return tuple(dict.fromkeys(row.group for row in self.rows))


def _neighbors():
    spatial = {1: 47.3, 3: 45.3, 5: 48.2, 7: 50.8}
    temporal = {1: 48.0, 3: 46.5, 4: 45.3, 5: 47.3, 7: 49.2}
    for k, published in spatial.items():
        fields = {"spatial_neighbors": k, "temporal_neighbors": 4}
        yield Row("K in DSG", str(k), fields, published)
    for k, published in temporal.items():
        fields = {"spatial_neighbors": 3, "temporal_neighbors": k}
        note = ""
        if k == 4:
            note = "not a column of Table V; the default's figure from the other tables"
        yield Row("K in DTG", str(k), fields, published, note=note)


_WEIGHTINGS = {
    "none": "without weighting",
    "fc": "fully connected",
    "embedded_gaussian": "embedded Gaussian",
}


def _graphs():
    published = {
        "random": (83.4, 80.5, 80.9),
        "fixed": (52.7, 50.3, 51.4),
        "full": (58.8, 56.3, 57.3),
        "symmetry": (53.2, 53.0, 53.0),
        "precomputed": (50.4, 48.1, 48.8),
        "dynamic": (48.1, 45.3, 46.9),
    }
    for connection, figures in published.items():
        note = ""
        if connection == "fixed":
            note = (
                "a joint of a fixed DTG has one neighbour, itself, whose weight is 1 "
                "after a softmax: weightings differ in DSG alone"
            )
        for (weighting, column), figure in zip(
            _WEIGHTINGS.items(), figures, strict=True
        ):
            fields = {"connection": connection, "weighting": weighting}
            yield Row("graph", connection, fields, figure, column, note=note)


def _units():
    spatial = {
        "fsg": 57.9,
        "fsg,dsg": 55.8,
        "fsg,fsg": 57.4,
        "fsg,dsg,dsg": 57.4,
        "fsg,dsg,fsg": 56.5,
    }
    temporal = {
        "ftg": 52.0,
        "ftg,dtg": 47.0,
        "ftg,ftg": 51.3,
        "ftg,dtg,dtg": 47.6,
        "ftg,dtg,ftg": 45.3,
        "ftg,dtg,ftg,dtg": 46.1,
        "ftg,dtg,ftg,ftg": 45.5,
    }
    for unit, figure in spatial.items():
        fields = {"spatial_unit": unit, "temporal_unit": ""}
        yield Row("dynamical spatial unit", _unit_name(unit), fields, figure)
    for unit, figure in temporal.items():
        fields = {"spatial_unit": "fsg,dsg", "temporal_unit": unit}
        name = _unit_name(f"fsg,dsg,{unit}")
        yield Row("dynamical temporal unit", name, fields, figure)


def _unit_name(unit):
    return "+".join(unit.upper().split(","))


def _blocks_frames():
    for blocks, figure in {1: 60.7, 3: 47.0, 5: 45.3}.items():
        yield Row("blocks", str(blocks), {"blocks": blocks}, figure)
    for frames, figure in {2: 51.2, 3: 48.1, 4: 45.3, 5: 45.3}.items():
        yield Row("frames", str(frames), {"frames": frames}, figure)


def _design():
    total = {"block_loss_weight": 0.1}
    loss, block = "supervision", "non-local block"
    yield Row(loss, "network loss", {"block_loss_weight": 0.0}, 48.7)
    yield Row(loss, "total loss", total, 45.3)
    yield Row(block, "without", {"non_local": False}, 50.1)
    yield Row(block, "with", {"non_local": True}, 45.3)
    yield Row("coordinates", "non-balanced", {}, 46.1)
    yield Row("coordinates", "balanced", {}, 45.3, estimate=BALANCED)
    yield Row("2-D source", "SH", {}, 49.9, source="sh")
    yield Row("2-D source", "CPN", {}, 45.3, source="cpn")


TABLES = {
    table.name: table
    for table in (
        PaperTable("neighbors", "V", "Number of neighbours K", tuple(_neighbors())),
        PaperTable(
            "graphs",
            "VI",
            "Graph connection and weighting, in DSG and DTG both",
            tuple(_graphs()),
        ),
        PaperTable(
            "units",
            "VII",
            "Operations of the DG-Conv block",
            tuple(_units()),
            "Rows of the spatial unit have no temporal unit: the paper introduces its "
            "operations one by one, and FSG+DSG (55.8) comes before FSG+DSG+FTG "
            "(52.0).",
        ),
        PaperTable(
            "blocks_frames",
            "VIII",
            "Number of blocks, number of input frames",
            tuple(_blocks_frames()),
            "Where `steps_per_epoch` is fixed, as by the preset `small`, rows of "
            "frames see equally many windows: longer ones show more frames.",
        ),
        PaperTable(
            "design",
            "IX",
            "Supervision, non-local block, coordinates, 2-D source",
            tuple(_design()),
            "The paper's figures but 46.1 are of the balanced estimate; ours are "
            "of the network's own pose where a row does not say balanced. "
            "53.4 and 46.8 in the columns SH and CPN are those of the paper's [3].",
        ),
    )
}


def get(name: str) -> PaperTable:
    """Returns a table by name.

    Raises:
        UserError: if there is none of that name.
    """
    if name not in TABLES:
        raise UserError(f"--table must be one of {', '.join(TABLES)}, got {name!r}.")
    return TABLES[name]


def named(table: PaperTable, names: Sequence[str]) -> list[Row]:
    """Returns a table's rows whose settings have one of the names; all if empty.

    Raises:
        UserError: if no row has one of them.
    """
    there = list(dict.fromkeys(row.name for row in table.rows))
    for name in names:
        if name not in there:
            raise UserError(
                f"--rows: table {table.name!r} has no row {name!r}; there are "
                f"{', '.join(there)}."
            )
    return [row for row in table.rows if not names or row.name in names]
