"""The comparison of several reports as a chart."""

from __future__ import annotations

from dgnet_tf.drawing import style


def chart(reports: dict[str, dict], pairs: dict[str, dict]):
    """Returns the chart: MPJPE with intervals, and differences to the first report.

    Args:
        reports: {name: report}.
        pairs: {name of each but the first: {metric: `pairing.Paired`}}.
    """
    made = style.figure(9.0, 1.6 + 0.45 * len(reports))
    left, right = made.subplots(1, 2, sharey=True)
    names = list(reports)
    for i, name in enumerate(names):
        report = reports[name]
        value = report["metrics"]["mpjpe_mm"]
        _bar(left, i, value, report["intervals"]["mpjpe_mm"])
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
        reach = [
            [max(value - interval["low"], 0.0)],
            [max(interval["high"] - value, 0.0)],
        ]
    axes.errorbar(
        value,
        number,
        xerr=reach,
        color=style.COLORS[number % len(style.COLORS)],
        marker=style.MARKERS[number % len(style.MARKERS)],
        capsize=4,
        linestyle="none",
    )
