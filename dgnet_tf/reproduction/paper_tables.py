"""Tables I to IV: our rows beside the paper's."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf.data import manifest
from dgnet_tf.evaluation import run_reports
from dgnet_tf.files.escaping import in_code, in_markdown
from dgnet_tf.files.tables import Table
from dgnet_tf.models import network_arguments
from dgnet_tf.reproduction import published
from dgnet_tf.reproduction.published import AVERAGE, PublishedTable, Row

_BALANCE = (
    "The paper's DG-Net averages the network's estimate with one from the 2-D "
    "keypoints, the predicted depth and the true depth of the root; without it, MPJPE "
    "is 46.1 mm (Table IX). Our rows are the network's estimate alone."
)
_NOTES = {
    "table1": (_BALANCE, "Avg is the plain mean over actions."),
    "table2": (_BALANCE, "Avg is the plain mean over actions."),
    "table3": ("Avg is the plain mean over the cells.",),
    "table4": (
        "Over all frames. On MPI-INF-3DHP, our PCK and AUC are over the 14 joints of "
        "its own evaluation, on other data over all joints; MPJPE is over all joints.",
    ),
}


def make(
    item: str, workdirs: Sequence, data_dir, split: str, folder, *, flip: bool = True
) -> tuple[pathlib.Path, pathlib.Path]:
    """Writes Table I, II, III or IV, a row for each run; returns the files' paths.

    Args:
        item: "table1" to "table4".
        workdirs: folders of finished runs.
        data_dir: converted data set, on whose `split` they are scored.
        split: see above.
        folder: for `<item>.md` and `.csv`.
        flip: average with the mirrored estimate.
    """
    data = manifest.read(data_dir)
    rows, notes = [], list(_NOTES[item])
    reports = run_reports.of_runs(workdirs, data_dir, split, flip=flip)
    for name, report in reports.items():
        rows.append(our_row(item, name, report, data))
        notes += _interval(item, name, report)
    return write(item, rows, data.dataset, split, folder, notes)


def our_row(item: str, name: str, report: dict, data: manifest.Manifest) -> Row:
    """Returns a run's row; on other data than the table's its columns are its own."""
    values = {
        "table1": lambda: _by_action(report, "mpjpe_mm"),
        "table2": lambda: _by_action(report, "p_mpjpe_mm"),
        "table3": lambda: _by_cell(report),
        "table4": lambda: _overall(report),
    }[item]()
    return row_of_run(name, report, data, values)


def row_of_run(name: str, report: dict, data: manifest.Manifest, values: dict) -> Row:
    """Returns the row of these values with what a run's report says of it."""
    model = report["options"]["model"]
    return Row(
        method=f"{network_arguments.title(model['architecture'])}, run {name}",
        reference=None,
        frames=model["frames"],
        # Every other data set's keypoints are projections of its positions.
        truth_2d=data.options.get("detections") is None,
        values=values,
    )


def write(
    item: str, rows: Sequence[Row], dataset: str, split: str, folder, notes=()
) -> tuple[pathlib.Path, pathlib.Path]:
    """Writes our rows and the paper's, together where they are on the same data."""
    table = published.TABLES[item]
    same = is_of(table, dataset, split)
    parts = [
        f"# Table {table.number}: {table.title}",
        f"{table.metric}. \u2020: from ground-truth 2-D. T: input frames.",
    ]
    if same:
        parts.append(_table([*table.rows, *rows], table.columns))
    else:
        own = list(dict.fromkeys(name for row in rows for name in row.values))
        own.sort(key=lambda name: name == AVERAGE)
        parts += [
            f"Our rows, on the {split} split of {in_code(dataset)}:",
            _table(rows, own),
            f"The paper's rows. They are on other data (`{table.dataset}`, its test "
            "subjects) and not to be compared with ours:",
            _table(table.rows, table.columns),
        ]
    parts.append("\n".join(f"- {note}" for note in (*notes, *table.misprints)))
    columns = list(table.columns)
    for row in rows:
        columns += [name for name in row.values if name not in columns]
    cells = [
        [row.label, row.frames, row.truth_2d, data, *_cells(row, columns)]
        for of_rows, data in ((table.rows, table.dataset), (rows, dataset))
        for row in of_rows
    ]
    head = ["method", "T", "ground-truth 2-D", "data set", *columns]
    return Table(head, cells).write(folder, item, "\n\n".join(parts))


def is_of(table: PublishedTable, dataset: str, split: str) -> bool:
    """Whether a split is the one that the paper scored."""
    return dataset == table.dataset and split == "test"


def _table(rows, columns):
    cells = [[row.label, row.frames, *_cells(row, columns)] for row in rows]
    return Table(["method", "T", *columns], cells).markdown()


def _cells(row, columns):
    """The row's numbers; only its average where its columns are not to be trusted."""
    return [
        row.values.get(name) if row.per_column or name == AVERAGE else None
        for name in columns
    ]


def _by_action(report, metric):
    values = {name: row[metric] for name, row in report["per_action"].items()}
    return {**values, AVERAGE: report["metrics_action_mean"][metric]}


def _by_cell(report):
    if "humaneva" in report["protocols"]:
        found = report["protocols"]["humaneva"]
        values = {
            f"{action} {person}": value
            for action, row in found["cells"].items()
            for person, value in row.items()
        }
        return {**values, AVERAGE: found["average"]}
    values = {
        f"{action} {subject}": row["p_mpjpe_mm"]
        for subject, actions in report["per_subject_action"].items()
        for action, row in actions.items()
    }
    return {**values, AVERAGE: float(np.mean(list(values.values())))}


def _overall(report):
    pck, auc, row = "pck", "auc", report["metrics"]
    if "mpi_inf_3dhp" in report["protocols"]:
        pck, auc, row = "pck_14", "auc_14", report["protocols"]["mpi_inf_3dhp"]["all"]
    return {"PCK": 100 * row[pck], "AUC": 100 * row[auc], "MPJPE": row["mpjpe_mm"]}


def _interval(item, name, report):
    """The sentence on how sure the average is; none where nothing is known."""
    metric = {"table1": "mpjpe_mm", "table2": "p_mpjpe_mm"}.get(item)
    found = metric and report["intervals_action_mean"][metric]
    if not found:
        return []
    return [
        f"Run {in_markdown(name)}: 95 % bootstrap interval of Avg "
        f"{found['low']:.1f} to {found['high']:.1f} mm "
        f"({in_markdown(found['videos'])} videos)."
    ]
