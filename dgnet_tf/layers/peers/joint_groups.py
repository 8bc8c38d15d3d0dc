"""Groups of joints, over which the peers' networks take maxima."""

from __future__ import annotations

from dgnet_tf import skeletons

_SIDES = ("right", "left")
# Of `parts`, in order; the torso is what the others hang from.
PARTS = ("torso", "right_leg", "left_leg", "left_arm", "right_arm")
_LIMBS = {"leg": ("hip", "knee", "ankle"), "arm": ("shoulder", "elbow", "wrist")}


def pairs(skeleton: str) -> tuple[tuple[int, ...], ...]:
    """Returns SemGCN's groups: neighbours in the body, two by two.

    Knee with ankle and elbow with wrist of each side, both hips, both shoulders, root
    with spine, and what is left of the trunk. With the 16 joints of SemGCN these are
    its eight pairs; the neck, which is the 17th joint of human36m_17, makes the last
    group, thorax and head, one of three. mpi_inf_3dhp_17 has a group of three there,
    too, and humaneva_15, which has no spine, its pelvis alone.
    """
    chosen = skeletons.get(skeleton)
    index = chosen.joints.index
    groups = [
        tuple(index(f"{side}_{name}") for name in names)
        for names in (("knee", "ankle"), ("elbow", "wrist"))
        for side in _SIDES
    ]
    groups += [
        tuple(index(f"{side}_{name}") for side in _SIDES)
        for name in ("hip", "shoulder")
    ]
    low = [chosen.root] + [i for i, n in enumerate(chosen.joints) if n == "spine"]
    taken = {joint for group in (*groups, low) for joint in group}
    high = [i for i in range(len(chosen.joints)) if i not in taken]
    return (*groups, tuple(low), tuple(high))


def parts(skeleton: str) -> tuple[tuple[int, ...], ...]:
    """Returns Cai et al.'s body parts, in the order of `PARTS`: torso and four limbs.

    A limb begins with its hip or shoulder.
    """
    chosen = skeletons.get(skeleton)
    limbs = [
        tuple(chosen.joints.index(f"{side}_{joint}") for joint in _LIMBS[limb])
        for side, limb in (name.split("_") for name in PARTS[1:])
    ]
    taken = {joint for limb in limbs for joint in limb}
    torso = tuple(i for i in range(len(chosen.joints)) if i not in taken)
    return (torso, *limbs)
