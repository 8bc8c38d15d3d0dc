"""The known namings of motion capture joints, and how a file's is recognised."""

from __future__ import annotations

import dataclasses
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


def _named(name, limbs, thorax="Neck", neck="Head", head=(), spine=(), **options):
    """Builds a mapping; `limbs` are the six limb joints of a side, in patterns."""
    sides = {
        side: [pattern.format(*words.split()) for pattern in limbs.split(", ")]
        for side, words in (("left", "Left l L"), ("right", "Right r R"))
    }
    left, right = sides["left"], sides["right"]
    hip = (left[0], right[0])
    leg_and_trunk = (hip, *right[:3], *left[:3], spine, thorax, neck, head)
    return Mapping(
        name,
        tuple(mean(names) for names in (*leg_and_trunk, *left[3:], *right[3:])),
        **options,
    )


_HUMANIK = "{0}UpLeg, {0}Leg, {0}Foot, {0}Arm, {0}ForeArm, {0}Hand"
_BIOVISION = "{0}Hip, {0}Knee, {0}Ankle, {0}Shoulder, {0}Elbow, {0}Wrist"

# Searched in this order: the first whose joints are all there is taken. A naming may
# stand here several times. Where spine and head are not given, see `placement`.
MAPPINGS = (
    # CMU's data by B. Hahne (cgspeed), "MotionBuilder-friendly". Frame 0 is a
    # T-pose. The conversion lost CMU's thorax bone: neck and shoulders stand at its
    # lower end. The bone below, Spine1's, is as long to a few millimetres.
    _named(
        "cmu", _HUMANIK, "Neck", ("Neck1", "Head"), ("Head", "Head/end"), "Spine",
        marks=("LHipJoint", "RHipJoint", "LowerBack", "Spine1"), skip_frames=1,
        lifted=("Neck", "LeftShoulder", "RightShoulder"),
    ),
    # The same data, "Daz-friendly": one figure for all subjects. Frame 0 is dropped
    # here too: a T-pose would ring through the spline, a frame of motion is no loss.
    # It has no top of the head: ours lies 12 cm above its joint of the head.
    _named(
        "daz", "{1}Thigh, {1}Shin, {1}Foot, {1}Shldr, {1}ForeArm, {1}Hand",
        "neck", "head", {"head": 2.67, "neck": -1.67}, ("abdomen", "chest"),
        marks=("lButtock", "rButtock"), skip_frames=1,
    ),
    _named("mixamo", _HUMANIK, head="HeadTop_End"),
    # Perception Neuron's Axis Neuron, with fingers.
    _named("neuron", _HUMANIK, marks=("LeftInHandIndex", "RightInHandIndex")),
    # Rokoko Studio: four spine joints, and HumanIK's names or its own.
    _named("rokoko", _HUMANIK, marks=("Spine3",)),
    _named("rokoko", "{0}Thigh, {0}Shin, {0}Foot, {0}Arm, {0}ForeArm, {0}Hand"),
    _named("motionbuilder", _HUMANIK),
    # Xsens MVN: its BVH export, and the names of its segments.
    _named("xsens", _BIOVISION, marks=("Chest4",)),
    _named(
        "xsens",
        "{0}UpperLeg, {0}LowerLeg, {0}Foot, {0}UpperArm, {0}ForeArm, {0}Hand",
        marks=("T8",),
    ),
    _named(
        "xsens",
        "{0} Upper Leg, {0} Lower Leg, {0} Foot, {0} Upper Arm, {0} Forearm, {0} Hand",
        marks=("T8",),
    ),
    # Biovision's own names, which 3ds Max asks for.
    _named("biovision", _BIOVISION),
    _named(
        "biped", "{2} Thigh, {2} Calf, {2} Foot, {2} UpperArm, {2} Forearm, {2} Hand"
    ),
    _named(
        "unreal", "thigh_{1}, calf_{1}, foot_{1}, upperarm_{1}, lowerarm_{1}, hand_{1}",
        "neck_01", "head",
    ),
    # Unity's humanoid and VRM.
    _named(
        "unity", "{0}UpperLeg, {0}LowerLeg, {0}Foot, {0}UpperArm, {0}LowerArm, {0}Hand"
    ),
    # OptiTrack Motive's own.
    _named("optitrack", "{2}Thigh, {2}Shin, {2}Foot, {2}UArm, {2}FArm, {2}Hand"),
    # SMPL's, of AMASS.
    _named("smpl", "{2}_Hip, {2}_Knee, {2}_Ankle, {2}_Shoulder, {2}_Elbow, {2}_Wrist"),
    # What `python -m dgnet_tf.lift` writes.
    Mapping(SKELETON.name, tuple(mean(joint) for joint in SKELETON.joints)),
)  # fmt: skip

NAMES = tuple(dict.fromkeys(mapping.name for mapping in MAPPINGS))


def choose(
    path, hierarchy: Hierarchy, known: tuple[Mapping, ...] = MAPPINGS
) -> Mapping:
    """Returns the first mapping whose joints the file has.

    If there is none, the first whose joints it has but for capitals and the signs
    between words: `leftUpLeg`, `Left_UpLeg`.

    Args:
        path: the file, for messages.
        hierarchy: its joints.
        known: the mappings to choose from: all, or what `named` returned.

    Raises:
        UserError: if there is none.
    """
    lacking = {mapping: mapping.missing(hierarchy) for mapping in known}
    for mapping, missing in lacking.items():
        if not missing:
            return mapping
    for mapping in known:
        loose = dataclasses.replace(mapping, loose=True)
        if not loose.missing(hierarchy):
            return loose
    nearest = min(known, key=lambda mapping: len(lacking[mapping]))
    missing = listing(lacking[nearest])
    if known != MAPPINGS:
        raise UserError(
            f"{path}: has no joint {missing} (or several of that name), which mapping "
            f"{nearest.name!r} names. The file has {listing(hierarchy.names, 40)}."
        )
    raise UserError(
        f"{path}: its joints have no known naming; {missing} of "
        f"{nearest.name!r}, the nearest, are missing. Write which are which as JSON, "
        '{"hip": ["LeftThigh", "RightThigh"], "right_hip": "RightThigh", ...}, with '
        f"the joints {', '.join(SKELETON.joints)}, and give it as --mapping=FILE.json. "
        f"The file has {listing(hierarchy.names, 40)}."
    )


def named(name: str) -> tuple[Mapping, ...]:
    """Returns the known mappings of a name, or the one that a JSON file holds.

    Raises:
        UserError: if there is no such mapping, or the file holds none.
    """
    if name in NAMES:
        return tuple(mapping for mapping in MAPPINGS if mapping.name == name)
    if not os.path.isfile(name):
        raise UserError(
            f"--mapping={name}: must be {', '.join(NAMES)} or a JSON file; not found."
        )
    return (from_json(name),)
