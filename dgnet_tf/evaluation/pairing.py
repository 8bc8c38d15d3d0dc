"""Compares two reports video by video: two runs on the same videos.

Videos differ far more than good runs do, so two overlapping intervals say little.
The difference on each video takes the videos' own difficulty out.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import scipy.stats

from dgnet_tf.errors import UserError, shortened
from dgnet_tf.evaluation import intervals, scoring
from dgnet_tf.inference import options

# What must be alike for two reports' numbers to be of one kind: fields of a report,
# and of its options.
_SAME_FIELDS = ("dataset", "split")
_SAME_OPTIONS = (
    *("skeleton", "joints", "root_counted", "noise_px", "noise_correlation", "actions"),
    "fps",
)
_PERMUTATIONS = 9999


@dataclasses.dataclass(frozen=True)
class Paired:
    """The difference between two reports in one metric.

    Attributes:
        metric: its name in reports.
        videos: number of videos.
        first, second: the metric's frame-wise mean in each report.
        difference: second minus first.
        low, high: 95 % bootstrap interval of the difference, videos drawn anew; None
            below two videos.
        share_better: share of the videos on which the second report is better.
        share_equal: share of the videos on which both are equal.
        sign_p: two-sided p-value of the sign test, equal videos left out.
        permutation_p: of a test that swaps the two reports' videos at random, with the
            frame-wise difference as its statistic.
        options: {option: (first, second)} where the two were lifted differently.
    """

    metric: str
    videos: int
    first: float
    second: float
    difference: float
    low: float | None
    high: float | None
    share_better: float
    share_equal: float
    sign_p: float
    permutation_p: float
    options: dict[str, tuple]


def compare(
    first: dict,
    second: dict,
    metric: str = "mpjpe_mm",
    *,
    seed: int = 0,
    names: tuple[str, str] = ("the first report", "the second report"),
) -> Paired:
    """Compares two reports on the videos that they share: all of them.

    The p-values ask whether either report is better, on videos like these. With V
    videos none can be below 2 to the power of 1 - V, nor that of the permutations
    below 0.0002.

    Args:
        first, second: contents of two `report.json`.
        metric: one of `scoring.METRICS`.
        seed: of bootstrap and permutations.
        names: of the two reports, for messages.

    Raises:
        ValueError: on an unknown metric.
        UserError: if a report has no rows of videos or no such metric, or if they are
            of different data, videos, frames or scored joints.
    """
    if metric not in scoring.METRICS:
        raise ValueError(f"`metric` must be one of {scoring.METRICS}, got {metric!r}.")
    rows = [
        _rows(report, metric, name)
        for report, name in zip((first, second), names, strict=True)
    ]
    _check_alike(first, second, rows, metric, names)
    whole = np.ones((1, len(rows[0])))
    means = [float(intervals.frame_means(part, metric, whole)[0]) for part in rows]
    counts = np.array([row[scoring.COUNTED_BY[metric]] for row in rows[0]], np.float64)
    sums = np.array([[row["sums"][metric] for row in part] for part in rows])
    each = (sums[1] - sums[0]) / counts  # (V,) second minus first
    # Differences of rounding are no differences.
    each[np.isclose(sums[1], sums[0], rtol=1e-12, atol=0.0)] = 0.0

    drawn = None
    if len(each) > 1:
        weights = intervals.draws(len(each), seed)
        means_drawn = (weights @ (each * counts)) / (weights @ counts)
        drawn = intervals.interval(means_drawn, len(each))
    sign = 1.0 if metric in scoring.HIGHER_IS_BETTER else -1.0
    lifted = {
        name: (first["options"].get(name), second["options"].get(name))
        for name in options.NAMES
    }
    better, worse = int((sign * each > 0).sum()), int((sign * each < 0).sum())
    differing = better + worse
    sign_p = scipy.stats.binomtest(better, differing).pvalue if differing else 1.0
    return Paired(
        metric=metric,
        videos=len(each),
        first=means[0],
        second=means[1],
        difference=means[1] - means[0],
        low=drawn["low"] if drawn else None,
        high=drawn["high"] if drawn else None,
        share_better=better / len(each),
        share_equal=1.0 - differing / len(each),
        sign_p=float(sign_p),
        permutation_p=_permutation_p(each * counts, seed),
        options={name: pair for name, pair in lifted.items() if pair[0] != pair[1]},
    )


def _rows(report, metric, name) -> list[dict]:
    rows = report.get("per_sequence")
    if not rows:
        raise UserError(
            f"{name}: has no field 'per_sequence'; an older version wrote it. Run "
            "`python -m dgnet_tf.evaluate` again."
        )
    counted = scoring.COUNTED_BY[metric]
    if any(row["sums"].get(metric) is None for row in rows):
        raise UserError(f"{name}: has no value of {metric!r}. Choose another metric.")
    ids = scoring.VIDEO_IDS
    counting = [row for row in rows if row[counted]]
    return sorted(counting, key=lambda row: tuple(row[id] for id in ids))


def _check_alike(first, second, rows, metric, names):
    """Raises a `UserError` that names what makes two reports incomparable."""

    def refuse(what, one, other):
        raise UserError(
            f"{names[0]} and {names[1]} cannot be compared: {what} is "
            f"{shortened(one)} in the one and {shortened(other)} in the other. "
            "Evaluate both on the same data with the same options."
        )

    for name in _SAME_FIELDS:
        if first[name] != second[name]:
            refuse(name, first[name], second[name])
    for name in _SAME_OPTIONS:
        one, other = (report["options"].get(name) for report in (first, second))
        if one != other:
            refuse(f"option {name!r}", one, other)
    one, other = (report["options"].get("seed") for report in (first, second))
    if first["options"]["noise_px"] and one != other:
        refuse("option 'seed' of the noise", one, other)
    counted = scoring.COUNTED_BY[metric]
    ids = scoring.VIDEO_IDS
    found = [
        {(*(row[id] for id in ids), *row["cameras"]): row[counted] for row in part}
        for part in rows
    ]
    for video in sorted({*found[0], *found[1]}):
        one, other = (part.get(video, 0) for part in found)
        if one != other:
            name = shortened("/".join(video))
            refuse(f"the number of {counted} of video {name}", one, other)
    if not found[0]:
        raise UserError(f"{names[0]}: has no {counted} to compare.")


def _permutation_p(differences, seed) -> float:
    """Two-sided p-value of the sum of differences under random signs."""
    if len(differences) < 2 or not differences.any():
        return 1.0
    result = scipy.stats.permutation_test(
        (differences,),
        np.sum,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_PERMUTATIONS,
        batch=1000,
        rng=np.random.default_rng(seed),
    )
    return float(result.pvalue)
