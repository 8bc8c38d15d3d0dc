"""Keypoint layouts as data, and how a skeleton's joints are made from them."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class Layout:
    """The order of J keypoints, and the skeletons that can be made from it.

    Attributes:
        name: name by which users refer to the layout.
        joints: J keypoint names, in array order.
        skeletons: for each skeleton's name, its joints that are not keypoints of
            the same name: each is the plain mean of the keypoints listed.
    """

    name: str
    joints: tuple[str, ...]
    skeletons: dict[str, dict[str, tuple[str, ...]]]


_HIPS = ("left_hip", "right_hip")
_SHOULDERS = ("left_shoulder", "right_shoulder")

_LAYOUTS = (
    # A skeleton's own order: nothing to convert.
    *(Layout(s.name, s.joints, {s.name: {}}) for s in skeletons.SKELETONS.values()),
    Layout(
        name="coco_17",
        joints=(
            "nose", "left_eye", "right_eye", "left_ear", "right_ear",
            "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
            "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
            "right_knee", "left_ankle", "right_ankle",
        ),
        skeletons={
            # COCO marks no trunk and no top of the head; these stand in for it.
            "human36m_17": {
                "hip": _HIPS,
                "spine": _HIPS + _SHOULDERS,  # Midway from hip to thorax.
                "thorax": _SHOULDERS,
                "neck": ("nose",),
                "head": ("left_eye", "right_eye"),
            },
        },
    ),
)  # fmt: skip

LAYOUTS = {layout.name: layout for layout in _LAYOUTS}


def get(name: str) -> Layout:
    """Returns the layout of that name.

    Raises:
        UserError: if there is none; the message lists the known names.
    """
    if name not in LAYOUTS:
        raise UserError(f"layout must be one of {sorted(LAYOUTS)}, got {name!r}.")
    return LAYOUTS[name]


def convert(keypoints: np.ndarray, confidence: np.ndarray, layout: str, skeleton: str):
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
    found = get(layout)
    if skeleton not in found.skeletons:
        fitting = [row.name for row in _LAYOUTS if skeleton in row.skeletons]
        raise UserError(
            f"layout {layout!r} has no conversion to the model's skeleton "
            f"{skeleton!r}. Give keypoints in one of {fitting}, or take another model."
        )
    if keypoints.shape[-2] != len(found.joints):
        raise ValueError(
            f"`keypoints` must have {len(found.joints)} joints, as {layout!r}, got "
            f"{keypoints.shape[-2]}."
        )
    made = found.skeletons[skeleton]
    sources = [
        [found.joints.index(name) for name in made.get(joint, (joint,))]
        for joint in skeletons.get(skeleton).joints
    ]
    return (
        np.stack([keypoints[..., s, :].mean(axis=-2) for s in sources], axis=-2),
        np.stack([confidence[..., s].min(axis=-1) for s in sources], axis=-1),
    )
