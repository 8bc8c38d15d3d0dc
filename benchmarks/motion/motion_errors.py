"""Errors of poses, velocities and accelerations."""

from __future__ import annotations

import numpy as np

from dgnet_tf import metrics

COLUMNS = ("mpjpe_mm", "velocity_mm_s", "acceleration_mm_s2")


def sums_of(poses, positions, valid, rate, root):
    """Returns (4, 2): sum and count of the errors of each of `COLUMNS`; frames last.

    Args:
        poses: (F, N, 3) metres, relative to the root.
        positions: (F, N, 3) metres, ground truth.
        valid: (F,) bool, frames that have one.
        rate: frames a second.
        root: index of the root.
    """
    target = positions - positions[:, root : root + 1]
    parts = [metrics.mpjpe(poses, target)[valid]]
    for order in (1, 2):
        if len(poses) <= order:
            parts.append(np.zeros(0))
            continue
        moved = np.diff(poses, order, axis=0), np.diff(target, order, axis=0)
        run = np.lib.stride_tricks.sliding_window_view(valid, order + 1).all(axis=-1)
        parts.append(metrics.mpjpe(*moved)[run] * rate**order)
    sums = [[1000 * part.sum(), len(part)] for part in parts]
    return np.array([*sums, [valid.sum(), 1]])


def means(sums) -> dict:
    """Returns {column: mean} of what `sums_of` gave, added up; None of nothing."""
    return {
        column: float(total / count) if count else None
        for column, (total, count) in zip(COLUMNS, sums[:3], strict=True)
    }
