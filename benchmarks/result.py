"""Results of a suite: ratios and times, as JSON and tables."""

from __future__ import annotations

import dataclasses
import json

import tabulate

from dgnet_tf.files import json_documents
from tuning.comparing import contest, machine


@dataclasses.dataclass(frozen=True)
class Figure:
    """One ratio; more is better.

    Attributes:
        name: unique in its suite.
        ratio: median over the rounds.
        low, high: its quartiles; equal to the ratio where it is no measured time.
        target: what it shall reach with the preset "paper", if anything.
    """

    name: str
    ratio: float
    low: float
    high: float
    target: float | None = None


@dataclasses.dataclass(frozen=True)
class Result:
    """What a suite returns.

    Attributes:
        figures: its ratios.
        times: of the contestants, by name.
        details: whatever else explains them, ready for JSON.
        notes: sentences on how to read them.
    """

    figures: list[Figure]
    times: dict[str, contest.Times]
    details: dict
    notes: list[str]


def figure(name: str, over: contest.Times, under: contest.Times, target=None) -> Figure:
    """Returns the quotient of two contestants' times as a figure."""
    found = contest.quotient(over, under)
    return Figure(name, found.median, found.low, found.high, target)


def exact(name: str, ratio: float, target=None) -> Figure:
    """Returns a ratio of sizes as a figure."""
    return Figure(name, ratio, ratio, ratio, target)


def to_json(result: Result, header: dict) -> dict:
    """Returns everything, ready for JSON.

    Args:
        result: of a suite.
        header: suite, preset, rounds and machine.
    """
    return {
        **header,
        "figures": [dataclasses.asdict(figure) for figure in result.figures],
        "times": {
            name: {
                "median_seconds": times.median,
                "lower_quartile": times.quantile(0.25),
                "upper_quartile": times.quantile(0.75),
                "p99": times.quantile(0.99),
                "calls": sum(map(len, times.rounds)),
            }
            for name, times in result.times.items()
        },
        "details": result.details,
        "notes": result.notes,
    }


def tables(content: dict) -> str:
    """Renders `to_json`'s dict for people."""
    machine = content["machine"]
    versions = ", ".join(f"{n} {v}" for n, v in machine["versions"].items())
    times = [
        (name, *(1e3 * row[key] for key in list(row)[:4]), row["calls"])
        for name, row in content["times"].items()
    ]
    figures = [
        (
            row["name"],
            row["ratio"],
            f"{row['low']:.3g} to {row['high']:.3g}",
            "" if row["target"] is None else f"{row['target']:g}",
        )
        for row in content["figures"]
    ]
    return "\n\n".join(
        [
            f"suite {content['suite']}, preset {content['preset']}, "
            f"{content['rounds']} rounds\n"
            f"{machine['cpu']}, {machine['cores']} cores, bfloat16 "
            f"{'yes' if machine['bfloat16'] else 'no'}; {versions}\n"
            f"threads: {json.dumps(machine['threads'])}",
            tabulate.tabulate(
                times,
                ["contestant", "median ms", "quartile", "quartile", "p99", "calls"],
                floatfmt=".4g",
            ),
            tabulate.tabulate(
                figures,
                ["ratio (more is better)", "median", "quartiles", "target (paper)"],
                floatfmt=".3g",
            ),
            *content["notes"],
        ]
    )


def write_rows(path: str | None, split: str, frames: int, rows: list):
    """Writes the rows that a table shows, dataclasses, with what they are of.

    Args:
        path: the JSON file; nothing is written without one.
        split: of the data set.
        frames: that were lifted.
        rows: of the table.
    """
    if not path:
        return
    content = {
        "split": split,
        "frames": frames,
        "machine": machine.describe(),
        "rows": [dataclasses.asdict(row) for row in rows],
    }
    json_documents.write(path, content)
    print(f"wrote {path}")
