"""Charts of a study: error against the varied field, parameters and time."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from dgnet_tf.files.atomic import replacing
from tuning.studies.results import RowResult

# Okabe and Ito's palette, as in `dgnet_tf.figures`.
_OURS, _PAPER, _SEED = "#0072B2", "#D55E00", "#7F7F7F"
# Groups whose names are numbers, by the name of their picture.
CURVES = {
    "K in DSG": "k_in_dsg",
    "K in DTG": "k_in_dtg",
    "blocks": "blocks",
    "frames": "frames",
}


def curve(group: str, rows: Sequence[RowResult], path):
    """Draws the error against a group's setting, the paper's figures above it.

    Each has an axis of its own, since other data and budgets shift them: the shapes
    are what to compare.

    Args:
        group: one of `CURVES`.
        rows: the group's rows.
        path: of the PNG, written whole or not at all.
    """
    figure, (above, below) = _figure(2)
    settings = [int(one.row.name) for one in rows]
    above.plot(settings, [one.row.published for one in rows], "o-", color=_PAPER)
    above.set_ylabel("paper, mm")
    done = [(x, one) for x, one in zip(settings, rows, strict=True) if one.errors]
    below.errorbar(
        [x for x, _ in done],
        [one.mean for _, one in done],
        [one.spread or 0.0 for _, one in done],
        fmt="o-",
        color=_OURS,
        capsize=3,
    )
    for x, one in done:
        below.plot(
            [x] * len(one.errors), one.errors, ".", color="#7F7F7F", markersize=4
        )
    below.set_ylabel("ours, mm")
    below.set_xlabel(group)
    below.set_xticks(settings)
    above.set_title(f"MPJPE against {group}", fontsize=10)
    _save(figure, path)


def scatter(rows: Sequence[RowResult], quantity: str, label: str, path):
    """Draws the error of all rows against "parameters" or "seconds".

    Args:
        rows: each row once.
        quantity: attribute of a row.
        label: of its axis.
        path: of the PNG, written whole or not at all.
    """
    figure, (axes,) = _figure(1)
    done = [one for one in rows if one.errors and getattr(one, quantity) is not None]
    axes.errorbar(
        [getattr(one, quantity) for one in done],
        [one.mean for one in done],
        [one.spread or 0.0 for one in done],
        fmt="o",
        color=_OURS,
        capsize=3,
    )
    axes.set_xlabel(label)
    axes.set_ylabel("MPJPE, mm")
    _save(figure, path)


def _figure(count):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Without pyplot: no display, no state shared with the caller's own plots.
    figure = Figure((5.0, 2.0 + 1.6 * count), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(count, 1, squeeze=False, sharex=True)[:, 0]


def _save(figure, path):
    with replacing(pathlib.Path(path)) as beside:
        figure.savefig(beside, format="png", metadata={"Software": None})
