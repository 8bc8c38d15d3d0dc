"""A study's results by row."""

from __future__ import annotations

import dataclasses
import pathlib

from dgnet_tf.config import flags
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import balance
from dgnet_tf.files import epoch_history, listing
from tuning.ablations import paper_tables
from tuning.studies import documents, rows, statistics
from tuning.studies import study as studies

_VALIDATION = "val_pose_mpjpe_mm"


@dataclasses.dataclass(frozen=True)
class Training:
    """One seed of a row.

    Attributes:
        seed: of the training.
        error: MPJPE in mm; None if it failed.
        reason: why it failed.
        validation: MPJPE in mm of the validation windows after the last epoch;
            None without such a split.
        seconds: of the training; None where it was resumed.
        config: its configuration, by field.
        parameters: of the network.
    """

    seed: int
    error: float | None
    reason: str
    validation: float | None
    seconds: float | None
    config: dict
    parameters: int | None


@dataclasses.dataclass(frozen=True)
class RowResult:
    """A row and its training runs.

    Attributes:
        row: of the table; None for a trial of a search.
        id: see `study.row_id`; empty if it could not run.
        absent: why it could not run.
        trainings: those that are done, by seed.
    """

    row: paper_tables.Row | None
    id: str
    absent: str
    trainings: tuple[Training, ...]

    @property
    def errors(self) -> list[float]:
        """MPJPE in mm of each seed that did not fail."""
        return [t.error for t in self.trainings if t.error is not None]

    @property
    def mean(self) -> float | None:
        """Mean over seeds, mm."""
        return sum(self.errors) / len(self.errors) if self.errors else None

    @property
    def spread(self) -> float | None:
        """Standard deviation over seeds, mm."""
        return statistics.spread(self.errors)

    @property
    def validation(self) -> float | None:
        """Mean over seeds of the validation error, mm."""
        found = [t.validation for t in self.trainings if t.error is not None]
        if not found or None in found:
            return None
        return sum(found) / len(found)

    @property
    def parameters(self) -> int | None:
        """Number of the network's parameters."""
        return next((t.parameters for t in self.trainings if t.parameters), None)

    @property
    def seconds(self) -> float | None:
        """Mean training time of the seeds that were not resumed."""
        found = [t.seconds for t in self.trainings if t.seconds is not None]
        return sum(found) / len(found) if found else None

    @property
    def remarks(self) -> str:
        """What the reader must know: why figures are missing, and the row's note."""
        failed = [
            f"seed {one.seed} failed: {one.reason}"
            for one in self.trainings
            if one.reason
        ]
        found = [self.absent, *failed, self.row.note if self.row else ""]
        if not self.trainings and not self.absent:
            found.insert(0, "not run yet")
        return "; ".join(filter(None, found))


def of_table(folder, table: paper_tables.PaperTable) -> list[RowResult] | None:
    """Returns a table's rows; None if the study has not run it.

    Raises:
        UserError: if the study's table is of other rows than this code's.
    """
    path = pathlib.Path(folder) / studies.TABLES / f"{table.name}.json"
    asked = documents.TABLE.find(path)
    if asked is None:
        return None
    titles = [entry["title"] for entry in asked["rows"]]
    if titles != [row.title for row in table.rows]:
        raise UserError(
            f"{path}: its rows are not those of this code's table {table.name!r}. Give "
            "the study's command again."
        )
    return [
        RowResult(
            row,
            entry["id"],
            entry["absent"],
            _trainings(folder, entry["id"], asked["seeds"], row.estimate),
        )
        for row, entry in zip(table.rows, asked["rows"], strict=True)
    ]


def of_folder(folder) -> list[RowResult]:
    """Returns all rows that have a result, in the order of their names."""
    found = []
    for place in listing.found(pathlib.Path(folder) / studies.ROWS):
        found_seeds = listing.found(place, "seed*")
        names = (path.name.removeprefix("seed") for path in found_seeds)
        seeds = sorted(int(name) for name in names if name.isdecimal())
        trainings = _trainings(folder, place.name, seeds, balance.XYZ)
        if trainings:
            found.append(RowResult(None, place.name, "", trainings))
    return found


def _trainings(folder, row, seeds, estimate):
    if not row:
        return ()
    found = []
    for seed in seeds:
        result = studies.read_result(folder, row, seed, estimate)
        if result is None and estimate != balance.XYZ:
            # Where the training itself failed there is nothing else to score.
            result = studies.read_result(folder, row, seed)
            if result is not None and result["status"] != rows.FAILED:
                result = None
        if result is not None:
            found.append(_training(folder, row, result))
    return tuple(found)


def _training(folder, row, result):
    metrics = result.get("metrics", {})
    run = studies.seed_folder(folder, row, result["seed"]) / rows.RUN
    history = epoch_history.read(run / epoch_history.FILE)
    return Training(
        seed=result["seed"],
        error=metrics.get("mpjpe_mm"),
        reason=result["reason"],
        validation=history[-1].get(_VALIDATION) if history else None,
        seconds=result.get("seconds"),
        config=result["config"],
        parameters=result.get("parameters"),
    )


def overrides(training: Training) -> dict:
    """Returns what `dgnet_tf.train --config=` takes: all fields that are flags."""
    return {name: training.config[name] for name in flags.NAMES}
