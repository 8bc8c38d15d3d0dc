"""Tables of figures as a study's reports show them."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate


def table(
    headers: Sequence[str], lines: Sequence[Sequence], texts: Sequence[int] = (0,)
) -> str:
    """Returns a table: one digit after the point, "-" for None.

    Args:
        headers: of the columns.
        lines: numbers as they are.
        texts: columns whose cells stay as they are, even where they look like numbers.
    """
    return tabulate(
        lines,
        headers,
        tablefmt="github",
        floatfmt=".1f",
        intfmt=",",
        missingval="-",
        disable_numparse=list(texts),
    )
