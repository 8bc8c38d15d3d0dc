"""Looks up keypoint layouts, and converts their keypoints to a skeleton's joints."""

from __future__ import annotations

import functools

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints.layout_table import LAYOUTS, Layout


def get(name: str) -> Layout:
    """Returns the layout of that name; a UserError lists the names if there is none."""
    if name not in LAYOUTS:
        raise UserError(f"layout must be one of {sorted(LAYOUTS)}, got {name!r}.")
    return LAYOUTS[name]


def check_count(where: object, joints: int, name: str) -> None:
    """Raises a UserError if a file's number of joints is not that of the layout `name`.

    The message names `where` and lists the layouts that would fit.
    """
    expected = len(get(name).joints)
    if joints == expected:
        return
    fitting = [row.name for row in LAYOUTS.values() if len(row.joints) == joints]
    raise UserError(
        f"{where}: has {joints} joints in a frame, layout {name!r} has {expected}. "
        f"Name the layout that the file is in; with {joints} joints there are "
        f"{', '.join(fitting) or 'none'}."
    )


def convert(
    keypoints: np.ndarray, confidence: np.ndarray, layout: str, skeleton: str
) -> tuple[np.ndarray, np.ndarray]:
    """Makes a skeleton's joints from keypoints of a layout.

    Args:
        keypoints: (..., J, 2).
        confidence: (..., J).
        layout: name of the keypoints' layout.
        skeleton: name of the skeleton.

    Returns:
        (..., N, 2) keypoints; (..., N) confidence: a joint is as sure as the least
        sure keypoint that it is made from.

    Raises:
        UserError: if there is no such layout or it does not give that skeleton.
        ValueError: if the number of keypoints is not the layout's.
    """
    joints = len(get(layout).joints)
    made_from = sources(layout, skeleton)
    if keypoints.shape[-2] != joints:
        raise ValueError(
            f"`keypoints` must have {joints} joints, as {layout!r}, got "
            f"{keypoints.shape[-2]}."
        )
    return (
        np.stack([keypoints[..., s, :].mean(axis=-2) for s in made_from], axis=-2),
        np.stack([confidence[..., s].min(axis=-1) for s in made_from], axis=-1),
    )


def lacking(confidence: np.ndarray, layout: str, skeleton: str) -> list[str]:
    """Returns a skeleton's joints that cannot be made, since no frame shows a part.

    Args:
        confidence: (F, J) of one person, 0 where a keypoint is missing.
        layout: name of the keypoints' layout.
        skeleton: name of the skeleton.

    Raises:
        UserError: see `sources`.
    """
    seen = np.any(confidence > 0, axis=0)
    made_from = sources(layout, skeleton)
    joints = skeletons.get(skeleton).joints
    return [
        name for name, s in zip(joints, made_from, strict=True) if not seen[s].all()
    ]


@functools.cache
def sources(layout: str, skeleton: str) -> list[list[int]]:
    """Returns which of a layout's keypoints each of a skeleton's N joints is made from.

    A joint is their plain mean; one that is listed twice counts twice.

    Raises:
        UserError: if there is no such layout or it does not give that skeleton.
    """
    found = get(layout)
    if skeleton not in found.skeletons:
        fitting = [row.name for row in LAYOUTS.values() if skeleton in row.skeletons]
        raise UserError(
            f"layout {layout!r} has no conversion to the model's skeleton "
            f"{skeleton!r}. Give keypoints in one of {fitting}, or take another model."
        )
    made = found.skeletons[skeleton]
    return [
        [found.joints.index(name) for name in made.get(joint, (joint,))]
        for joint in skeletons.get(skeleton).joints
    ]
