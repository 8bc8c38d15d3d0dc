"""Plotly charts of an HTML report."""

from __future__ import annotations

import csv
import json
import pathlib

from dgnet_tf.drawing import style
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation.report_sections import TITLES
from dgnet_tf.evaluation.scoring import HIGHER_IS_BETTER

_BLUE, _ORANGE, _GREY = *style.COLORS[:2], style.PUBLISHED
_UNITS = {"mpjve_mm": "mm per frame", "acceleration_mm": "mm per frame²"}


def unit(metric: str) -> str:
    """Returns the unit in which reports show a metric."""
    return "%" if metric in HIGHER_IS_BETTER else _UNITS.get(metric, "mm")


def shown(metric: str, value: float | None) -> float | None:
    """Returns a value in that unit."""
    if value is None:
        return None
    return round(100 * value if metric in HIGHER_IS_BETTER else value, 3)


def _title(metric):
    return TITLES[metric].removesuffix(" %").replace(" % ", " ")


def learning_curves(path) -> dict | None:
    """Returns training and validation by epoch: MPJPE, and the loss.

    Args:
        path: `history.csv` of a run.

    Returns:
        A Plotly figure as JSON; None where there is no epoch in the file, or no file.

    Raises:
        UserError: if the file is not a history.
    """
    path = pathlib.Path(path)
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        columns = {
            name: [float(row[name]) for row in rows] for name in (rows or [{}])[0]
        }
        epochs = [int(epoch) + 1 for epoch in columns.get("epoch", ())]
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, csv.Error) as error:
        raise UserError(
            f"{path}: is no history of a training ({error}). Take it from the run's "
            "own folder, or remove it."
        ) from None
    if not epochs:
        return None
    from plotly.subplots import make_subplots

    figure = make_subplots(1, 2, subplot_titles=("MPJPE, mm", "Loss"))
    for place, name in enumerate(("pose_mpjpe_mm", "loss"), start=1):
        for prefix, words, color in (
            ("", "training", _BLUE),
            ("val_", "validation", _ORANGE),
        ):
            if prefix + name in columns:
                figure.add_scatter(
                    x=epochs,
                    y=columns[prefix + name],
                    name=words,
                    legendgroup=words,
                    showlegend=place == 1,
                    mode="lines+markers" if len(epochs) < 40 else "lines",
                    line={"color": color},
                    row=1,
                    col=place,
                )
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": 1.12, "yanchor": "bottom"}
    )
    figure.update_xaxes(title_text="epoch")
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(type="log", row=1, col=2)
    return _json(figure, height=350, top=90)


def worst_videos(report: dict, count: int = 20) -> dict[str, dict]:
    """Returns the means of the videos with the highest MPJPE, for `bars`.

    Args:
        report: its `per_sequence` and `counted_by` are read, if it has them.
        count: at most so many.

    Returns:
        {subject/action/take: {metric: mean over all its cameras}}.
    """
    found = {}
    for row in report.get("per_sequence", []):
        name = "/".join(row[id] for id in ("subject", "action", "take"))
        found[name] = {
            metric: total / row[report["counted_by"][metric]]
            if total is not None and row[report["counted_by"][metric]]
            else None
            for metric, total in row["sums"].items()
        }
    ordered = sorted(found, key=lambda name: -found[name]["mpjpe_mm"])
    return {name: found[name] for name in ordered[:count]}


def bars(groups: dict[str, dict], overall: dict, overall_name: str) -> dict | None:
    """Returns a bar for each group, the metric chosen in the chart.

    Args:
        groups: {name: {metric: mean}}; the highest MPJPE comes first.
        overall: the same of all frames, drawn as a line.
        overall_name: what that line is.

    Returns:
        A Plotly figure as JSON; None without groups.
    """
    if not groups:
        return None
    import plotly.graph_objects as go

    names = sorted(groups, key=lambda name: groups[name]["mpjpe_mm"])
    rows = [groups[name] for name in names]
    choices = [m for m in TITLES if all(row.get(m) is not None for row in rows)]

    def values(metric):
        return [shown(metric, row[metric]) for row in rows]

    def layout(metric):
        line = shown(metric, overall.get(metric))
        return {
            "xaxis.title.text": f"{_title(metric)}, {unit(metric)}",
            "shapes": []
            if line is None
            else [
                {
                    "type": "line", "yref": "paper", "y0": 0, "y1": 1,
                    "x0": line, "x1": line,
                    "line": {"color": "#1f2933", "dash": "dot", "width": 1.5},
                }
            ],
            "annotations": []
            if line is None
            else [
                {
                    "x": line, "y": 1, "yref": "paper", "yanchor": "bottom",
                    "text": f"{overall_name}: {line:.1f}", "showarrow": False,
                }
            ],
        }  # fmt: skip

    figure = go.Figure(
        go.Bar(
            x=values(choices[0]),
            y=names,
            customdata=[
                name.replace("&", "&amp;").replace("<", "&lt;") for name in names
            ],
            orientation="h",
            marker={"color": _BLUE},
            texttemplate="%{x:.1f}",
            textposition="auto",
            hovertemplate="%{customdata}: %{x:.2f}<extra></extra>",
        )
    )
    figure.update_layout(layout(choices[0]))
    figure.update_layout(
        bargap=0.25,
        updatemenus=[
            {
                "buttons": [
                    {
                        "label": _title(metric),
                        "method": "update",
                        "args": [{"x": [values(metric)]}, layout(metric)],
                    }
                    for metric in choices
                ],
                "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom",
                "pad": {"b": 20},
            }
        ],
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero")
    # Names stay whole: bars of one name would become one bar.
    figure.update_yaxes(
        automargin=True,
        type="category",
        tickmode="array",
        tickvals=names,
        ticktext=[_label(name) for name in names],
    )
    return _json(figure, height=130 + 26 * len(names))


def _label(name, longest=28):
    """A name as an axis shows it: nothing in it is markup, and it is not endless."""
    if len(name) > longest:
        half = (longest - 1) // 2
        name = f"{name[:half]}…{name[-half:]}"
    return name.replace("&", "&amp;").replace("<", "&lt;")


def _json(figure, height, top=60) -> dict:
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 60, "r": 20, "t": top, "b": 50},
        font={"family": "system-ui, sans-serif", "size": 13, "color": "#1f2933"},
        hoverlabel={"namelength": -1},
    )
    return json.loads(figure.to_json())
