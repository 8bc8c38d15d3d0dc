"""Runs the rows of an ablation table."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence

from dgnet_tf.config.fields import FIELDS, Config
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation.balance import XYZ
from dgnet_tf.files import json_documents
from tuning.ablations import paper_tables
from tuning.ablations.paper_tables import PaperTable, Row
from tuning.studies import documents, jobs
from tuning.studies import study as studies

_DETECTORS = {"sh": "the Stacked Hourglass", "cpn": "the cascaded pyramid network"}


@dataclasses.dataclass(frozen=True)
class Planned:
    """A row on given data.

    Attributes:
        row: of the table.
        config: its configuration, with the study's first seed.
        data_dir: its data set.
        id: see `study.row_id`; empty if the row cannot run.
        absent: why it cannot run; empty if it can.
    """

    row: Row
    config: Config
    data_dir: str = ""
    id: str = ""
    absent: str = ""


def run(
    table: PaperTable,
    base: Config,
    data_dir,
    workdir,
    *,
    seeds: int = 1,
    split: str = "test",
    sources: Mapping[str, str | None] | None = None,
    names: Sequence[str] = (),
    progress: bool = True,
) -> list[Planned]:
    """Runs a table's rows that are not done.

    Args:
        table: of `ablations`.
        base: configuration that the rows change.
        data_dir: converted data set.
        workdir: the study's folder.
        seeds: training runs of each row, from the base's seed upwards.
        split: split to score; nothing is chosen by it.
        sources: data sets by detector, for rows that need one of their own.
        names: of the rows to run, as the table names its settings; all if empty.
        progress: show progress bars.

    Returns:
        The rows.

    Raises:
        UserError: if the data do not fit, the table has no row of a name, or the
            folder is of another study.
    """
    chosen = paper_tables.named(table, names)
    study, planned = plan(table, base, data_dir, split, sources or {})
    seeds = range(base.seed, base.seed + seeds)
    estimates = _estimates([one for one in planned if one.row in chosen])
    by_id = {one.id: one for one in reversed(planned)}  # The first of equal rows.
    found = {
        row: jobs.JobRow(
            by_id[row].row.title,
            by_id[row].config,
            by_id[row].data_dir,
            [{"estimate": estimate} for estimate in names],
        )
        for row, names in estimates.items()
    }

    def begin():
        _write(workdir, table, planned, seeds)
        for one in planned:
            if one.absent:
                print(f"left out: {one.row.title}: {one.absent}", flush=True)

    jobs.run_rows(workdir, study, table.name, found, seeds, begin, progress)
    return planned


def _estimates(planned):
    """Returns {row id: estimates to score}, the network's own pose first."""
    found = {}
    for one in planned:
        if not one.absent:
            found.setdefault(one.id, set()).add(one.row.estimate)
    return {row: sorted(names, key=lambda e: e != XYZ) for row, names in found.items()}


def plan(table: PaperTable, base: Config, data_dir, split: str, sources):
    """Returns the study and the table's rows on this data, checked.

    Raises:
        UserError: if the data lack the split, the training split, or an overlap that
            is large enough for each row, or if the base's network ignores a field.
    """
    data = {"": manifest.read(data_dir)}
    folders = {"": str(data_dir)}
    for name, folder in sources.items():
        if folder is not None:
            data[name], folders[name] = manifest.read(folder), str(folder)
    study = studies.Study(base, studies.data_digest(data[""]), data[""].dataset, split)
    planned = []
    for row in table.rows:
        config = dataclasses.replace(base, **row.overrides)
        for name in row.overrides:
            if base.architecture not in FIELDS[name].architectures:
                raise UserError(
                    f"Table {table.name!r} varies {name!r}, which has no effect with "
                    f"the architecture {base.architecture!r}. Leave --architecture out."
                )
        if row.source not in data:
            absent = (
                f"no data set with 2-D keypoints of {_DETECTORS[row.source]} was "
                f"given; convert one and name it with --data_{row.source}"
            )
            planned.append(Planned(row, config, absent=absent))
            continue
        there, folder = data[row.source], folders[row.source]
        check(config, folder, there, split)
        name = studies.row_id(study, config, studies.data_digest(there))
        planned.append(Planned(row, config, folder, name))
    return study, planned


def check(config: Config, folder: str, data: manifest.Manifest, split: str):
    """Checks that windows of a configuration can be cut from a data set.

    Raises:
        UserError: if they cannot.
    """
    for name in ("train", split):
        manifest.shard_paths(folder, data, name, verify=False)
    reach = (config.frames - 1) * config.frame_stride
    if reach > data.record_overlap:
        raise UserError(
            f"{folder}: windows of {config.frames} frames at stride "
            f"{config.frame_stride} need records that overlap by {reach} frames; these "
            f"overlap by {data.record_overlap}. All rows read one data set: convert it "
            f"again with --record_overlap={reach}."
        )


def _write(workdir, table: PaperTable, planned: list[Planned], seeds):
    """Writes `tables/<table>.json`, what was asked for."""
    content = {
        "version": documents.VERSION,
        "table": table.name,
        "seeds": list(seeds),
        "rows": [
            {"title": one.row.title, "id": one.id, "absent": one.absent}
            for one in planned
        ],
    }
    path = pathlib.Path(workdir) / studies.TABLES / f"{table.name}.json"
    json_documents.write(path, content)
