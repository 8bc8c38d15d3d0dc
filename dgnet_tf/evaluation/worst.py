"""The worst two seconds of each view, and the worst of them all."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf.data import view_names

SECONDS = 2.0


@dataclasses.dataclass(frozen=True)
class WorstStretch:
    """A stretch of a view, and its error."""

    subject: str
    action: str
    take: str
    camera: str
    first_frame: int  # its index in the view
    frames: int
    valid_frames: int  # how many of them have ground truth
    mpjpe_mm: float  # mean over these


def find(view, mpjpe_mm: np.ndarray) -> WorstStretch | None:
    """Returns the two seconds of a view with the highest mean error.

    A stretch is `SECONDS` of consecutive frames, or the whole view where that is
    shorter, and has at least half as many valid frames as the one with the most:
    else one bad frame beside a gap would stand for two seconds. None if no frame is
    valid. `mpjpe_mm` (F,) is not looked at where a frame is invalid.
    """
    valid = view.valid
    if not valid.any():
        return None
    length = min(max(round(SECONDS * view.fps), 1), len(valid))
    counts = _moving_sums(valid.astype(np.float64), length)
    sums = _moving_sums(np.where(valid, mpjpe_mm, 0.0), length)
    enough = counts >= max(counts.max() / 2, 1)
    means = np.divide(sums, counts, out=np.full_like(sums, -1.0), where=enough)
    first = int(means.argmax())
    return WorstStretch(
        **{name: getattr(view, name) for name in view_names.IDS},
        first_frame=first,
        frames=length,
        valid_frames=int(counts[first]),
        mpjpe_mm=float(means[first]),
    )


def _moving_sums(values, length):
    """Sums of each `length` neighbours of (F,) values, (F - length + 1,)."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return sums[length:] - sums[:-length]


def stretches(scores, count: int = 10) -> list[dict]:
    """Returns the worst stretches as dictionaries, worst first, one for each video.

    Cameras of a take show the same motion, so only the worst of them is listed.
    """
    worst: dict[tuple, WorstStretch] = {}
    for score in scores:
        video = (score.subject, score.action, score.take)
        found = score.worst
        if found and (video not in worst or found.mpjpe_mm > worst[video].mpjpe_mm):
            worst[video] = found
    ordered = sorted(worst.values(), key=lambda found: -found.mpjpe_mm)
    return [dataclasses.asdict(found) for found in ordered[:count]]


def joints(per_joint: dict[str, dict], count: int = 5) -> list[dict]:
    """Returns the joints with the highest MPJPE in {joint: {metric: mean}}."""
    ordered = sorted(per_joint, key=lambda joint: -per_joint[joint]["mpjpe_mm"])
    return [
        {"joint": joint, **{m: per_joint[joint][m] for m in ("mpjpe_mm", "p_mpjpe_mm")}}
        for joint in ordered[:count]
    ]
