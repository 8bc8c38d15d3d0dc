"""The search space: configuration fields and their ranges.

Names are `Config`'s, so that a trial's values are the flags of its training. Defaults
are the base configuration's values, which always lie in the range: the paper's
setting is a point of the space.
"""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Sequence

from dgnet_tf.config.fields import FIELDS, Config
from dgnet_tf.errors import UserError
from tuning.studies import budget


@dataclasses.dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, evenly spread over their logarithm if `log`."""

    low: float
    high: float
    log: bool = False


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of `values`."""

    values: tuple


def _all(name: str) -> Choice:
    """All that the configuration's field can be."""
    return Choice(FIELDS[name].choices or (True, False))


SPACE: dict[str, Range | Choice] = {
    "spatial_neighbors": Range(1, 7),
    "temporal_neighbors": Range(1, 7),
    "blocks": Range(1, 6),
    "channels": Choice((32, 48, 64, 96, 128)),
    "frames": Range(2, 6),
    "frame_stride": Choice((1, 2, 3, 5)),
    "spatial_unit": Choice(("fsg", "fsg,dsg", "fsg,dsg,dsg", "fsg,dsg,fsg")),
    "temporal_unit": Choice(
        ("ftg", "ftg,dtg", "ftg,dtg,dtg", "ftg,dtg,ftg", "ftg,dtg,ftg,dtg")
    ),
    "weighting": _all("weighting"),
    "learning_rate": Range(3e-4, 1e-2, log=True),
    "learning_rate_decay": Range(1e-3, 1.0, log=True),
    "batch_size": Choice((32, 64, 128)),
    "optimizer": _all("optimizer"),
    "flip": _all("flip"),
    "noise_px": Range(0.0, 5.0),
    "dropout": Range(0.0, 0.6),
    "noise_correlation": Choice((0.0, 0.8)),
    "outlier_share": Range(0.0, 0.05),
    "missing_share": Range(0.0, 0.1),
    "random_cameras": Range(0.0, 1.0),
    "random_camera_tilt": Range(0.0, 20.0),
    "random_camera_roll": Range(0.0, 20.0),
    "body_scale": Range(0.0, 0.2),
    "random_stride": _all("random_stride"),
    "learning_rate_schedule": _all("learning_rate_schedule"),
    "weight_decay": Choice((0.0, 0.001, 0.01, 0.1)),
    "weight_average": Choice((0.0, 0.99, 0.999)),
}
# Not searched by default, besides what a network ignores: one frame is lifted alone,
# and what a pose of "tcn" sees follows from its blocks and bounds its frames.
_SETTLED = {
    "martinez": ("frames", "frame_stride"),
    "semgcn": ("frames", "frame_stride"),
    "tcn": ("frames", "frame_stride", "blocks"),
}


def names(architecture: str = Config.architecture) -> list[str]:
    """Returns what is searched by default: all of `SPACE` that can be run here."""
    return [
        name
        for name in SPACE
        if architecture in FIELDS[name].architectures
        and name not in _SETTLED.get(architecture, ())
        and _can_vary(name)
    ]


def declare(
    hp,
    base: Config,
    tune: Sequence[str] | None = None,
    *,
    joints: int | None = None,
    overlap: int | None = None,
) -> Config:
    """Declares the space on `hp`; returns the configuration of its values.

    Each configuration sees as many frames in training as the base does: where the
    base fixes the steps of an epoch, larger batches or windows take fewer of them.

    Args:
        hp: `keras_tuner.HyperParameters`.
        base: the configuration that values change.
        tune: fields to vary; by default `names(base.architecture)`.
        joints: N; bounds K.
        overlap: frames by which the records overlap; bounds (frames - 1) x stride.

    Raises:
        UserError: if `tune` names a field that is not in the space, or that the
            base's network ignores, or if `hp` has values of another search.
    """
    tune = names(base.architecture) if tune is None else list(tune)
    for name in tune:
        if name not in SPACE:
            raise UserError(f"{name!r} cannot be searched; there are {list(SPACE)}.")
        if base.architecture not in FIELDS[name].architectures:
            raise UserError(
                f"{name!r} has no effect with the architecture {base.architecture!r}."
            )
    # A tuner goes on with what lies in its folder, whichever search that was.
    foreign = [name for name in SPACE if name in hp.values and name not in tune]
    if foreign:
        raise UserError(
            f"The hyperparameters have {foreign}, and {tune} are searched here: they "
            "are of another search. Give the tuner another `project_name`, or "
            "`overwrite=True`."
        )
    values = {}
    for name, range_ in SPACE.items():  # In one order, whatever `tune`'s is.
        if name not in tune:
            continue
        default = getattr(base, name)
        range_ = _bounded(name, range_, base, tune, joints, overlap)
        if isinstance(range_, Range):
            low, high = min(range_.low, default), max(range_.high, default)
            number = hp.Int if FIELDS[name].kind is int else hp.Float
            sampling = "log" if range_.log else "linear"
            values[name] = number(name, low, high, sampling=sampling, default=default)
        elif FIELDS[name].kind is bool:
            values[name] = hp.Boolean(name, default=default)
        else:
            choices = list(dict.fromkeys((*range_.values, default)))
            if not isinstance(default, str):
                choices.sort()
            values[name] = hp.Choice(name, choices, default=default)
    return budget.same_budget(dataclasses.replace(base, **values), base)


def _can_vary(name):
    if name not in ("optimizer", "weight_decay", "weight_average"):
        return True
    # Addons' optimisers do not go with the other two.
    addons = importlib.util.find_spec("tensorflow_addons") is not None
    return addons == (name == "optimizer")


def _bounded(name, range_, base, tune, joints, overlap):
    """Narrows a range to what joints and overlap allow for every combination."""
    if name.endswith("_neighbors") and joints:
        return Range(range_.low, min(range_.high, joints))
    if overlap is None or name not in ("frames", "frame_stride"):
        return range_
    most = min(SPACE["frames"].high, overlap // base.frame_stride + 1)
    if name == "frames":
        return Range(min(range_.low, most), most)
    frames = max(most, base.frames) if "frames" in tune else base.frames
    fitting = tuple(s for s in range_.values if (frames - 1) * s <= overlap)
    return Choice(fitting)
