"""Charts of a study: error against the varied field, parameters and time."""

from __future__ import annotations

from collections.abc import Sequence

from dgnet_tf.drawing import style
from tuning.studies.results import RowResult

_OURS, _PAPER, _SEED = *style.COLORS[:2], style.PUBLISHED
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
    figure, (above, below) = _charts(2)
    settings = [int(one.row.name) for one in rows]
    above.plot(settings, [one.row.published for one in rows], "o-", color=_PAPER)
    above.set_ylabel("paper, mm")
    done = [(x, one) for x, one in zip(settings, rows, strict=True) if one.errors]
    _bars(below, done, "o-")
    for x, one in done:
        seeds = [x] * len(one.errors), one.errors
        below.plot(*seeds, ".", color=_SEED, markersize=4)
    below.set_ylabel("ours, mm")
    below.set_xlabel(group)
    below.set_xticks(settings)
    above.set_title(f"MPJPE against {group}", fontsize=10)
    style.save(figure, path)


def scatter(rows: Sequence[RowResult], quantity: str, label: str, path):
    """Draws the error of all rows against "parameters" or "seconds".

    Args:
        rows: each row once.
        quantity: attribute of a row.
        label: of its axis.
        path: of the PNG, written whole or not at all.
    """
    figure, (axes,) = _charts(1)
    found = [(getattr(one, quantity), one) for one in rows if one.errors]
    _bars(axes, [(x, one) for x, one in found if x is not None], "o")
    axes.set_xlabel(label)
    axes.set_ylabel("MPJPE, mm")
    style.save(figure, path)


def _charts(count):
    """A figure with charts below each other, which share their x axis."""
    figure = style.figure(5.0, 2.0 + 1.6 * count)
    return figure, figure.subplots(count, 1, squeeze=False, sharex=True)[:, 0]


def _bars(axes, done, fmt):
    """Draws the mean of each (x, row), its spread over seeds as a bar."""
    axes.errorbar(
        [x for x, _ in done],
        [one.mean for _, one in done],
        [one.spread or 0.0 for _, one in done],
        fmt=fmt,
        color=_OURS,
        capsize=3,
    )
