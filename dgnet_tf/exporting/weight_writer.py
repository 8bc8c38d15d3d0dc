"""What is told of trained weights: the content of `preset.json`."""

from __future__ import annotations

import csv
import dataclasses
import pathlib
import shlex

import dgnet_tf
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import model_card
from dgnet_tf.models import weight_folders


def make(
    config, workdir, *, name, version, scores, terms, acknowledgement, limits
) -> dict:
    """Returns the content of `preset.json` but for what is measured of the weights.

    Args:
        config: the run's configuration.
        workdir: the run's folder.
        name, version: of the weights.
        scores: from `weight_scores.of_run`.
        terms: of the data, or None.
        acknowledgement: whom to thank, or None.
        limits: in words.

    Raises:
        UserError: if a file of the run is damaged.
    """
    card = model_card.of_run(config, flip=True, workdir=workdir)
    _, *licence = card["licence"]  # Of the code: exports say it themselves.
    licence += [terms] if terms else []
    licence += [acknowledgement] if acknowledgement else []
    fields = dataclasses.asdict(config)
    return {
        "format": weight_folders.FORMAT,
        "name": name,
        "version": version,
        "package": dgnet_tf.__version__,
        "config": {**fields, "weights": _without_folder(fields["weights"])},
        "network": weight_folders.network(fields),
        "training": _portable(
            {**card["training"], "history": _history(pathlib.Path(workdir))}
        ),
        "scores": scores,
        "licence": licence,
        "acknowledgement": acknowledgement,
        "limits": [*_limits(config, card["training"]["data"]), *limits],
    }


def _history(workdir) -> dict | None:
    """Returns the number of epochs and the last one's figures; None without any."""
    try:
        with open(workdir / "history.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        last = rows[-1]
        names = [name for name in last if name.endswith("pose_mpjpe_mm")]
        figures = {name: round(float(last[name]), 4) for name in names}
    except (FileNotFoundError, IndexError):
        return None
    except (ValueError, TypeError, csv.Error) as error:
        raise UserError(f"{workdir}/history.csv: is damaged ({error}).") from error
    return {"epochs": len(rows), "last": figures}


def _limits(config, data) -> list[str]:
    """Returns what follows from data and configuration."""
    found = [
        f"Made for videos of about {config.fps:g} frames a second; lifting resamples "
        "others."
    ]
    if (data or {}).get("options", {}).get("cameras"):
        found.append(
            "Trained on keypoints that virtual cameras project without error; a "
            "detector's and a lens's errors are not in them"
            + (
                f", but for noise of {config.noise_px:g} px."
                if config.noise_px
                else "."
            )
        )
    return found


def _portable(value):
    """Returns JSON content without the folders of this machine."""
    if isinstance(value, dict):
        return {name: _portable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_portable(inner) for inner in value]
    if isinstance(value, str) and "/" in value and value.startswith(("python ", "/")):
        try:
            return shlex.join(map(_without_folder, shlex.split(value)))
        except ValueError:  # No command line after all.
            return value
    return value


def _without_folder(argument: str) -> str:
    flag, equals, value = argument.rpartition("=")
    if pathlib.PurePath(value).is_absolute():
        value = pathlib.PurePath(value).name
    return flag + equals + value
