"""Writes a study's report: text, tables, charts, HParams, best configuration."""

from __future__ import annotations

import pathlib

from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents, listing
from dgnet_tf.files.atomic import write_text
from dgnet_tf.files.escaping import in_code
from tuning.ablations import paper_layout, paper_tables
from tuning.reporting import document, hparams, plots
from tuning.searching import findings
from tuning.studies import results
from tuning.studies import study as studies

REPORT, BEST, PARTS = "report.md", "best_config.json", "report"
_COSTS = {"parameters": "parameters", "seconds": "seconds of a training"}


def write(workdir, output) -> pathlib.Path:
    """Writes the report of a study, finished or not.

    Each file is written whole or not at all, `report.md` last.

    Args:
        workdir: the study's folder.
        output: folder of the report.

    Returns:
        The path of `report.md`.

    Raises:
        UserError: if the folder holds no study, or one without any result.
    """
    study = studies.read(workdir)
    rows = results.of_folder(workdir)
    if not rows:
        raise UserError(
            f"{workdir}: no row is done yet. Give the study's command again, and "
            "report when a row is done."
        )
    output = pathlib.Path(output)
    sections = [document.introduction(study)]
    for table in paper_tables.TABLES.values():
        found = results.of_table(workdir, table)
        if found is not None:
            sections.append(_table(output, table, found))
    if (pathlib.Path(workdir) / findings.SEARCH).is_file():
        sections.append(findings.section(study, rows))
    pictures = {}
    for quantity, label in _COSTS.items():
        if any(one.errors and getattr(one, quantity) for one in rows):
            name = f"{PARTS}/mpjpe_{quantity}.png"
            plots.scatter(rows, quantity, label, output / name)
            pictures[quantity] = name
    sections += [document.cost(rows, pictures), _best(study, rows, output)]
    sections.append(document.how_to_read())
    hparams.write_sessions(rows, output)
    write_text(output / REPORT, "\n\n".join(sections) + "\n")
    return output / REPORT


def has_more(workdir) -> bool:
    """Whether a study holds a table or a search, and not a comparison alone."""
    folder = pathlib.Path(workdir)
    searches = (folder / findings.SEARCH).is_file()
    return searches or bool(listing.found(folder / studies.TABLES, "*.json"))


def _table(output, table, found):
    write_text(
        output / PARTS / f"{table.name}.csv", paper_layout.rows_csv(table, found)
    )
    grids = paper_layout.grids_csv(table, found)
    write_text(output / PARTS / f"{table.name}_grid.csv", grids)
    pictures = {}
    for group in table.groups:
        members = [one for one in found if one.row.group == group]
        if group in plots.CURVES and any(one.errors for one in members):
            pictures[group] = f"{PARTS}/mpjpe_{plots.CURVES[group]}.png"
            plots.curve(group, members, output / pictures[group])
    return document.table_section(table, found, pictures)


def _best(study, rows, output):
    """Writes the configuration that is best on the validation split, and says so."""
    title = "## Best configuration"
    if study.split == findings.SPLIT:
        best = findings.winner(study, findings.ranked(study, rows))
        error = best and findings.error(best, study.base.seed)
    else:
        done = [one for one in rows if one.validation is not None]
        best = min(done, key=lambda one: one.validation, default=None)
        error = best and best.validation
    if best is None:
        return (
            f"{title}\n\nNone is named: no error on a validation split is known, and "
            f"the split {study.split} chooses nothing."
        )
    content = results.overrides(best.trainings[0])
    content["seed"] = study.base.seed
    json_documents.write(output / BEST, content)
    return (
        f"{title}\n\n{in_code(best.id)}, {error:.1f} mm on the validation split, which "
        f"alone chose it; `{BEST}`, beside this page, has its fields:\n\n```\n"
        f"python -m dgnet_tf.train --data=DATA --workdir=RUN --config={BEST}\n```"
    )
