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


def _bodies(*, hip, spine, thorax, neck, head, middle_of_head):
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
_NOSE = ("nose",)

_LIMBS_OF_COCO = (
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
    "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
_COCO = ("nose", "left_eye", "right_eye", "left_ear", "right_ear", *_LIMBS_OF_COCO)
_ARMS_OF_OPENPOSE = (
    "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow",
    "left_wrist",
)  # fmt: skip
_LEGS_OF_OPENPOSE = (
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
)  # fmt: skip
_FEET_OF_OPENPOSE = (
    "left_big_toe", "left_small_toe", "left_heel", "right_big_toe",
    "right_small_toe", "right_heel",
)  # fmt: skip

# COCO and MediaPipe mark no trunk and no top of the head: the middle between the eyes
# stands in for that. The spine is midway from hip to thorax.
_BODIES_WITHOUT_TRUNK = _bodies(
    hip=_HIPS, spine=_HIPS + _SHOULDERS, thorax=_SHOULDERS, neck=_NOSE, head=_EYES,
    middle_of_head=_NOSE,
)  # fmt: skip

_LAYOUTS = (
    # A skeleton's own order, and skeletons with some of its joints.
    *(
        Layout(
            own.name,
            own.joints,
            {
                other.name: {}
                for other in skeletons.SKELETONS.values()
                if set(other.joints) <= set(own.joints)
            },
        )
        for own in skeletons.SKELETONS.values()
    ),
    Layout(
        name="coco_17",
        exported=True,
        joints=_COCO,
        skeletons=_BODIES_WITHOUT_TRUNK,
    ),
    # OpenPose's neck is the middle between the shoulders.
    Layout(
        name="openpose_18",
        joints=(
            "nose", "neck", *_ARMS_OF_OPENPOSE, *_LEGS_OF_OPENPOSE, "right_eye",
            "left_eye", "right_ear", "left_ear",
        ),
        skeletons=_bodies(
            hip=_HIPS, spine=(*_HIPS, "neck", "neck"), thorax=("neck",), neck=_NOSE,
            head=_EYES, middle_of_head=_NOSE,
        ),
    ),
    Layout(
        name="openpose_25",
        exported=True,
        joints=(
            "nose", "neck", *_ARMS_OF_OPENPOSE, "mid_hip", *_LEGS_OF_OPENPOSE,
            "right_eye", "left_eye", "right_ear", "left_ear", *_FEET_OF_OPENPOSE,
        ),
        skeletons=_bodies(
            hip=("mid_hip",), spine=("mid_hip", "neck"), thorax=("neck",), neck=_NOSE,
            head=_EYES, middle_of_head=_NOSE,
        ),
    ),
    # BODY_25B starts as COCO does and has the top of the head. Its upper neck, which
    # is MPII's, lies above the thorax and is not used.
    Layout(
        name="openpose_25b",
        exported=True,
        joints=(*_COCO, "upper_neck", "head_top", *_FEET_OF_OPENPOSE),
        skeletons=_bodies(
            hip=_HIPS, spine=_HIPS + _SHOULDERS, thorax=_SHOULDERS, neck=_NOSE,
            head=("head_top",), middle_of_head=_NOSE,
        ),
    ),
    # Halpe has the trunk's keypoints, and the top of the head as "head".
    Layout(
        name="halpe_26",
        exported=True,
        joints=(
            *_COCO, "head", "neck", "hip", "left_big_toe", "right_big_toe",
            "left_small_toe", "right_small_toe", "left_heel", "right_heel",
        ),
        skeletons=_bodies(
            hip=("hip",), spine=("neck", "hip"), thorax=("neck",), neck=_NOSE,
            head=("head",), middle_of_head=_NOSE,
        ),
    ),
    Layout(
        name="mediapipe_33",
        exported=True,
        joints=(
            "nose", "left_eye_inner", "left_eye", "left_eye_outer",
            "right_eye_inner", "right_eye", "right_eye_outer", "left_ear",
            "right_ear", "mouth_left", "mouth_right", "left_shoulder",
            "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
            "right_wrist", "left_pinky", "right_pinky", "left_index",
            "right_index", "left_thumb", "right_thumb", "left_hip", "right_hip",
            "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel",
            "right_heel", "left_foot_index", "right_foot_index",
        ),
        skeletons=_BODIES_WITHOUT_TRUNK,
    ),
    # MPII's 16 joints, as the Stacked Hourglass network orders them.
    Layout(
        name="stacked_hourglass_16",
        joints=(
            "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee",
            "left_ankle", "hip", "spine", "thorax", "head", "right_wrist",
            "right_elbow", "right_shoulder", "left_shoulder", "left_elbow",
            "left_wrist",
        ),
        skeletons={"human36m_16": {}},
    ),
    # Penn Action's README names the left one of each pair first, but as the viewer
    # sees it: that is the person's right. It has no nose: the neck is midway from
    # thorax to head.
    Layout(
        name="penn_action_13",
        joints=(
            "head", "right_shoulder", "left_shoulder", "right_elbow", "left_elbow",
            "right_wrist", "left_wrist", "right_hip", "left_hip", "right_knee",
            "left_knee", "right_ankle", "left_ankle",
        ),
        skeletons=_bodies(
            hip=_HIPS, spine=_HIPS + _SHOULDERS, thorax=_SHOULDERS,
            neck=(*_SHOULDERS, "head", "head"), head=("head",),
            middle_of_head=("head",),
        ),
    ),
)  # fmt: skip

LAYOUTS = {layout.name: layout for layout in _LAYOUTS}
