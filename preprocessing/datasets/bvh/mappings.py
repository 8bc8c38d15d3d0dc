"""The known namings of motion capture joints, and how a file's is recognised."""

from __future__ import annotations

import os

from dgnet_tf.errors import UserError
from preprocessing.datasets.bvh.hierarchy import Hierarchy
from preprocessing.datasets.bvh.joint_mapping import (
    SKELETON,
    Mapping,
    from_json,
    listing,
    mean,
)


def _named(name, spine, thorax, neck, head, limbs, **options) -> Mapping:
    """Builds a mapping; `limbs` are patterns of the six limb joints of a side."""
    sides = {
        side: [pattern.format(*words) for pattern in limbs]
        for side, words in (("left", ("Left", "l")), ("right", ("Right", "r")))
    }
    left, right = sides["left"], sides["right"]
    hip = (left[0], right[0])
    leg_and_trunk = (hip, *right[:3], *left[:3], spine, thorax, neck, head)
    return Mapping(
        name,
        tuple(mean(names) for names in (*leg_and_trunk, *left[3:], *right[3:])),
        **options,
    )


_LIMBS = ("{0}UpLeg", "{0}Leg", "{0}Foot", "{0}Arm", "{0}ForeArm", "{0}Hand")

# Searched in this order: the first whose joints are all there is taken.
MAPPINGS = (
    # CMU's data by B. Hahne (cgspeed), "MotionBuilder-friendly". Frame 0 is a
    # T-pose. The conversion lost CMU's thorax bone: neck and shoulders stand at its
    # lower end. The bone below, Spine1's, is as long to a few millimetres.
    _named(
        "cmu", "Spine", "Neck", ("Neck1", "Head"), ("Head", "Head/end"), _LIMBS,
        marks=("LHipJoint", "RHipJoint", "LowerBack", "Spine1"), skip_frames=1,
        lifted=("Neck", "LeftShoulder", "RightShoulder"),
    ),
    # The same data, "Daz-friendly": one figure for all subjects. Frame 0 is dropped
    # here too: a T-pose would ring through the spline, a frame of motion is no loss.
    # It has no top of the head: ours lies 12 cm above its joint of the head.
    _named(
        "daz", ("abdomen", "chest"), "neck", "head", {"head": 2.67, "neck": -1.67},
        ("{1}Thigh", "{1}Shin", "{1}Foot", "{1}Shldr", "{1}ForeArm", "{1}Hand"),
        marks=("lButtock", "rButtock"), skip_frames=1,
    ),
    _named("mixamo", "Spine1", "Neck", "Head", "HeadTop_End", _LIMBS),
    _named("motionbuilder", "Spine1", "Neck", "Head", "Head/end", _LIMBS),
    # Biovision's own names, which 3ds Max asks for.
    _named(
        "biovision", "Chest", "Neck", "Head", "Head/end",
        ("{0}Hip", "{0}Knee", "{0}Ankle", "{0}Shoulder", "{0}Elbow", "{0}Wrist"),
    ),
    # What `python -m dgnet_tf.lift` writes.
    Mapping(SKELETON.name, tuple(mean(joint) for joint in SKELETON.joints)),
)  # fmt: skip

NAMES = tuple(mapping.name for mapping in MAPPINGS)


def recognise(path, hierarchy: Hierarchy) -> Mapping:
    """Returns the first known mapping whose joints the file has.

    Raises:
        UserError: if there is none.
    """
    lacking = {mapping: mapping.missing(hierarchy) for mapping in MAPPINGS}
    for mapping, missing in lacking.items():
        if not missing:
            return mapping
    nearest = min(MAPPINGS, key=lambda mapping: len(lacking[mapping]))
    raise UserError(
        f"{path}: its joints have no known naming; {listing(lacking[nearest])} of "
        f"{nearest.name!r}, the nearest, are missing. Write which are which as JSON, "
        '{"hip": ["LeftThigh", "RightThigh"], "right_hip": "RightThigh", ...}, with '
        f"the joints {', '.join(SKELETON.joints)}, and give it as --mapping=FILE.json. "
        f"The file has {listing(hierarchy.names, 40)}."
    )


def named(name: str) -> Mapping:
    """Returns a known mapping, or the one that a JSON file holds.

    Raises:
        UserError: if there is no such mapping, or the file holds none.
    """
    if name in NAMES:
        return MAPPINGS[NAMES.index(name)]
    if not os.path.isfile(name):
        raise UserError(
            f"--mapping={name}: must be {', '.join(NAMES)} or a JSON file; not found."
        )
    return from_json(name)
