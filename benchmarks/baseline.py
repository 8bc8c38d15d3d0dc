"""Compares a benchmark with an earlier one of the same machine."""

from __future__ import annotations

import math

from dgnet_tf.errors import UserError
from dgnet_tf.files.json_documents import JsonKind

_KIND = JsonKind("an output of this program", "Write one with --output.")


def read(path, suite: str, preset: str) -> dict[str, float]:
    """Returns the ratios of an earlier run by name.

    Raises:
        UserError: if the file is none of this suite and preset.
    """
    content = _KIND.read(path)
    with _KIND.building(path):
        found = (content["suite"], content["preset"])
        ratios = {row["name"]: float(row["ratio"]) for row in content["figures"]}
    if found != (suite, preset):
        raise UserError(
            f"{path}: holds suite {found[0]!r} with preset {found[1]!r}, this run is "
            f"{suite!r} with {preset!r}. Name a baseline of the same two."
        )
    if not all(math.isfinite(ratio) and ratio > 0 for ratio in ratios.values()):
        raise UserError(f"{path}: has ratios that are not above 0. Write it anew.")
    return ratios


def check(figures, before: dict[str, float], factor: float):
    """Refuses a ratio that has become worse.

    Args:
        figures: of this run; more is better. Those that the baseline lacks are not
            looked at, nor those of the baseline that this run lacks.
        before: from `read`.
        factor: by how much a ratio may fall, above 1.

    Raises:
        UserError: naming each ratio that fell by more.
    """
    fallen = [
        f"{figure.name} {before[figure.name]:.3g} -> {figure.ratio:.3g}"
        for figure in figures
        if figure.name in before and figure.ratio * factor < before[figure.name]
    ]
    if fallen:
        raise UserError(
            f"Slower than the baseline by more than {factor:g}: {'; '.join(fallen)}."
        )
