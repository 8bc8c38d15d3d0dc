"""Plotly charts of an HTML report."""

from __future__ import annotations

import json

from dgnet_tf.drawing import style
from dgnet_tf.evaluation.report_sections import TITLES
from dgnet_tf.evaluation.scoring import COUNTED_BY, HIGHER_IS_BETTER, VIDEO_IDS
from dgnet_tf.files import epoch_history

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
    """Returns MPJPE and loss by epoch, of training and validation, from `history.csv`.

    It is a Plotly figure as JSON; None where there is no epoch or no file.
    """
    rows = epoch_history.read(path)
    epochs = [row["epoch"] + 1 for row in rows if "epoch" in row]
    if not epochs:
        return None
    from plotly.subplots import make_subplots

    figure = make_subplots(1, 2, subplot_titles=("MPJPE, mm", "Loss"))
    for place, name in enumerate(("pose_mpjpe_mm", "loss"), start=1):
        kinds = ("", "training", _BLUE), ("val_", "validation", _ORANGE)
        for prefix, words, color in kinds:
            if prefix + name in rows[-1]:
                figure.add_scatter(
                    x=epochs,
                    y=[row.get(prefix + name) for row in rows],
                    name=words,
                    legendgroup=words,
                    showlegend=place == 1,
                    mode="lines+markers" if len(epochs) < 40 else "lines",
                    line={"color": color},
                    row=1,
                    col=place,
                )
    legend = {"orientation": "h", "x": 0, "y": 1.12, "yanchor": "bottom"}
    figure.update_layout(legend=legend)
    figure.update_xaxes(title_text="epoch")
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(type="log", row=1, col=2)
    return _json(figure, height=350, top=90)


def worst_videos(report: dict, count: int = 20) -> dict[str, dict]:
    """Returns {subject/action/take: {metric: mean}} of the videos of highest MPJPE.

    The report's `per_sequence` is read, if it has it; a mean is over all cameras.
    """
    found = {}
    for row in report.get("per_sequence", []):
        means = found["/".join(row[id] for id in VIDEO_IDS)] = {}
        for metric, total in row["sums"].items():
            if metric not in COUNTED_BY:  # Another version's.
                continue
            count_of = row[COUNTED_BY[metric]]
            known = total is not None and count_of
            means[metric] = total / count_of if known else None
    scored = [name for name in found if found[name]["mpjpe_mm"] is not None]
    ordered = sorted(scored, key=lambda name: -found[name]["mpjpe_mm"])
    return {name: found[name] for name in ordered[:count]}


def bars(groups: dict[str, dict], overall: dict, overall_name: str) -> dict | None:
    """Returns a bar for each group, metric chosen in the chart; None without groups.

    Args:
        groups: {name: {metric: mean}}; the highest MPJPE comes first.
        overall: the same of all frames, drawn as a line.
        overall_name: what that line is.
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
        title = {"xaxis.title.text": f"{_title(metric)}, {unit(metric)}"}
        if line is None:
            return {**title, "shapes": [], "annotations": []}
        dots = {
            "type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": line, "x1": line,
            "line": {"color": "#1f2933", "dash": "dot", "width": 1.5},
        }  # fmt: skip
        words = {
            "x": line, "y": 1, "yref": "paper", "yanchor": "bottom",
            "text": f"{overall_name}: {line:.1f}", "showarrow": False,
        }  # fmt: skip
        return {**title, "shapes": [dots], "annotations": [words]}

    figure = go.Figure(
        go.Bar(
            x=values(choices[0]),
            y=names,
            customdata=[_plain(name) for name in names],
            orientation="h",
            marker={"color": _BLUE},
            texttemplate="%{x:.1f}",
            textposition="auto",
            hovertemplate="%{customdata}: %{x:.2f}<extra></extra>",
        )
    )
    figure.update_layout(layout(choices[0]))
    buttons = [
        {
            "label": _title(metric),
            "method": "update",
            "args": [{"x": [values(metric)]}, layout(metric)],
        }
        for metric in choices
    ]
    place = {"x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom", "pad": {"b": 20}}
    figure.update_layout(bargap=0.25, updatemenus=[{"buttons": buttons, **place}])
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
    return _plain(name)


def _plain(name):
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
