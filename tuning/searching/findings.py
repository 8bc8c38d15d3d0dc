"""The findings of a search, in Markdown."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf.files.escaping import in_markdown
from dgnet_tf.files.tables import Table
from tuning.studies import results, statistics
from tuning.studies.results import RowResult
from tuning.studies.study import Study

SEARCH = "search.json"
# The people a search may look at; who is tested must not have been seen before.
SPLIT = "validation"
_FOLLOWING = ("seed", "steps_per_epoch")  # Of the other fields.
_LEVEL = 0.05


def section(study: Study, found: list[RowResult]) -> str:
    """Returns a search's section: its trials by error, and the verdict."""
    seed, order = study.base.seed, ranked(study, found)
    lines = [
        [
            error(one, seed),
            one.parameters,
            one.seconds and one.seconds / 60,
            _told(study, one),
        ]
        for one in order
    ]
    failed = [
        f"- {in_markdown(one.id)}: {in_markdown(one.remarks)}"
        for one in found
        if not one.errors
    ]
    short = len(found) - len(order) - len(failed)
    text = (
        f"{len(order)} configurations with the whole budget, seed {seed}, by their "
        "error on the validation split."
    )
    if short:
        text += f" {short} more were trained for fewer epochs (Hyperband)."
    headers = ["MPJPE", "parameters", "minutes", "fields that differ from the base"]
    table = Table(headers, lines, thousands=True).markdown()
    parts = ["## Search", text, table, verdict(study, order)]
    if failed:
        parts.append("Failed:\n\n" + "\n".join(failed))
    return "\n\n".join(parts)


def ranked(study: Study, found: list[RowResult]) -> list[RowResult]:
    """Returns the trials with the whole budget, the best under the first seed first."""
    full = [
        one
        for one in found
        if one.trainings[0].config["epochs"] == study.base.epochs
        and error(one, study.base.seed) is not None
    ]
    # Of equal ones, who was trained under further seeds.
    return sorted(
        full, key=lambda one: (error(one, study.base.seed), -len(one.trainings))
    )


def error(one: RowResult, seed: int) -> float | None:
    """Returns a trial's error under one seed, mm; None if there is none."""
    return next((t.error for t in one.trainings if t.seed == seed), None)


def winner(study: Study, order: list[RowResult]) -> RowResult | None:
    """Returns the best trial, or the base where it is no worse on further seeds."""
    base = _base(order)
    if base is None or order[0] is base:
        return order[0] if order else None
    first, second = _further(study, base, order[0])
    return base if first and np.mean(second) >= np.mean(first) else order[0]


def verdict(study: Study, order: list[RowResult]) -> str:
    """Returns whether the best trial is better than the base under further seeds."""
    base = _base(order)
    if base is None:
        return "**The base configuration has no result yet: no verdict.**"
    best, seed = order[0], study.base.seed
    if best is base:
        return (
            "**No trial is better than the base configuration on the validation split "
            "at the same budget.**"
        )
    first, second = _further(study, base, best)
    if not first:
        gain = error(base, seed) - error(best, seed)
        return (
            f"**The best trial is {gain:.1f} mm better than the base under the seed "
            "that chose it, which flatters it; no verdict without further seeds "
            "(`--confirm_seeds`).**"
        )
    gain = np.mean(first) - np.mean(second)
    p_value = statistics.difference_p(first, second)
    figures = (
        f"{np.mean(second):.1f} against {np.mean(first):.1f} mm, means of "
        f"{len(first)} seeds that did not choose it"
    )
    if p_value is not None:
        figures += f"; p = {p_value:.2f}, Welch's t-test"
    if gain <= 0:
        return (
            "**No better configuration was found: under further seeds the best trial "
            f"is {-gain:.1f} mm worse than the base ({figures}).**"
        )
    text = (
        f"**The best trial is {gain:.1f} mm better than the base on the validation "
        f"split at the same budget ({figures}).**"
    )
    if p_value is None or p_value > _LEVEL:
        text += " So few seeds may show that by chance: give more `--confirm_seeds`."
    return (
        f"{text} The validation people chose it; score it on the test split once, by "
        "`dgnet_tf.evaluate`."
    )


def _base(order):
    return next((one for one in order if one.id.startswith("base-")), None)


def _further(study, base, best):
    """Returns the errors of both under the seeds, besides the first, that both have."""
    of_base, of_best = (
        {t.seed: t.error for t in one.trainings if t.error is not None}
        for one in (base, best)
    )
    common = sorted((set(of_base) & set(of_best)) - {study.base.seed})
    return [of_base[seed] for seed in common], [of_best[seed] for seed in common]


def _told(study, one) -> str:
    base = dataclasses.asdict(study.base)
    changed = [
        f"{name}={value:.3g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in results.overrides(one.trainings[0]).items()
        if value != base[name] and name not in _FOLLOWING
    ]
    return ", ".join(changed) or "(base)"
