"""The comparison of several reports for people: text and chart."""

from __future__ import annotations

from dgnet_tf.drawing import style
from dgnet_tf.evaluation import report_sections as section
from dgnet_tf.evaluation import scoring
from dgnet_tf.files.escaping import in_figure, in_markdown
from dgnet_tf.files.tables import Table
from dgnet_tf.models import network_arguments

_NOTES = """\
- Means over all frames of {videos} videos (all cameras of a take together), in brackets
  95 % bootstrap intervals by video. Millimetres; MPJVE per frame, acceleration error
  per frame squared; PCK at 150 mm and AUC in percent.
- Intervals of two runs can overlap where one is better on every video: ask the
  difference. It is a run's mean less {first}'s on the same videos, its interval from
  drawing videos anew. "Better" is the share of videos on which the run is better. p is
  of a test that swaps the two at random, video by video: how often chance alone differs
  so much.
- Multiply-adds a frame: of one window, over its frames (`models/multiply_adds.py`).
"""


def text(reports: dict[str, dict], pairs: dict[str, dict], differing: dict) -> str:
    """Returns `compare.md`.

    Args:
        reports: {name: report}; the first is the one that others are held against.
        pairs: {name of another: {metric: `pairing.Paired`}}.
        differing: {option: {name: value}}.
    """

    def network(made):
        return network_arguments.title(made["options"]["model"]["architecture"])

    first, *others = reports
    report = reports[first]
    shown = [metric for metric in scoring.JOINT_METRICS if metric in pairs[others[0]]]
    titles = [section.TITLES[metric] for metric in shown]
    parts = [
        f"# {len(reports)} runs on {in_markdown(report['dataset'])}, "
        f"{in_markdown(report['split'])} split",
        Table(
            ["run", "network", *titles],
            [
                [name, network(made), *(with_interval(made, m) for m in shown)]
                for name, made in reports.items()
            ],
        ).markdown(),
        f"## Difference to {in_markdown(first)}",
        Table(
            ["run", "metric", "difference", "95 % interval", "better on", "p"],
            [
                [name, *difference(pairs[name][metric])]
                for name in others
                for metric in shown
                if metric in pairs[name]
            ],
        ).markdown(),
        "![chart](compare.png)",
        "## By action: MPJPE",
        _by_action(reports),
        "## What differs",
        _what_differs(reports, differing),
        _NOTES.format(videos=len(report["per_sequence"]), first=in_markdown(first)),
    ]
    return "\n\n".join(parts)


def _by_action(reports):
    made = reports.values()
    rows = [
        [action, *(r["per_action"].get(action, {}).get("mpjpe_mm") for r in made)]
        for action in sorted({name for r in made for name in r["per_action"]})
    ]
    means = [r["metrics_action_mean"].get("mpjpe_mm") for r in made]
    rows.append(["mean over actions", *means])
    return Table(["action", *reports], rows).markdown()


def _what_differs(reports, differing):
    models = [report["options"]["model"] for report in reports.values()]
    multiply_adds = (model.get("multiply_adds_per_frame") for model in models)
    rows = [
        ["parameters", *(model["parameters"] for model in models)],
        ["multiply-adds a frame", *multiply_adds],
        *([option, *map(_text, by.values())] for option, by in differing.items()),
    ]
    return Table(["", *reports], rows).markdown()


def difference(pair) -> list[str | None]:
    """Returns a `pairing.Paired` as the cells of the table of differences."""
    scale = 100 if pair.metric in scoring.HIGHER_IS_BETTER else 1

    def shown(number):
        return f"{scale * number:+.2f}"

    return [
        section.TITLES[pair.metric],
        shown(pair.difference),
        None if pair.low is None else f"{shown(pair.low)} to {shown(pair.high)}",
        f"{100 * pair.share_better:.0f} % of {pair.videos}",
        f"{pair.permutation_p:.4f}",
    ]


def with_interval(report: dict, metric: str) -> str:
    """Returns a metric of a report as a cell, its interval in brackets."""
    value = section.value(metric, report["metrics"].get(metric))
    interval = report["intervals"].get(metric)
    return f"{value} ({section.ends(metric, interval)})" if interval else value


def _text(value):
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "-" if value is None or value == "" else str(value)


def chart(reports: dict[str, dict], pairs: dict[str, dict]):
    """Returns the chart: MPJPE with intervals, and the differences to the first."""
    made = style.figure(9.0, 1.6 + 0.45 * len(reports))
    left, right = made.subplots(1, 2, sharey=True)
    names = [in_figure(name) for name in reports]
    for i, (name, report) in enumerate(reports.items()):
        _bar(left, i, report["metrics"]["mpjpe_mm"], report["intervals"]["mpjpe_mm"])
        if name in pairs:
            pair = pairs[name]["mpjpe_mm"]
            _bar(right, i, pair.difference, {"low": pair.low, "high": pair.high})
    left.set_yticks(range(len(names)), names)
    left.set_ylim(len(names) - 0.5, -0.5)
    left.set_xlabel("MPJPE, mm")
    right.axvline(0.0, color="black", linewidth=1)
    right.set_xlabel(f"difference to {names[0]}, mm (left is better)")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
        axes.set_axisbelow(True)
    return made


def _bar(axes, number, value, interval):
    """Draws a value and its interval, if it has one."""
    reach = None
    if interval and interval["low"] is not None:
        below, above = value - interval["low"], interval["high"] - value
        reach = [[max(below, 0.0)], [max(above, 0.0)]]
    axes.errorbar(
        value, number, xerr=reach, capsize=4, linestyle="none", **style.marked(number)
    )
