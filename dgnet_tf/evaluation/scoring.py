"""Errors of a lifter over many camera views, pooled by whatever they have in common."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import numpy as np

from dgnet_tf import metrics
from dgnet_tf.data import view_names
from dgnet_tf.evaluation import worst

VELOCITY, ACCELERATION = "mpjve_mm", "acceleration_mm"
# Averaged over the counted joints, and given joint by joint.
JOINT_METRICS = (
    *("mpjpe_mm", "p_mpjpe_mm", "n_mpjpe_mm", VELOCITY, ACCELERATION, "pck", "auc"),
)
# The same over fourteen joints: name, and the metric that it is a form of.
FOURTEEN_METRICS = {
    "mpjpe_14_mm": "mpjpe_mm",
    "p_mpjpe_14_mm": "p_mpjpe_mm",
    "pck_14": "pck",
    "auc_14": "auc",
}
METRICS = (*JOINT_METRICS, *FOURTEEN_METRICS)
# What a metric's sum is divided by: frames, pairs or triples of frames.
COUNTED_BY = {
    **dict.fromkeys(METRICS, "frames"),
    VELOCITY: "steps",
    ACCELERATION: "triples",
}
VIDEO_IDS = ("subject", "action", "take")
HIGHER_IS_BETTER = ("pck", "auc", "pck_14", "auc_14")

_MM = 1000.0
_CHUNK = re.compile(r" chunk\d+$")
# Frames at a time, so that long views take no more memory than short ones.
_SEGMENT = 16_384


@dataclasses.dataclass(frozen=True, eq=False)
class ViewScore:
    """Summed errors of one camera view, in millimetres or fractions of 1."""

    subject: str
    action: str
    take: str
    camera: str
    frames: int  # valid frames, over which frame metrics are summed
    steps: int  # pairs of consecutive valid frames, over which velocities are
    triples: int  # three valid frames in a row, over which accelerations are
    joint_sums: dict[str, np.ndarray]  # (J,) for each of `JOINT_METRICS`
    sums: dict[str, float | None]  # joints averaged; None: the skeleton has none such
    worst: worst.WorstStretch | None  # None without a valid frame


def score_view(view, predicted: np.ndarray, joints) -> ViewScore:
    """Scores the valid frames of a `views.View`.

    `predicted` is (F, N, 3) metres, relative to the root; `joints` a `JointSet`.

    Raises:
        ValueError: if shapes differ or values are not finite.
    """
    valid = view.valid
    steps = valid[1:] & valid[:-1]  # No velocity across a gap.
    triples = steps[1:] & steps[:-1]
    counted = list(joints.counted)
    joint_sums = {name: np.zeros(len(counted)) for name in JOINT_METRICS}
    aligned_14 = 0.0
    mpjpe = np.zeros(len(valid))
    for start in range(0, len(valid), _SEGMENT):
        own = slice(start, start + _SEGMENT)
        # Differences of a segment's last frames reach into the next one.
        seen = slice(start, start + _SEGMENT + 2)
        target = view.positions[seen].astype(np.float64)
        target = (target - target[:, joints.root, None])[:, counted]
        estimate = predicted[seen].astype(np.float64)[:, counted]
        for order, name, where in ((1, VELOCITY, steps), (2, ACCELERATION, triples)):
            errors = metrics.difference_errors(estimate, target, order)
            joint_sums[name] += _MM * errors[:_SEGMENT][where[own]].sum(axis=0)
        scored = valid[own]
        estimate = estimate[:_SEGMENT][scored]
        target = target[:_SEGMENT][scored]
        errors = _frame_errors(estimate, target)
        for name, values in errors.items():
            joint_sums[name] += values.sum(axis=0)
        mpjpe[own][scored] = errors["mpjpe_mm"].mean(axis=-1)
        if joints.fourteen is not None:
            chosen = list(joints.fourteen)
            aligned_14 += metrics.p_mpjpe(estimate[:, chosen], target[:, chosen]).sum()
    return ViewScore(
        **{name: getattr(view, name) for name in view_names.IDS},
        frames=int(valid.sum()),
        steps=int(steps.sum()),
        triples=int(triples.sum()),
        joint_sums=joint_sums,
        sums=_view_sums(joint_sums, joints.fourteen, _MM * aligned_14),
        worst=worst.find(view, mpjpe),
    )


def _frame_errors(predicted, target) -> dict[str, np.ndarray]:
    """Returns (F, J) values of poses (F, J, 3)."""
    errors = metrics.joint_errors(predicted, target)
    aligned = metrics.align(predicted, target)
    scaled = metrics.rescale(predicted, target)
    return {
        "mpjpe_mm": _MM * errors,
        "p_mpjpe_mm": _MM * metrics.joint_errors(aligned, target),
        "n_mpjpe_mm": _MM * metrics.joint_errors(scaled, target),
        "pck": errors < metrics.PCK_THRESHOLD,
        "auc": metrics.below_thresholds(errors),
    }


def _view_sums(joint_sums, fourteen, aligned_14) -> dict[str, float | None]:
    sums = {name: float(values.mean()) for name, values in joint_sums.items()}
    for name, whole in FOURTEEN_METRICS.items():
        if fourteen is None:
            sums[name] = None
        elif name == "p_mpjpe_14_mm":  # Aligned by the fourteen joints alone.
            sums[name] = float(aligned_14)
        else:
            sums[name] = float(joint_sums[whole][list(fourteen)].mean())
    return sums


def pooled(scores: list[ViewScore]) -> dict[str, float | None]:
    """Returns each metric's mean over all frames, steps or triples.

    A metric is None where there is nothing to average, or no such form.
    """
    result = {}
    for name in METRICS:
        count = sum(getattr(score, COUNTED_BY[name]) for score in scores)
        sums = [score.sums[name] for score in scores]
        result[name] = sum(sums) / count if count and None not in sums else None
    return result


def grouped(scores: list[ViewScore], field: str | Callable) -> dict[str, list]:
    """Groups the views that agree in `field` or a function, names compared whole.

    Returns {name: its views}, sorted; views without a valid frame are left out.
    """
    groups: dict[str, list[ViewScore]] = {}
    for score in scores:
        if score.frames:
            name = getattr(score, field) if isinstance(field, str) else field(score)
            groups.setdefault(name, []).append(score)
    return {name: groups[name] for name in sorted(groups)}


def pooled_by(scores: list[ViewScore], field: str) -> dict[str, dict]:
    """Returns {name: {metric: mean}} of the views that agree in `field`."""
    return {name: pooled(views) for name, views in grouped(scores, field).items()}


def pooled_by_joint(scores: list[ViewScore], names) -> dict[str, dict]:
    """Returns {joint: {metric: mean}}; `names` are those of the counted joints."""
    result = {name: {} for name in names}
    for metric in JOINT_METRICS:
        count = sum(getattr(score, COUNTED_BY[metric]) for score in scores)
        sums = sum(score.joint_sums[metric] for score in scores)
        for index, name in enumerate(names):
            result[name][metric] = float(sums[index]) / count if count else None
    return result


def plain_mean(groups: dict[str, dict]) -> dict[str, float | None]:
    """Returns the mean over groups, each counted once; None where none has a value."""
    result = {}
    for name in METRICS:
        values = [row[name] for row in groups.values() if row[name] is not None]
        result[name] = float(np.mean(values)) if values else None
    return result


def videos(scores: list[ViewScore]) -> list[dict]:
    """Returns a row for each video: all cameras of one take of one person.

    Cameras of a take show the same motion; they are no independent draws, nor are
    the chunks of a recording ("Walking 1 chunk0" and so on, of HumanEva). From these
    rows means, intervals and comparisons can be had without the data.

    Returns rows {"subject", "action", "take", "cameras": names, "frames", "steps",
    "triples", "sums": {metric: sum over all cameras' frames, steps or triples}}, sorted
    by their ids; views without a valid frame are left out.
    """
    groups = grouped(scores, lambda s: (s.subject, s.action, _CHUNK.sub("", s.take)))
    rows = []
    for ids, views in groups.items():
        row = dict(zip(VIDEO_IDS, ids, strict=True))
        row["cameras"] = sorted({view.camera for view in views})
        for count in ("frames", "steps", "triples"):
            row[count] = sum(getattr(view, count) for view in views)
        row["sums"] = {}
        for name in METRICS:
            values = [view.sums[name] for view in views]
            row["sums"][name] = None if None in values else sum(values)
        rows.append(row)
    return rows
