"""Bootstrap intervals of means over videos, from a report's `per_sequence` rows.

A video is one take of one action by one person, all cameras together: the unit that
is drawn anew. Videos are drawn with replacement, as many as there are, from all
actions together; a draw's action mean is over the actions in it. All metrics share
the draws.
"""

from __future__ import annotations

import numpy as np

from dgnet_tf.evaluation import scoring

RESAMPLES = 2000


def draws(videos: int, seed: int = 0) -> np.ndarray:
    """Returns how often each draw has each video, (R, V) whole numbers."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(videos, np.full(videos, 1 / videos), RESAMPLES)


def frame_means(rows: list[dict], metric: str, weights: np.ndarray) -> np.ndarray:
    """Returns a metric's mean over all frames (steps, triples) of weighted videos.

    `rows` are V of `scoring.videos`, each with a sum of the metric; `weights` are
    (R, V). Returns (R,) means; NaN where there is no frame.
    """
    sums = np.array([row["sums"][metric] for row in rows], np.float64)
    counts = np.array([row[scoring.COUNTED_BY[metric]] for row in rows], np.float64)
    return _ratio(weights @ sums, weights @ counts)


def action_means(rows: list[dict], metric: str, weights: np.ndarray) -> np.ndarray:
    """Returns the plain mean over actions of weighted videos; see `frame_means`."""
    actions = np.array([row["action"] for row in rows])
    total, present = np.zeros(len(weights)), np.zeros(len(weights))
    for action in sorted(set(actions.tolist())):
        means = frame_means(rows, metric, weights * (actions == action))
        there = np.isfinite(means)
        total[there] += means[there]
        present += there
    return _ratio(total, present)


def of(rows: list[dict], means=frame_means, seed: int = 0) -> dict[str, dict | None]:
    """Returns each metric's `interval` over rows of `scoring.videos`, in its unit.

    `means` is `frame_means` or `action_means`. None stands for an interval below two
    videos, and where a metric has no value.
    """
    result = dict.fromkeys(scoring.METRICS)
    if len(rows) < 2:
        return result
    weights = draws(len(rows), seed)
    for metric in scoring.METRICS:
        if all(row["sums"][metric] is not None for row in rows):
            result[metric] = interval(means(rows, metric, weights), len(rows))
    return result


def interval(values: np.ndarray, videos: int) -> dict | None:
    """Returns the 95 % percentile interval of draws; draws without a value left out."""
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = np.percentile(values, [2.5, 97.5]).tolist()
    return {"low": low, "high": high, "videos": videos, "resamples": RESAMPLES}


def _ratio(sums, counts):
    return np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
