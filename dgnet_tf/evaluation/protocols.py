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
    """
    if dataset == "humaneva":
        return {"humaneva": _humaneva(scores)}
    if dataset == "mpi_inf_3dhp":
        return {"mpi_inf_3dhp": _mpi_inf_3dhp(scores)}
    return {}


def _humaneva(scores) -> dict:
    def cell(*names):
        views = [s for s in scores if (s.action, s.subject.split("_")[0]) == names]
        return scoring.pooled(views)["p_mpjpe_mm"]

    cells = {
        action: {person: cell(action, person) for person in _HUMANEVA_PEOPLE}
        for action in _HUMANEVA_ACTIONS
    }
    values = [value for row in cells.values() for value in row.values()]
    average = None if None in values else sum(values) / len(values)
    return {"metric": "p_mpjpe_mm", "cells": cells, "average": average}


def _mpi_inf_3dhp(scores) -> dict:
    def row(views):
        means = scoring.pooled(views)
        frames = sum(view.frames for view in views)
        return {"frames": frames, **{name: means[name] for name in _MPI_METRICS}}

    def rows(field):
        groups = scoring.grouped(scores, field)
        return {name: row(views) for name, views in groups.items()}

    sequences, settings = rows("subject"), rows("action")
    return {"per_sequence": sequences, "per_setting": settings, "all": row(scores)}
