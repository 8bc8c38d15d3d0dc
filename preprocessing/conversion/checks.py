"""Plausibility checks that reveal wrong units, axes, joints or cameras."""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import cameras
from dgnet_tf.data.view import View
from dgnet_tf.skeletons import Skeleton

BONE_VARIATION = 0.10  # standard deviation over mean of a bone's length
ASYMMETRY = 0.15  # difference of a left and a right bone over their mean
BODY_LENGTH = (0.8, 2.3)  # metres, from ankle to head along the bones
UPRIGHT = 0.50  # share of frames with the head well above the ankles
OUTSIDE = 0.001  # share of joints outside the image
REPROJECTION_PX = 15.0  # mean distance of keypoints from the projected positions
# Mean over all views: projections lie closer, detections farther away than this.
NEARLY_PROJECTED_PX = (0.02, 1.0)


@dataclasses.dataclass(frozen=True)
class Measures:
    """What the checks need of one view, over its valid frames.

    Attributes:
        name: subject/action/take/camera.
        subject: the person.
        frames: number of valid frames.
        bones, squared_bones: (N - 1,) sums of bone lengths and of their squares.
        spans: sums of the distances between hands, feet and head: the same for each
            camera, and as good as never the same for two motions.
        upright: frames with the head above the ankles, in the image's sense, by
            half the body's length or more.
        joints: number of joints looked at.
        behind, outside: how many of them are behind the camera, and (of those
            before it) outside the image.
        reprojection: mean distance of keypoints from projected positions, pixels;
            None where intrinsics are unknown.
    """

    name: str
    subject: str
    frames: int
    bones: np.ndarray
    squared_bones: np.ndarray
    spans: np.ndarray
    upright: int
    joints: int
    behind: int
    outside: int
    reprojection: float | None


@dataclasses.dataclass(frozen=True)
class Finding:
    """The outcome of one check, and what to do where it failed."""

    passed: bool
    text: str
    advice: str = ""

    def line(self, strict: bool) -> str:
        """Returns the printed line."""
        if self.passed:
            return f"ok: {self.text}"
        advice = f". {self.advice}" if self.advice else ""
        return f"{'refused' if strict else 'warning'}: {self.text}{advice}"


def measure(view: View, skeleton: Skeleton) -> Measures:
    """Measures one view."""
    valid = np.asarray(view.valid, bool)
    positions = view.positions[valid].astype(np.float64)
    keypoints = view.keypoints[valid].astype(np.float64)
    child, parent = (list(side) for side in zip(*skeleton.edges, strict=True))
    bones = np.sqrt(((positions[:, child] - positions[:, parent]) ** 2).sum(-1))
    down = positions[..., 1]
    ankles = down[:, _ankles(skeleton)].mean(axis=1)
    upright = ankles - down[:, _head(skeleton)] >= bones[:, body(skeleton)].sum(1) / 2
    front = positions[..., 2] > 0.0
    seen = keypoints[front]
    outside = ((seen < 0.0) | (seen > view.image_size)).any(axis=-1)
    reprojection = None
    if view.intrinsics[cameras.FOCAL].all() and front.any():
        offset = cameras.project(positions[front], view.intrinsics) - seen
        reprojection = float(np.sqrt((offset**2).sum(-1)).mean())
    return Measures(
        name=view.name,
        subject=view.subject,
        frames=len(positions),
        bones=bones.sum(axis=0),
        squared_bones=(bones**2).sum(axis=0),
        spans=_spans(positions, skeleton),
        upright=int(upright.sum()),
        joints=front.size,
        behind=int((~front).sum()),
        outside=int(outside.sum()),
        reprojection=reprojection,
    )


def check_views(measures: list[Measures], skeleton: Skeleton) -> list[Finding]:
    """Judges a data set by the measures of all its views."""
    measures = [view for view in measures if view.frames]
    if not measures:
        return [Finding(True, "no frame has ground truth; nothing to check")]
    lengths = {
        subject: _bone_lengths([m for m in measures if m.subject == subject])
        for subject in sorted({m.subject for m in measures})
    }
    return [
        _bone_variation(lengths, skeleton),
        _symmetry(lengths, skeleton),
        _body_length(lengths, skeleton),
        _upright(measures),
        _in_front(measures),
        _in_image(measures),
        _reprojection(measures),
    ]


def _spans(positions, skeleton):
    ends = [j for j in range(len(skeleton.joints)) if j not in skeleton.parents]
    one, other = np.triu_indices(len(ends), 1)
    between = positions[:, ends][:, one] - positions[:, ends][:, other]
    return np.sqrt((between**2).sum(-1)).sum(axis=0)


def _ankles(skeleton):
    return [skeleton.joints.index(f"{side}_ankle") for side in ("left", "right")]


def _head(skeleton):
    top = "head_top" if "head_top" in skeleton.joints else "head"
    return skeleton.joints.index(top)


def body(skeleton: Skeleton) -> list[int]:
    """Returns which `edges` lead from the left ankle over the root to the head."""
    bone = {child: index for index, (child, _) in enumerate(skeleton.edges)}
    path = []
    for joint in (_ankles(skeleton)[0], _head(skeleton)):
        while skeleton.parents[joint] >= 0:
            path.append(bone[joint])
            joint = skeleton.parents[joint]
    return path


def _bone_lengths(views):
    """Returns mean and standard deviation of one person's bones, (N - 1,) each."""
    frames = sum(view.frames for view in views)
    mean = sum(view.bones for view in views) / frames
    square = sum(view.squared_bones for view in views) / frames
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def _bone_variation(lengths, skeleton):
    worst = max(
        (float(std[bone] / max(mean[bone], 1e-9)), subject, skeleton.joints[joint])
        for subject, (mean, std) in lengths.items()
        for bone, (joint, _) in enumerate(skeleton.edges)
    )
    return Finding(
        worst[0] <= BONE_VARIATION,
        f"bone lengths vary by at most {worst[0]:.1%} of their mean (subject "
        f"{worst[1]}, bone to {worst[2]}; expected up to {BONE_VARIATION:.0%})",
        "Look at this joint: it may jump, or be a different one in some of the files.",
    )


def _symmetry(lengths, skeleton):
    bone = {joint: index for index, (joint, _) in enumerate(skeleton.edges)}
    worst = max(
        (
            float(abs(mean[bone[left]] - mean[bone[right]]))
            / max(float(mean[bone[left]] + mean[bone[right]]) / 2.0, 1e-9),
            subject,
            skeleton.joints[left],
        )
        for subject, (mean, _) in lengths.items()
        for left, right in skeleton.symmetric_pairs
    )
    return Finding(
        worst[0] <= ASYMMETRY,
        f"left and right bones differ by at most {worst[0]:.1%} (subject {worst[1]}, "
        f"bone to {worst[2]}; expected up to {ASYMMETRY:.0%})",
        "Check the joint order, and that left and right are the person's own.",
    )


def _body_length(lengths, skeleton):
    path = body(skeleton)
    found = {s: float(mean[path].sum()) for s, (mean, _) in lengths.items()}
    low, high = min(found, key=found.get), max(found, key=found.get)
    text = (
        f"people measure {found[low]:.2f} m (subject {low}) to {found[high]:.2f} m "
        f"(subject {high}) from ankle to head; expected {BODY_LENGTH[0]} to "
        f"{BODY_LENGTH[1]} m"
    )
    advice = "Check that positions are in metres, and the joint order."
    for unit, factor in (("centimetres", 100.0), ("millimetres", 1000.0)):
        if BODY_LENGTH[0] * factor <= found[low] <= BODY_LENGTH[1] * factor:
            text += f"; the source seems to be in {unit}"
            advice = f"Divide its positions by {factor:g}."
    passed = BODY_LENGTH[0] <= found[low] and found[high] <= BODY_LENGTH[1]
    return Finding(passed, text, advice)


def _upright(measures):
    share = sum(m.upright for m in measures) / sum(m.frames for m in measures)
    return Finding(
        share >= UPRIGHT,
        f"people are upright in {share:.1%} of the frames (expected {UPRIGHT:.0%} or "
        "more; otherwise the up axis may be wrong)",
        "Check the axes: z is up in the world, y is down in a camera.",
    )


def _in_front(measures):
    behind = sum(m.behind for m in measures)
    joints = sum(m.joints for m in measures)
    return Finding(
        behind == 0,
        f"{behind} of {joints} joints are behind their camera (expected 0)",
        "Check the cameras: another person's or session's, or millimetres for metres?",
    )


def _in_image(measures):
    share = sum(m.outside for m in measures) / sum(m.joints for m in measures)
    text = f"{share:.2%} of the joints are outside the image"
    if share:
        worst = max(measures, key=lambda m: m.outside / m.joints)
        text += f", most in {worst.name} ({worst.outside / worst.joints:.1%})"
    return Finding(
        share <= OUTSIDE,
        f"{text} (expected up to {OUTSIDE:.1%})",
        "Check the image size and the cameras, unless people do leave the image there.",
    )


def _reprojection(measures):
    measures = [view for view in measures if view.reprojection is not None]
    if not measures:
        return Finding(True, "no intrinsics; keypoints are not compared with positions")
    worst = max(measures, key=lambda m: m.reprojection)
    mean = sum(m.reprojection for m in measures) / len(measures)
    text = (
        f"projected positions lie within {worst.reprojection:.2g} pixels of the "
        f"keypoints, averaged over the worst view ({worst.name}; expected up to "
        f"{REPROJECTION_PX:g})"
    )
    if worst.reprojection > REPROJECTION_PX:
        return Finding(
            False,
            text,
            "Usual causes: cameras in a different order than the keypoints, positions "
            "or camera centres that are not in metres, or frames that are shifted.",
        )
    low, high = NEARLY_PROJECTED_PX
    return Finding(
        not low < mean <= high,
        f"{text}, {mean:.2g} over all",
        "That is little for detections and much for a projection. Usual causes: the "
        "two tangential distortion terms are swapped, or distortion is left out.",
    )
