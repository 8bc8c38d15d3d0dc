"""Pose errors in NumPy: per frame, in the unit of the poses, averaged over joints.

Shapes: N joints, F frames; `...` is any number of leading axes, zero included.
`predicted` and `target` are poses (..., N, 3), or whole videos (..., F, N, 3), F >= 1.
Every function averages over all joints it is given, the root included (its error
is zero where both poses are root-relative): choose joints before the call. All
compute in float64 and raise ValueError where the two poses differ in shape, have
no joint, or hold values that are not finite.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

PCK_THRESHOLD = 0.150  # metres
AUC_THRESHOLDS = np.arange(0, 151, 5) / 1000.0  # metres; 31 of them, 0 included


def mpjpe(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """Mean per joint position error (Protocol 1) of (..., N, 3) poses: (...)."""
    return joint_errors(predicted, target).mean(axis=-1)


def joint_errors(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """Distance of each joint of (..., N, 3) poses, which `mpjpe` averages: (..., N)."""
    return _distances(*_poses(predicted, target))


def p_mpjpe(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """MPJPE (...) of (..., N, 3) poses after `align` (Protocol 2)."""
    return _distances(align(predicted, target), target).mean(axis=-1)


def align(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """Moves each predicted pose onto its target by the best similarity transform.

    Least squares over scale, proper rotation (a reflection is refused) and
    translation, after Umeyama, "Least-squares estimation of transformation
    parameters between two point patterns", 1991. A predicted pose whose joints
    all coincide is moved to the target's mean. Takes and returns (..., N, 3).
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
    turned = centred @ np.swapaxes(rotation, -1, -2)
    return scale[..., None, None] * turned + target_mean


def n_mpjpe(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """MPJPE after the best scale of each predicted pose, about the origin (Protocol 3).

    Takes (..., N, 3) poses relative to their root, see `rescale`; returns (...).
    """
    return _distances(rescale(predicted, target), target).mean(axis=-1)


def rescale(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """Scales each predicted pose about the origin, by least squares.

    The scale is <target, predicted> / |predicted|^2, and 0 for a predicted pose
    whose joints all lie in the origin. Takes (..., N, 3) poses relative to their
    root, returns them so.
    """
    predicted, target = _poses(predicted, target)
    scale = _ratio(
        (target * predicted).sum(axis=(-1, -2)), (predicted**2).sum(axis=(-1, -2))
    )
    return scale[..., None, None] * predicted


def mpjve(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """Mean per joint velocity error of a whole video: MPJPE of frame differences.

    Of (..., F, N, 3) it gives (..., F - 1), one for each pair of neighbouring frames,
    in the poses' unit per frame.
    """
    return difference_errors(predicted, target, order=1).mean(axis=-1)


def acceleration_error(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """Mean per joint acceleration error: MPJPE of second differences in time.

    Of (..., F, N, 3) it gives (..., F - 2), one for each three frames in a row, at
    least (..., 0); in the poses' unit per frame squared.
    """
    return difference_errors(predicted, target, order=2).mean(axis=-1)


def difference_errors(
    predicted: npt.ArrayLike, target: npt.ArrayLike, order: int
) -> np.ndarray:
    """Distance of each joint's differences in time: what `mpjve` averages.

    Of (..., F, N, 3) and an order, 1 for velocities, 2 for accelerations, it gives
    (..., F - order, N), at least (..., 0, N).
    """
    predicted, target = _poses(predicted, target)
    if predicted.ndim < 3 or predicted.shape[-3] == 0:
        raise ValueError(
            f"`predicted` must have shape (..., F, N, 3), got {predicted.shape}."
        )
    return _distances(*(np.diff(p, n=order, axis=-3) for p in (predicted, target)))


def pck(
    predicted: npt.ArrayLike, target: npt.ArrayLike, threshold: float = PCK_THRESHOLD
) -> np.ndarray:
    """Fraction of joints whose error is below a threshold, strictly.

    Of (..., N, 3) poses and a threshold in their unit it gives (...) fractions of 1.
    """
    return (joint_errors(predicted, target) < threshold).mean(axis=-1)


def auc(predicted: npt.ArrayLike, target: npt.ArrayLike) -> np.ndarray:
    """Mean of `pck` over the 31 thresholds 0, 5, ..., 150 mm.

    Of (..., N, 3) poses in metres it gives (...) fractions of 1. No error is below 0,
    so the highest value is 30/31.
    """
    return below_thresholds(joint_errors(predicted, target)).mean(axis=-1)


def below_thresholds(errors: npt.ArrayLike) -> np.ndarray:
    """Share of `AUC_THRESHOLDS` that each error (...), in metres, is strictly below."""
    reached = np.searchsorted(AUC_THRESHOLDS, errors, side="right")
    return 1.0 - reached / len(AUC_THRESHOLDS)


def skate(feet: npt.ArrayLike, contact: npt.ArrayLike) -> np.ndarray:
    """Returns how far each foot moves from one frame to the next while it stands.

    Args:
        feet: (F, J, 3) places of the feet, in a still world's or camera's axes.
        contact: (F, J) whether each stands.

    Returns:
        (n,) distances, one for each foot and two frames in a row in which it stands,
        in the places' unit; their mean is the skate a frame.

    Raises:
        ValueError: if shapes differ or values are not finite.
    """
    feet, contact = np.asarray(feet, np.float64), np.asarray(contact, bool)
    if feet.ndim != 3 or feet.shape[-1] != 3 or feet.shape[:2] != contact.shape:
        raise ValueError(
            f"`feet` must be (F, J, 3) and `contact` (F, J), got {feet.shape} and "
            f"{contact.shape}."
        )
    if not np.isfinite(feet).all():
        raise ValueError("`feet` has values that are not finite.")
    moved = np.linalg.norm(np.diff(feet, axis=0), axis=-1)
    return moved[contact[1:] & contact[:-1]]


def drift(
    predicted: npt.ArrayLike, target: npt.ArrayLike, length: float = 5.0
) -> np.ndarray:
    """Returns how wrong a trajectory is after each stretch of a way.

    As KITTI's odometry benchmark has it (Geiger, Lenz and Urtasun 2012): over every
    part of the target in which it has gone `length`, from where it stands at the
    part's start, the difference of the two displacements. It knows no camera: an
    error that stays the same is no drift.

    Args:
        predicted, target: (F, 3) places.
        length: of the way, in their unit, along the target.

    Returns:
        (n,) distances in their unit, one for each frame that a whole part begins at.

    Raises:
        ValueError: if shapes differ, or a value is not finite.
    """
    predicted, target = _poses(predicted, target)
    way = np.concatenate(
        [[0.0], np.linalg.norm(np.diff(target, axis=0), axis=-1).cumsum()]
    )
    ends = np.searchsorted(way, way + length)
    starts = np.flatnonzero(ends < len(way))
    off = predicted - target
    return np.linalg.norm(off[ends[starts]] - off[starts], axis=-1)


def _poses(
    predicted: npt.ArrayLike, target: npt.ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
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
