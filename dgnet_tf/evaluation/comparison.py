"""Several reports side by side: their numbers, what differs, how sure that is."""

from __future__ import annotations

import pathlib

from dgnet_tf.drawing import style
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import comparison_report, pairing, scoring
from dgnet_tf.files.tables import Table
from dgnet_tf.models import network_arguments

_SIZES = ("parameters", "multiply_adds_per_frame")
# Options that say nothing of the method.
_LEFT_OUT = {*_SIZES, "versions", "model_sha256", "data_sha256"}
_PAIR = ("difference", "low", "high", "share_better", "permutation_p")


def make(reports: dict[str, dict], folder, *, seed: int = 0) -> list[pathlib.Path]:
    """Writes `compare.md`, `compare.csv` and `compare.png`; returns their paths.

    Reports are {name: content of `report.json`}; the others are held against the first.

    Raises:
        UserError: if there are fewer than two reports, or one is of other data,
            videos or options than the first, see `pairing.compare`.
    """
    if len(reports) < 2:
        raise UserError(
            f"Comparing needs two reports or more, got {len(reports)}. Name another."
        )
    first, *others = reports
    pairs = {
        name: pairs_of(reports[first], reports[name], (first, name), seed)
        for name in others
    }
    folder = pathlib.Path(folder)
    text = comparison_report.text(reports, pairs, differing(reports))
    paths = table(reports, pairs).write(folder, "compare", text)
    made = comparison_report.chart(reports, pairs)
    return [*paths, style.save(made, folder / "compare.png")]


def pairs_of(first: dict, second: dict, names, seed: int = 0) -> dict:
    """Returns {metric: `pairing.Paired`} of two reports, for what both have.

    Raises:
        UserError: if they are not of the same data, see `pairing.compare`.
    """
    data = [report["options"].get("data_sha256") for report in (first, second)]
    if None not in data and data[0] != data[1]:
        raise UserError(
            f"{names[0]} and {names[1]} cannot be compared: they are of data sets with "
            "different files. Evaluate both on the same data."
        )
    return {
        metric: pairing.compare(first, second, metric, seed=seed, names=names)
        for metric in scoring.JOINT_METRICS
        if all(report["metrics"].get(metric) is not None for report in (first, second))
    }


def table(reports: dict[str, dict], pairs: dict[str, dict]) -> Table:
    """Returns the table of the CSV file, a row for each report."""
    options = differing(reports)
    columns = ["run", "network"]
    for metric in scoring.JOINT_METRICS:
        columns += [metric, f"{metric}_low", f"{metric}_high", f"{metric}_action_mean"]
        columns += [f"{metric}_{part}_to_first" for part in _PAIR]
    columns += [*_SIZES, *options]
    rows = []
    for name, report in reports.items():
        model = report["options"]["model"]
        row = [name, network_arguments.title(model["architecture"])]
        for metric in scoring.JOINT_METRICS:
            interval = report["intervals"].get(metric) or {}
            row += [
                report["metrics"].get(metric),
                interval.get("low"),
                interval.get("high"),
                report["metrics_action_mean"].get(metric),
            ]
            pair = pairs.get(name, {}).get(metric)
            row += [getattr(pair, part, None) for part in _PAIR]
        row += [model.get(size) for size in _SIZES]
        rows.append(row + [values[name] for values in options.values()])
    return Table(columns, rows)


def differing(reports: dict[str, dict]) -> dict[str, dict]:
    """Returns {option: {name of the report: value}} of options that differ.

    A name that both training and evaluation have, as "flip", stands for the
    evaluation's; the training's is "training flip".
    """
    found = {}
    for name, report in reports.items():
        options = dict(report["options"])
        for field, value in options.pop("model").items():
            options[f"training {field}" if field in options else field] = value
        for option in set(options) - _LEFT_OUT:
            found.setdefault(option, dict.fromkeys(reports))[name] = options[option]
    return {
        option: values
        for option, values in sorted(found.items())
        if any(value != values[next(iter(reports))] for value in values.values())
    }
