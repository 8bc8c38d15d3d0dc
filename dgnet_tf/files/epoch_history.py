"""`history.csv` of a run folder: each epoch's losses and metrics."""

from __future__ import annotations

import csv

from dgnet_tf.errors import UserError

FILE = "history.csv"


def read(path) -> list[dict[str, int | float]]:
    """Returns {figure: number} of each epoch; no epoch where there is no file.

    "epoch" counts from 0; a figure that an epoch does not have is left out.

    Raises:
        UserError: if the file is not a history.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            return [
                {
                    name: int(value) if name == "epoch" else float(value)
                    for name, value in row.items()
                    if value != ""
                }
                for row in csv.DictReader(file)
            ]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, csv.Error) as error:
        raise UserError(
            f"{path}: is no history of a training ({error}). Take it from the run's "
            "own folder, or remove it."
        ) from None
