"""Writes a comparison's report: text, tables, chart, missing latencies."""

from __future__ import annotations

import pathlib

from dgnet_tf.drawing import style
from dgnet_tf.reproduction import size_figure
from tuning.comparing import document, findings, latency, rows

NAME, DIFFERENCES = "comparison", "comparison_differences.csv"


def finish(workdir, latency_calls: int) -> pathlib.Path:
    """Measures latencies that are missing and writes the report into the study."""
    latency.measure(workdir, findings.trained(workdir), latency_calls)
    return write(workdir, workdir)


def write(workdir, output) -> pathlib.Path:
    """Writes the report of a comparison, finished or not, from its results alone.

    Each file is written whole or not at all.

    Args:
        workdir: the study's folder.
        output: folder of the report.

    Returns:
        The path of `comparison.md`.

    Raises:
        UserError: if the folder holds no comparison, or a file of it is damaged.
    """
    found, output = findings.read(workdir), pathlib.Path(output)
    picture = None
    if rows.points(found):
        picture = f"{NAME}.png"
        style.save(chart(found), output / picture)
    rows.differences(found).write_csv(output / DIFFERENCES)
    text = document.markdown(found, picture)
    return rows.networks(found).write(output, NAME, text)[0]


def chart(found: findings.Comparison):
    """Returns error against parameters, a point for each network that was scored."""
    return size_figure.chart(rows.points(found), True, points=())
