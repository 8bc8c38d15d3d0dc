"""The Markdown report of a study."""

from __future__ import annotations

from dgnet_tf.files.escaping import in_code, in_markdown
from dgnet_tf.files.tables import Table
from tuning.ablations import paper_layout, paper_tables
from tuning.reporting import plots
from tuning.studies import statistics
from tuning.studies.results import RowResult
from tuning.studies.study import Study

_BUDGET = (
    *("channels", "blocks", "frames", "epochs", "steps_per_epoch", "batch_size"),
    *("learning_rate", "learning_rate_decay", "optimizer", "flip", "precision"),
)


def introduction(study: Study) -> str:
    """Returns what was trained and how it was scored."""
    fields = ", ".join(
        in_code(f"{name}={getattr(study.base, name)}") for name in _BUDGET
    )
    return "\n\n".join(
        [
            f"# {in_markdown(study.dataset)}, {in_markdown(study.split)} split",
            "MPJPE in mm over all valid frames, root-aligned. The paper's figures are "
            "of Human3.6M with detected keypoints and 200 epochs: compare orders, not "
            "figures, unless data and budget are the paper's.",
            f"What rows leave open: {fields}. Digest of the data: "
            f"{in_code(study.data[:12])}.",
        ]
    )


def table_section(
    one: paper_tables.PaperTable, found: list[RowResult], pictures: dict
) -> str:
    """Returns a table's section.

    Args:
        one: the table.
        found: its rows.
        pictures: {group: path of its picture, relative to the report}.
    """
    sections = [f"## Table {one.number}: {one.title} (`{one.name}`)", one.note]
    sections += [_rows(found), "As in the paper, with the spread over seeds:"]
    sections += [grid.markdown() for grid in paper_layout.grids(one, found)]
    for group in one.groups:
        members = [row for row in found if row.row.group == group]
        sections += [f"**{group}.** {order(members)}", telling_apart(members, found)]
        if group in pictures:
            sections.append(f"![error against {group}]({pictures[group]})")
    return "\n\n".join(filter(None, sections))


def _rows(found):
    lines = [
        [
            one.row.title,
            one.row.published,
            one.mean,
            one.spread,
            len(one.errors),
            one.parameters,
            one.remarks,
        ]
        for one in found
    ]
    headers = ["row", "paper", "ours", "spread", "seeds", "parameters", "remarks"]
    return Table(headers, lines, thousands=True).markdown()


def order(members: list[RowResult]) -> str:
    """Returns how well our order of a group's rows agrees with the paper's."""
    done = [one for one in members if one.errors]
    found = statistics.agreement(
        [one.row.published for one in done], [one.mean for one in done]
    )
    if found is None:
        return "No two rows to order yet."
    tau, p_value = found
    best = min(done, key=lambda one: one.mean).row
    wanted = min(done, key=lambda one: one.row.published).row
    return (
        f"Kendall's tau with the paper's order {tau:.2f} over {len(done)} rows "
        f"(p = {p_value:.2f}); best here {_short(best)}, in the paper {_short(wanted)}."
    )


def telling_apart(members: list[RowResult], table_rows: list[RowResult]) -> str:
    """Returns how many seeds would tell a group's rows from its best one.

    Args:
        members: the group's rows.
        table_rows: all of the table, whose spread over seeds is pooled.
    """
    done = sorted((one for one in members if one.errors), key=lambda one: one.mean)
    if len(done) < 2:
        return ""
    # A row that stands in several groups counts once.
    errors = {one.id: one.errors for one in table_rows if one.errors}
    pooled = statistics.pooled_spread(list(errors.values()))
    if pooled is None:
        return (
            "One seed a row: their spread was not measured, so that no difference "
            "here can be told from chance. Add `--seeds=2` or more."
        )
    deviation, freedom = pooled
    upper = statistics.upper_spread(deviation, freedom)
    lines = [
        [
            _short(one.row),
            one.mean - done[0].mean,
            _seeds(one.mean - done[0].mean, deviation),
            _seeds(one.mean - done[0].mean, upper),
            len(one.errors),
        ]
        for one in done[1:]
    ]
    headers = [
        f"against {_short(done[0].row)}",
        "mm more",
        "seeds needed",
        "to be safe",
        "seeds run",
    ]
    text = Table(headers, lines, thousands=True).markdown()
    return (
        f"Seeds needed to tell a row from the best one (two-sided t-test, level 5 %, "
        f"power 80 %), if the difference is as measured and the spread over seeds is "
        f"{deviation:.1f} mm as pooled over the table ({freedom} degrees of freedom) "
        f"or, to be safe, {upper:.1f} mm, its upper 95 % bound:\n\n{text}"
    )


def _seeds(difference, deviation):
    needed = statistics.seeds_needed(difference, deviation)
    return "more than 1,000" if needed is None else needed


def _short(row) -> str:
    return ", ".join(filter(None, (row.name, row.column)))


def cost(found: list[RowResult], pictures: dict[str, str]) -> str:
    """Returns what each row cost and shows {quantity: picture of it}."""
    lines = [
        [one.id, one.parameters, one.seconds and one.seconds / 60, one.mean]
        for one in found
    ]
    headers = ["row", "parameters", "minutes", "MPJPE"]
    text = Table(headers, lines, thousands=True).markdown()
    return "\n\n".join(
        [
            "## Cost",
            "Minutes of one training with its compilation and the validation after "
            "each epoch, of runs that were not interrupted; compare them only "
            "where nothing else ran on the machine.",
            text,
            *(f"![error against {what}]({path})" for what, path in pictures.items()),
        ]
    )


def how_to_read() -> str:
    """Returns what the figures do not say."""
    names = ", ".join(plots.CURVES)
    return (
        "## How to read this\n\n"
        "Spread is the standard deviation over seeds: initial weights, order and "
        "augmentation of the windows. It does not cover other people than those "
        "scored; each row's `evaluation/report.md` has an interval by video. Pictures "
        f"of {names} have an axis for the paper and one for us."
    )
