"""Pose errors in NumPy: per frame, in the unit of the poses, averaged over joints.

Shapes: N joints, F frames; `...` is any number of leading axes, zero included.
Every function averages over all joints it is given, the root included (its error
is zero where both poses are root-relative): choose joints before the call. All
compute in float64 and raise ValueError where the two poses differ in shape, have
no joint, or hold values that are not finite.
"""

from __future__ import annotations

import numpy as np

PCK_THRESHOLD = 0.150  # metres
AUC_THRESHOLDS = np.arange(0, 151, 5) / 1000.0  # metres; 31 of them, 0 included


def mpjpe(predicted, target) -> np.ndarray:
    """Mean per joint position error (Protocol 1).

    Args:
        predicted, target: (..., N, 3) poses.

    Returns:
        (...) mean distance over the joints.
    """
    return _distances(*_poses(predicted, target)).mean(axis=-1)


def p_mpjpe(predicted, target) -> np.ndarray:
    """MPJPE after the best similarity transform of each predicted pose (Protocol 2).

    Least squares over scale, proper rotation (a reflection is refused) and
    translation, after Umeyama, "Least-squares estimation of transformation
    parameters between two point patterns", 1991. A predicted pose whose joints
    all coincide is moved to the target's mean.

    Args:
        predicted, target: (..., N, 3) poses.

    Returns:
        (...) mean distance over the joints.
    """
    predicted, target = _poses(predicted, target)
    target_mean = target.mean(axis=-2, keepdims=True)
    centred = predicted - predicted.mean(axis=-2, keepdims=True)
    covariance = np.swapaxes(target - target_mean, -1, -2) @ centred  # (..., 3, 3)
    u, singular, vt = np.linalg.svd(covariance)
    # The smallest direction is turned round where the best orthogonal matrix
    # would mirror the pose.
    turn = np.ones_like(singular)
    turn[..., -1] = np.where(np.linalg.det(u) * np.linalg.det(vt) < 0, -1.0, 1.0)
    rotation = (u * turn[..., None, :]) @ vt
    scale = _ratio((singular * turn).sum(axis=-1), (centred**2).sum(axis=(-1, -2)))
    aligned = scale[..., None, None] * (centred @ np.swapaxes(rotation, -1, -2))
    return _distances(aligned + target_mean, target).mean(axis=-1)


def n_mpjpe(predicted, target) -> np.ndarray:
    """MPJPE after the best scale of each predicted pose, about the origin (Protocol 3).

    The scale is <target, predicted> / |predicted|^2, and 0 for a predicted pose
    whose joints all lie in the origin.

    Args:
        predicted, target: (..., N, 3) poses, relative to their root.

    Returns:
        (...) mean distance over the joints.
    """
    predicted, target = _poses(predicted, target)
    scale = _ratio(
        (target * predicted).sum(axis=(-1, -2)), (predicted**2).sum(axis=(-1, -2))
    )
    return _distances(scale[..., None, None] * predicted, target).mean(axis=-1)


def mpjve(predicted, target) -> np.ndarray:
    """Mean per joint velocity error of a whole video: MPJPE of frame differences.

    Args:
        predicted, target: (..., F, N, 3) stitched videos, F >= 1.

    Returns:
        (..., F - 1) mean distance over the joints, for each pair of neighbouring
        frames; in the poses' unit per frame.
    """
    predicted, target = _poses(predicted, target)
    if predicted.ndim < 3 or predicted.shape[-3] == 0:
        raise ValueError(
            f"`predicted` must have shape (..., F, N, 3), got {predicted.shape}."
        )
    velocities = (np.diff(poses, axis=-3) for poses in (predicted, target))
    return _distances(*velocities).mean(axis=-1)


def pck(predicted, target, threshold: float = PCK_THRESHOLD) -> np.ndarray:
    """Fraction of joints whose error is below a threshold, strictly.

    Args:
        predicted, target: (..., N, 3) poses.
        threshold: in the poses' unit.

    Returns:
        (...) fractions of 1.
    """
    return (_distances(*_poses(predicted, target)) < threshold).mean(axis=-1)


def auc(predicted, target) -> np.ndarray:
    """Mean of `pck` over the 31 thresholds 0, 5, ..., 150 mm.

    No error is below 0, so the highest value is 30/31.

    Args:
        predicted, target: (..., N, 3) poses in metres.

    Returns:
        (...) fractions of 1.
    """
    distances = _distances(*_poses(predicted, target))
    return (distances[..., None] < AUC_THRESHOLDS).mean(axis=(-1, -2))


def _poses(predicted, target):
    predicted = np.asarray(predicted, np.float64)
    target = np.asarray(target, np.float64)
    if predicted.ndim < 2 or predicted.shape[-1] != 3 or predicted.shape[-2] == 0:
        raise ValueError(
            f"`predicted` must have shape (..., N, 3), got {predicted.shape}."
        )
    if target.shape != predicted.shape:
        raise ValueError(
            f"`target` must have the shape of `predicted`, {predicted.shape}, got "
            f"{target.shape}."
        )
    for name, poses in (("predicted", predicted), ("target", target)):
        if not np.isfinite(poses).all():
            raise ValueError(f"`{name}` has values that are not finite.")
    return predicted, target


def _distances(predicted, target):
    return np.linalg.norm(predicted - target, axis=-1)


def _ratio(numerator, denominator):
    return np.divide(
        numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0
    )
