"""The style of all charts, with colours that are told apart without red and green."""

from __future__ import annotations

import numpy as np

from dgnet_tf.files.atomic import replacing

# Okabe and Ito's palette without its yellow, which is too light for lines on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
# Of the sides of a body, from the same palette.
SIDES = {"left": COLORS[0], "right": COLORS[1], "middle": "#7F7F7F"}
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "+++", "ooo")
PUBLISHED = SIDES["middle"]


def figure(width: float, height: float, layout: str = "constrained"):
    """Returns an empty figure of that size in inches, at 100 pixels an inch.

    Its layout is "constrained", or "none" where the caller sets margins, as 3-D charts
    need.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Without pyplot: no display, no state shared with the caller's own plots.
    made = Figure((width, height), dpi=100, layout=layout)
    FigureCanvasAgg(made)
    return made


def axes(made, x: str, y: str):
    """Adds the one chart of a figure, with its axes' names."""
    chart = made.add_subplot()
    chart.set_xlabel(x)
    chart.set_ylabel(y)
    chart.spines[["top", "right"]].set_visible(False)
    chart.grid(axis="y", color="#DDDDDD", linewidth=0.8)
    chart.set_axisbelow(True)
    return chart


def marked(number: int) -> dict[str, str]:
    """Returns the colour and the marker of a chart's series, counted from 0."""
    return {
        "color": COLORS[number % len(COLORS)],
        "marker": MARKERS[number % len(MARKERS)],
    }


def save(made, path):
    """Writes a figure as PNG, whole or not at all; returns the path."""
    with replacing(path) as beside:
        made.savefig(beside, format="png")
    return path


def upright(positions: np.ndarray) -> np.ndarray:
    """Turns camera axes (..., 3) to a plot's: x right, y away, z up."""
    x, y, z = np.moveaxis(positions, -1, 0)
    return np.stack([x, z, -y], axis=-1)


def side(skeleton, joint: int) -> str:
    """Returns "left", "right" or "middle"."""
    if joint in skeleton.left:
        return "left"
    return "right" if joint in skeleton.right else "middle"
