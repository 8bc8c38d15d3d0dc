"""Left and right taken for each other for a while, by all limbs or by one pair."""

from __future__ import annotations

import tensorflow as tf

from dgnet_tf.data.augmentation import detector_noise

SECONDS = 0.2, 1.0  # shortest and longest


def draw(frames: int, skeleton, fps: float, share: float, seed):
    """Draws when joints are swapped with those of the other side: (L, N) bool.

    A limb is swapped for a share of the time, in spells of its pair (both arms, both
    legs) and in others of all limbs together.
    """
    limbs = _limbs(skeleton)
    span = tuple(max(1, round(seconds * fps)) for seconds in SECONDS)
    # The spells of a pair and those of all last equally long; they may coincide.
    each = 1.0 - (1.0 - share) ** 0.5
    found = detector_noise.spells(frames, 1 + max(limbs), each, span, seed)
    return found[:, :1] | tf.gather(found, limbs, axis=1)


def swap(values, swapped, mirror):
    """Swaps (L, N, D) where `swapped` (L, N); `mirror` is `Skeleton.mirror`."""
    return tf.where(swapped[..., None], tf.gather(values, mirror, axis=1), values)


def _limbs(skeleton) -> list[int]:
    """Each joint's pair of limbs, counted from 1; 0 of a joint that has no side."""
    sides = {*skeleton.left, *skeleton.right}
    found, begins = [], {}
    for joint in range(len(skeleton.joints)):
        first = None
        while joint in sides:
            first, joint = joint, skeleton.parents[joint]
        pair = first if first is None else min(first, skeleton.mirror[first])
        found.append(0 if pair is None else begins.setdefault(pair, len(begins) + 1))
    return found
