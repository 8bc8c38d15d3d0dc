"""Errors of a lifter over many camera views, pooled by action, person and camera."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import metrics

# Name in reports: metric of (F, N, 3) poses in metres.
FRAME_METRICS = {
    "mpjpe_mm": metrics.mpjpe,
    "p_mpjpe_mm": metrics.p_mpjpe,
    "n_mpjpe_mm": metrics.n_mpjpe,
}
VELOCITY = "mpjve_mm"
METRICS = (*FRAME_METRICS, VELOCITY)

_MM = 1000.0
_RESAMPLES = 2000


@dataclasses.dataclass(frozen=True)
class ViewScore:
    """Summed errors of one camera view.

    Attributes:
        subject, action, take, camera: the view.
        frames: valid frames, over which frame metrics are summed.
        steps: pairs of consecutive valid frames, over which velocities are.
        sums: sum of each of `METRICS`, millimetres.
    """

    subject: str
    action: str
    take: str
    camera: str
    frames: int
    steps: int
    sums: dict[str, float]


def score_view(view, predicted: np.ndarray, root: int) -> ViewScore:
    """Scores the valid frames of a view.

    Args:
        view: has `positions` (F, N, 3) metres, `valid` (F,) bool, and the ids.
        predicted: (F, N, 3) metres, relative to the root.
        root: index of the joint that the view's positions are made relative to.

    Raises:
        ValueError: if shapes differ or values are not finite.
    """
    valid = view.valid
    steps = valid[1:] & valid[:-1]  # No velocity across a gap.
    positions = view.positions.astype(np.float64)
    target = positions - positions[:, root : root + 1]
    sums = {
        name: _MM * float(metric(predicted[valid], target[valid]).sum())
        for name, metric in FRAME_METRICS.items()
    }
    sums[VELOCITY] = _MM * float(metrics.mpjve(predicted, target)[steps].sum())
    return ViewScore(
        subject=view.subject,
        action=view.action,
        take=view.take,
        camera=view.camera,
        frames=int(valid.sum()),
        steps=int(steps.sum()),
        sums=sums,
    )


def pooled(scores: list[ViewScore]) -> dict[str, float | None]:
    """Returns each metric's mean over all frames (or steps); None if there are none."""
    frames = sum(score.frames for score in scores)
    steps = sum(score.steps for score in scores)
    result = {}
    for name in METRICS:
        count = steps if name == VELOCITY else frames
        total = sum(score.sums[name] for score in scores)
        result[name] = total / count if count else None
    return result


def pooled_by(scores: list[ViewScore], field: str) -> dict[str, dict]:
    """Pools the views that agree in `field`, names compared whole and sorted.

    Args:
        scores: any views.
        field: "action", "subject" or "camera".

    Returns:
        {name: {metric: mean}}; names without a valid frame are left out.
    """
    groups: dict[str, list[ViewScore]] = {}
    for score in scores:
        if score.frames:
            groups.setdefault(getattr(score, field), []).append(score)
    return {name: pooled(groups[name]) for name in sorted(groups)}


def plain_mean(groups: dict[str, dict]) -> dict[str, float | None]:
    """Returns the mean over groups, each counted once; None where none has a value."""
    result = {}
    for name in METRICS:
        values = [row[name] for row in groups.values() if row[name] is not None]
        result[name] = float(np.mean(values)) if values else None
    return result


def bootstrap_interval(scores: list[ViewScore], seed: int = 0) -> dict | None:
    """95 % interval of the frame-wise MPJPE, by resampling videos.

    A video is one take of one action by one person, with all of its cameras: they
    show the same motion and are no independent draws.

    Args:
        scores: the views.
        seed: of the resampling.

    Returns:
        {"low", "high", "videos", "resamples"}, mm; None below two videos.
    """
    videos: dict[tuple, list[float]] = {}
    for score in scores:
        if score.frames:
            key = (score.subject, score.action, score.take)
            video = videos.setdefault(key, [0.0, 0])
            video[0] += score.sums["mpjpe_mm"]
            video[1] += score.frames
    if len(videos) < 2:
        return None
    sums, frames = np.array([videos[key] for key in sorted(videos)]).T
    draws = np.random.default_rng(seed).integers(
        0, len(videos), (_RESAMPLES, len(videos))
    )
    means = sums[draws].sum(axis=1) / frames[draws].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {
        "low": float(low),
        "high": float(high),
        "videos": len(videos),
        "resamples": _RESAMPLES,
    }
