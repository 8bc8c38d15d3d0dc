"""Which joints of a skeleton are scored."""

from __future__ import annotations

import dataclasses

from dgnet_tf import skeletons

_LIMBS = tuple(
    f"{side}_{joint}"
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
)
# MPI-INF-3DHP scores PCK and AUC over the top of the head, the neck and twelve joints
# of the limbs. Human3.6M calls the two of the trunk head and thorax. humaneva_15 has
# no such form: nothing says that its head joint is the top of the head.
_FOURTEEN = {
    "human36m_17": ("head", "thorax", *_LIMBS),
    "human36m_16": ("head", "thorax", *_LIMBS),
    "mpi_inf_3dhp_17": ("head_top", "neck", *_LIMBS),
}


@dataclasses.dataclass(frozen=True)
class JointSet:
    """Joints that are scored: J of a skeleton, in its order."""

    names: tuple[str, ...]
    root: int  # index of the joint that poses are made relative to, in the skeleton
    counted: tuple[int, ...]  # indices of the J joints, in the skeleton
    fourteen: tuple[int, ...] | None  # among the J; None where it has no such form


def choose(skeleton: str, count_root: bool = True) -> JointSet:
    """Returns the scored joints of a skeleton: all, or all but the root.

    The root's own error is zero; counting it lowers every mean.
    """
    found = skeletons.get(skeleton)
    counted = tuple(
        index for index in range(len(found.joints)) if count_root or index != found.root
    )
    names = tuple(found.joints[index] for index in counted)
    fourteen = None
    if skeleton in _FOURTEEN:
        fourteen = tuple(sorted(names.index(name) for name in _FOURTEEN[skeleton]))
    return JointSet(names, found.root, counted, fourteen)
