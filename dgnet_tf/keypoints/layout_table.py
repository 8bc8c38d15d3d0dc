"""The table of keypoint layouts, with every conversion to a skeleton."""

from __future__ import annotations

import dataclasses

from dgnet_tf import skeletons


@dataclasses.dataclass(frozen=True)
class Layout:
    """The order of J keypoints, and the skeletons that can be made from it.

    Attributes:
        name: name by which users refer to the layout.
        joints: J keypoint names, in array order; left and right are the person's.
        skeletons: for each skeleton's name, its joints that are not keypoints of
            the same name: each is the plain mean of the keypoints listed, and one
            that is listed twice counts twice.
        exported: whether exported models have signatures for it.
    """

    name: str
    joints: tuple[str, ...]
    skeletons: dict[str, dict[str, tuple[str, ...]]]
    exported: bool = False


def _bodies(hip, spine, thorax, head, neck=("nose",), middle_of_head=("nose",)):
    """Returns the conversions to the skeletons that detectors' keypoints give.

    Human3.6M's "neck" stands at the nose, and its "head" at the top of the head;
    HumanEva-I's "head" is the middle of the head.
    """
    human36m = {"hip": hip, "spine": spine, "thorax": thorax, "head": head}
    return {
        "human36m_17": {**human36m, "neck": neck},
        "human36m_16": human36m,
        "humaneva_15": {"pelvis": hip, "thorax": thorax, "head": middle_of_head},
    }


_HIPS = ("left_hip", "right_hip")
_SHOULDERS = ("left_shoulder", "right_shoulder")
_EYES = ("left_eye", "right_eye")
_TRUNK = _HIPS + _SHOULDERS  # The spine is midway from hip to thorax.

_COCO = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
_OPENPOSE_TO_WRISTS = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder",
    "left_elbow", "left_wrist",
)  # fmt: skip
_OPENPOSE_TO_EARS = (
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
_OPENPOSE_FEET = (
    "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe",
    "right_heel",
)  # fmt: skip

# COCO and MediaPipe mark no trunk and no top of the head: the middle between the eyes
# stands in for that.
_BODIES_WITHOUT_TRUNK = _bodies(_HIPS, _TRUNK, thorax=_SHOULDERS, head=_EYES)

_LAYOUTS = (
    # A skeleton's own order, and skeletons with some of its joints.
    *(
        Layout(own.name, own.joints, {
            other.name: {}
            for other in skeletons.SKELETONS.values()
            if set(other.joints) <= set(own.joints)
        })
        for own in skeletons.SKELETONS.values()
    ),
    Layout("coco_17", _COCO, _BODIES_WITHOUT_TRUNK, exported=True),
    # OpenPose's neck is the middle between the shoulders.
    Layout(
        "openpose_18",
        (*_OPENPOSE_TO_WRISTS, *_OPENPOSE_TO_EARS),
        _bodies(_HIPS, (*_HIPS, "neck", "neck"), thorax=("neck",), head=_EYES),
    ),
    Layout(
        "openpose_25",
        (*_OPENPOSE_TO_WRISTS, "mid_hip", *_OPENPOSE_TO_EARS, *_OPENPOSE_FEET),
        _bodies(("mid_hip",), ("mid_hip", "neck"), thorax=("neck",), head=_EYES),
        exported=True,
    ),
    # BODY_25B starts as COCO does and has the top of the head. Its upper neck, which
    # is MPII's, lies above the thorax and is not used.
    Layout(
        "openpose_25b",
        (*_COCO, "upper_neck", "head_top", *_OPENPOSE_FEET),
        _bodies(_HIPS, _TRUNK, thorax=_SHOULDERS, head=("head_top",)),
        exported=True,
    ),
    # Halpe has the trunk's keypoints, and the top of the head as "head".
    Layout(
        "halpe_26",
        (
            *_COCO, "head", "neck", "hip", "left_big_toe", "right_big_toe",
            "left_small_toe", "right_small_toe", "left_heel", "right_heel",
        ),
        _bodies(("hip",), ("neck", "hip"), thorax=("neck",), head=("head",)),
        exported=True,
    ),
    Layout(
        "mediapipe_33",
        (
            "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner",
            "right_eye", "right_eye_outer", "left_ear", "right_ear", "mouth_left",
            "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
            "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky",
            "left_index", "right_index", "left_thumb", "right_thumb", "left_hip",
            "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
            "left_heel", "right_heel", "left_foot_index", "right_foot_index",
        ),
        _BODIES_WITHOUT_TRUNK,
        exported=True,
    ),
    # MPII's 16 joints, as the Stacked Hourglass network orders them.
    Layout(
        "stacked_hourglass_16",
        (
            "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee",
            "left_ankle", "hip", "spine", "thorax", "head", "right_wrist",
            "right_elbow", "right_shoulder", "left_shoulder", "left_elbow",
            "left_wrist",
        ),
        {"human36m_16": {}},
    ),
    # Penn Action's README names the left one of each pair first, but as the viewer
    # sees it: that is the person's right. It has no nose: the neck is midway from
    # thorax to head.
    Layout(
        "penn_action_13",
        (
            "head", "right_shoulder", "left_shoulder", "right_elbow", "left_elbow",
            "right_wrist", "left_wrist", "right_hip", "left_hip", "right_knee",
            "left_knee", "right_ankle", "left_ankle",
        ),
        _bodies(
            _HIPS, _TRUNK, thorax=_SHOULDERS, head=("head",),
            neck=(*_SHOULDERS, "head", "head"), middle_of_head=("head",),
        ),
    ),
)  # fmt: skip

LAYOUTS = {layout.name: layout for layout in _LAYOUTS}
