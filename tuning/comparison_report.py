"""Writing a comparison's report: text, tables, chart; and measuring what it lacks."""

from __future__ import annotations

import pathlib

from dgnet_tf import charts, size_figure, table_files
from tuning import compared, comparison_document, comparison_table, latency

NAME, DIFFERENCES = "comparison", "comparison_differences.csv"


def finish(workdir, latency_calls: int) -> pathlib.Path:
    """Measures latencies that are missing and writes the report into the study."""
    latency.measure(workdir, compared.trained(workdir), latency_calls)
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
    found, output = compared.read(workdir), pathlib.Path(output)
    picture = None
    if comparison_table.points(found):
        picture = f"{NAME}.png"
        charts.save(chart(found), output / picture)
    differences = comparison_table.differences(found)
    table_files.write_csv(output / DIFFERENCES, *differences)
    text = comparison_document.markdown(found, picture)
    table = comparison_table.networks(found)
    return table_files.write(output, NAME, text, *table)[0]


def chart(found: compared.Comparison):
    """Returns error against parameters, a point for each network that was scored."""
    return size_figure.chart(comparison_table.points(found), True, points=())
