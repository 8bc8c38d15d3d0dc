"""Compares a benchmark with an earlier one of the same machine."""

from __future__ import annotations

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.files import schemas
from dgnet_tf.files.json_documents import JsonKind


class _Figure(schemas.Schema):
    name: schemas.Text
    ratio: schemas.number(1e-12, 1e12)


class _Output(schemas.Schema):
    suite: schemas.Text
    preset: schemas.Text
    figures: list[_Figure]


_KIND = JsonKind(
    "an output of this program", "Write one with --output.", schema=_Output
)


def read(path, suite: str, preset: str) -> dict[str, float]:
    """Returns the ratios of an earlier run by name.

    Raises:
        UserError: if the file is none of this suite and preset.
    """
    content = _KIND.read(path)
    found = (content["suite"], content["preset"])
    ratios = {row["name"]: float(row["ratio"]) for row in content["figures"]}
    if found != (suite, preset):
        raise UserError(
            f"{path}: holds suite {shortened(found[0])} with preset "
            f"{shortened(found[1])}, this run is {suite!r} with {preset!r}. Name a "
            "baseline of the same two."
        )
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
