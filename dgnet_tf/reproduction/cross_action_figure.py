"""Table and chart of a cross-action job."""

from __future__ import annotations

import pathlib
import textwrap
from collections.abc import Sequence

import numpy as np

from dgnet_tf.drawing import style
from dgnet_tf.files.escaping import in_code, in_figure, in_markdown
from dgnet_tf.files.tables import Table
from dgnet_tf.models import network_arguments
from dgnet_tf.reproduction.cross_action import Result

METRIC = "mpjpe_mm"

_NOTES = """\
# Figure 5: trained on some actions, tested on all

MPJPE in millimetres. Each row is one training on the frames of its group alone, tested
on all actions of the {split} split of {dataset}. "mean" is the plain mean over the
tested actions, the figure's height; "trained" and "other" are the same mean over the
tested actions that the group has and has not; "all frames" counts each frame once, with
its 95 % bootstrap interval by video.

The paper prints no numbers of its Figure 5, only bars."""


def write(
    results: Sequence[Result], folder, name: str = "figure5"
) -> list[pathlib.Path]:
    """Writes `<name>.md`, `.csv` and `.png`; returns their paths."""
    found, report = table(results), results[0].report
    notes = _NOTES.format(
        split=in_markdown(report["split"]), dataset=in_code(report["dataset"])
    )
    parts = [notes, found.markdown(), summary(results), f"![chart]({name}.png)"]
    paths = found.write(folder, name, "\n\n".join(parts))
    picture = style.save(chart(results), pathlib.Path(folder) / f"{name}.png")
    return [*paths, picture]


def table(results: Sequence[Result]) -> Table:
    """Returns the table: a row for each training."""
    tested = sorted({name for r in results for name in r.report["per_action"]})
    columns = [
        *("trained on", "network", "frames", "mean", "trained", "other"),
        *("all frames", "low", "high", *tested),
    ]
    return Table(columns, [_row(result, tested) for result in results])


def _row(result, tested):
    report = result.report
    of_action = {name: row[METRIC] for name, row in report["per_action"].items()}
    interval = report["intervals"][METRIC] or {"low": None, "high": None}
    groups = [
        [name for name in of_action if name in result.group.actions],
        [name for name in of_action if name not in result.group.actions],
    ]
    return [
        result.group.name,
        network_arguments.title(result.architecture),
        result.frames,
        report["metrics_action_mean"][METRIC],
        *(_mean([of_action[name] for name in names]) for names in groups),
        report["metrics"][METRIC],
        interval["low"],
        interval["high"],
        *(of_action.get(name) for name in tested),
    ]


def summary(results: Sequence[Result]) -> str:
    """Returns a line for each network: its mean over the groups all were trained on."""
    means = _means(results)
    networks = list(dict.fromkeys(result.architecture for result in results))
    groups = list(dict.fromkeys(result.group.name for result in results))
    shared = [g for g in groups if all((g, n) in means for n in networks)]
    if not shared:
        return ""
    lines = [
        f"- {network_arguments.title(network)}: "
        f"{np.mean([means[group, network] for group in shared]):.1f} mm in the mean "
        f"over {len(shared)} training runs."
        for network in networks
    ]
    if len(networks) == 2:
        a, b = networks
        better = sum(means[g, a] < means[g, b] for g in shared)
        lines.append(
            f"- {network_arguments.title(a)} is better in {better} of {len(shared)} "
            "groups."
        )
    return "\n".join(lines)


def chart(results: Sequence[Result]):
    """Returns the bar chart: a group of bars for each group of actions."""
    means = _means(results)
    groups = list(dict.fromkeys(result.group.name for result in results))
    networks = list(dict.fromkeys(result.architecture for result in results))
    made = style.figure(max(4.5, 1.6 + 1.3 * len(groups)), 4.2)
    axes = style.axes(made, "actions trained on", "MPJPE, mm (mean over all actions)")
    width = 0.8 / len(networks)
    for i, network in enumerate(networks):
        places = [g for g, name in enumerate(groups) if (name, network) in means]
        heights = [means[groups[g], network] for g in places]
        bars = axes.bar(
            np.array(places) + (i - (len(networks) - 1) / 2) * width,
            heights,
            width,
            color=style.COLORS[i % len(style.COLORS)],
            hatch=style.HATCHES[i % len(style.HATCHES)],
            edgecolor="white",
            label=network_arguments.title(network),
        )
        axes.bar_label(bars, fmt="%.0f", fontsize=8, padding=2)
    axes.set_xticks(
        range(len(groups)),
        [textwrap.fill(in_figure(name), 14) for name in groups],
        fontsize=9,
    )
    axes.margins(y=0.12)
    made.legend(loc="outside upper center", ncols=len(networks), frameon=False)
    return made


def _means(results):
    return {
        (r.group.name, r.architecture): r.report["metrics_action_mean"][METRIC]
        for r in results
    }


def _mean(values):
    return float(np.mean(values)) if values else None
