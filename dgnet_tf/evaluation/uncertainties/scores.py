"""How true a stated uncertainty proves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from dgnet_tf.evaluation.uncertainties import trials
from dgnet_tf.evaluation.uncertainties.trials import Errors
from dgnet_tf.models.uncertainty import Uncertainty


def report(parts: Sequence[Errors], stated: Uncertainty, root: int) -> dict:
    """Returns the section of `report.json` on errors of one evaluation."""
    return {
        **of([(trials.joined(parts), stated)], root),
        "half": stated.half,
        "nine_tenths": stated.nine_tenths,
        "people": stated.people,
    }


def expected(found: Errors, stated: Uncertainty) -> np.ndarray:
    """Returns the expected errors (M, N), millimetres."""
    return stated.millimetres(found.disagreement, found.confidence)


def ratios(found: Errors, stated: Uncertainty, root: int) -> np.ndarray:
    """Returns each error as a share of the expected one, (M, N - 1), root left out."""
    share = found.errors_mm / np.maximum(expected(found, stated), 1e-6)
    return np.delete(share, root, axis=1)


def of(parts: Sequence[tuple[Errors, Uncertainty]], root: int) -> dict:
    """Scores stated uncertainties against the errors, over all joints but the root.

    Args:
        parts: errors, and what is stated of them.
        root: index of the root.

    Returns:
        {"frames", "mean_error_mm", "mean_expected_mm", "below_half" and
        "below_nine_tenths": the shares of errors below what half and nine tenths of
        them should be below, "rank_correlation": Spearman's, of the expected error and
        the error, over all joints; "rank_correlation_by_joint": the mean of each
        joint's own, "missing": the same for missing keypoints alone, or None}.
    """
    errors, stated, low, high, unseen = (
        np.concatenate([np.delete(column, root, axis=1) for column in columns])
        for columns in zip(*(_columns(*part) for part in parts), strict=True)
    )
    by_joint = [
        _rank_correlation(*pair) for pair in zip(errors.T, stated.T, strict=True)
    ]
    columns = errors, stated, low, high
    return {
        "frames": len(errors),
        **_scores(*columns),
        "rank_correlation_by_joint": float(np.mean(by_joint)),
        "missing": _scores(*(c[unseen] for c in columns)) if unseen.any() else None,
    }


def _columns(found, stated):
    mm = expected(found, stated)
    unseen = found.confidence == 0
    below = (
        found.errors_mm < stated.half * mm,
        found.errors_mm < stated.nine_tenths * mm,
    )
    return found.errors_mm, mm, *below, unseen


def _scores(errors, stated, low, high) -> dict:
    return {
        "mean_error_mm": float(errors.mean()),
        "mean_expected_mm": float(stated.mean()),
        "below_half": float(low.mean()),
        "below_nine_tenths": float(high.mean()),
        "rank_correlation": _rank_correlation(errors.ravel(), stated.ravel()),
    }


def _rank_correlation(errors, stated) -> float:
    """Returns Spearman's, 0 where one of both does not vary."""
    if np.ptp(errors) == 0 or np.ptp(stated) == 0:
        return 0.0
    return float(stats.spearmanr(errors, stated).statistic)
