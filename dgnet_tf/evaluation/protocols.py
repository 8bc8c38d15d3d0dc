"""Tables in which two data sets are published, made of the views' scores."""

from __future__ import annotations

from dgnet_tf.evaluation import scoring

_HUMANEVA_ACTIONS = ("Walking", "Jog")
_HUMANEVA_PEOPLE = ("S1", "S2", "S3")
_MPI_METRICS = ("pck_14", "auc_14", "mpjpe_mm", "p_mpjpe_mm")


def tables(dataset: str, scores: list[scoring.ViewScore]) -> dict[str, dict]:
    """Returns the published form of a data set's scores; {} where it has none.

    - "humaneva" (Table III): P-MPJPE of Walking and Jog for each person and their
      average over the six cells; None where a cell has no frame, and no average then.
      The two parts of a person, such as S1_train and S1_validate, are one person.
    - "mpi_inf_3dhp" (Table IV): PCK at 150 mm, AUC and MPJPE of each test sequence
      and each setting, over valid frames: the frames of a setting's sequences count
      alike. PCK and AUC are over 14 joints, MPJPE over all 17.

    Args:
        dataset: its name in `dataset.json`.
        scores: the views.
    """
    if dataset == "humaneva":
        return {"humaneva": _humaneva(scores)}
    if dataset == "mpi_inf_3dhp":
        return {"mpi_inf_3dhp": _mpi_inf_3dhp(scores)}
    return {}


def _humaneva(scores) -> dict:
    cells = {}
    for action in _HUMANEVA_ACTIONS:
        cells[action] = {}
        for person in _HUMANEVA_PEOPLE:
            views = [
                score
                for score in scores
                if score.action == action and score.subject.split("_")[0] == person
            ]
            cells[action][person] = scoring.pooled(views)["p_mpjpe_mm"]
    values = [value for row in cells.values() for value in row.values()]
    return {
        "metric": "p_mpjpe_mm",
        "cells": cells,
        "average": None if None in values else sum(values) / len(values),
    }


def _mpi_inf_3dhp(scores) -> dict:
    def row(views):
        means = scoring.pooled(views)
        frames = sum(view.frames for view in views)
        return {"frames": frames, **{name: means[name] for name in _MPI_METRICS}}

    def rows(field):
        groups = scoring.grouped(scores, field)
        return {name: row(views) for name, views in groups.items()}

    return {
        "per_sequence": rows("subject"),
        "per_setting": rows("action"),
        "all": row(scores),
    }
