"""Augmentation of training windows: cameras, bodies, detector errors, mirror images.

Stateless: the same seed gives the same numbers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import tensorflow as tf

from dgnet_tf import cameras, skeletons
from dgnet_tf.config import fields
from dgnet_tf.config.fields import FIELDS, Config
from dgnet_tf.data.augmentation import (
    body_height,
    body_shapes,
    confidence_scores,
    detector_noise,
    missing_joints,
    swapped_sides,
)
from dgnet_tf.data.augmentation import random_cameras as random_views

NAMES = tuple(fields.names(fields.AUGMENTATION))
_Fields = dataclasses.make_dataclass(
    "_Fields",
    [(name, FIELDS[name].kind, FIELDS[name].default) for name in NAMES],
    frozen=True,
)


@dataclasses.dataclass(frozen=True)
class Augmentation(_Fields):
    """The configuration's fields of augmentation, explained there; off by default.

    Raises:
        ValueError: for a value out of its range.
    """

    flip: bool = False

    def __post_init__(self):
        for name in NAMES:
            FIELDS[name].check(getattr(self, name))

    @property
    def needs_cameras(self) -> bool:
        """Whether people are projected again, for which cameras must be known."""
        return self.random_cameras > 0 or self.body_scale > 0


def of(config: Config) -> Augmentation:
    """Returns a configuration's augmentation."""
    return Augmentation(**{name: getattr(config, name) for name in NAMES})


def augment(
    record: dict,
    indices: tf.Tensor,
    skeleton: skeletons.Skeleton,
    fps: float,
    chosen: Augmentation,
    seed: tf.Tensor,
    inputs: str = "xy",
) -> tuple[tf.Tensor, tf.Tensor]:
    """Takes the frames of windows and augments them.

    The person's body, the detector's errors, swaps and gaps are those of the record,
    one for all of its windows; camera, mirror and missing legs are each window's own.
    Takes the (W, T) indices of a parsed record's frames and a seed of (2,) integers,
    and returns normalised keypoints (W, T, N, 2) and root-relative positions
    (W, T, N, 3). With the inputs "xyc" a keypoint's confidence is its third number:
    the record's, times a score that goes with the errors drawn here, 0 where missing.
    """
    flip_seed, noise_seed = tf.unstack(tf.random.split(seed))
    camera_seed, body_seed, gap_seed, swap_seed, leg_seed, score_seed = (
        tf.random.fold_in(seed, i) for i in range(1, 7)
    )
    clip = _clip(record, skeleton, fps, chosen, body_seed, swap_seed)
    frames, joints = clip.keypoints.shape[:2]
    errors = detector_noise.draw(frames, joints, fps, chosen, noise_seed)

    def in_windows(values):
        return tf.gather(values, indices)

    y = in_windows(clip.positions)  # (W, T, N, 3)
    view, height_px = None, None
    if chosen.random_cameras:
        view = random_views.draw(
            y,
            skeleton.root,
            record["intrinsics"],
            record["image_size"],
            share=chosen.random_cameras,
            tilt=chosen.random_camera_tilt,
            roll=chosen.random_camera_roll,
            focal=chosen.random_camera_focal,
            seed=camera_seed,
        )
        y = tf.where(view.chosen[:, None, None, None], view.turn(y), y)
    x = clip.seen(view, in_windows)  # (W, T, N, 2)
    scored = inputs == "xyc"
    if errors.relative or (scored and errors.any):
        height_px = body_height.pixels(x, y, skeleton)
    x = errors.add(x, in_windows, height_px)
    confidence = in_windows(clip.confidence)[..., 0]  # (W, T, N)
    if scored and errors.any:
        scores = confidence_scores.draw(frames, joints, score_seed)
        confidence *= scores.of(errors.sizes(in_windows, height_px), in_windows)
    if chosen.missing_share:
        longest = max(1, round(missing_joints.LONGEST * fps))
        gaps = detector_noise.spells(
            frames, joints, chosen.missing_share, (1, longest), gap_seed
        )
        seen = ~gaps & (record["valid"][:, None] > 0)

        def shown(frames):
            """Pixels (W, T, N, 2) of each joint in a frame of its own (W, T, N)."""

            def take(values):
                return missing_joints.take(values, frames)

            return errors.add(clip.seen(view, take), take, height_px)

        x = missing_joints.fill(x, indices, seen, shown)
        confidence = tf.where(in_windows(seen), confidence, 0.0)
    if chosen.missing_legs:
        x, gone = missing_joints.drop_legs(x, skeleton, chosen.missing_legs, leg_seed)
        confidence = tf.where(gone, 0.0, confidence)
    x = cameras.normalize_screen(x, record["image_size"])
    if scored:
        x = tf.concat([x, confidence[..., None]], axis=-1)
    y -= y[..., skeleton.root : skeleton.root + 1, :]
    if chosen.flip:
        x, y = random_flip(x, y, skeleton.mirror, flip_seed)
    return x, y


@dataclasses.dataclass(frozen=True, eq=False)
class _Clip:
    """The L frames of a record, with the body and the swapped sides drawn for it.

    Attributes:
        positions: (L, N, 3) of the joints.
        found: (L, N, 3) of what the detector takes for them.
        keypoints: (L, N, 2) pixels of the own camera.
        errors: (L, N, 2) of these against `found`, where cameras are needed.
        confidence: (L, N, 1).
    """

    positions: tf.Tensor
    found: tf.Tensor
    keypoints: tf.Tensor
    errors: tf.Tensor
    confidence: tf.Tensor

    def seen(self, view, take):
        """Returns pixels (W, T, N, 2) of the windows' cameras, without drawn errors.

        `take` gives the windows' values of (L, N, D). A detector's errors stay the same
        when the person is projected again.
        """
        if view is None:
            return take(self.keypoints)
        filmed = view.film(take(self.found)) + take(self.errors)
        return tf.where(view.chosen[:, None, None, None], filmed, take(self.keypoints))


def _clip(record, skeleton, fps, chosen, body_seed, swap_seed) -> _Clip:
    positions, keypoints = record["positions"], record["keypoints"]
    intrinsics, errors = record["intrinsics"], tf.zeros_like(keypoints)
    if chosen.needs_cameras:
        errors += keypoints - cameras.project(positions, intrinsics)
    if chosen.body_scale:
        body = body_shapes.draw(skeleton, chosen.body_scale, body_seed)
        reshaped = body_shapes.reshape(positions, body, skeleton.root)
        known = intrinsics[0] > 0
        positions = tf.where(known, reshaped, positions)
        projected = cameras.project(positions, intrinsics) + errors
        keypoints = tf.where(known, projected, keypoints)
    seen = positions, keypoints, errors, record["confidence"][..., None]
    if chosen.swap_share:
        swapped = swapped_sides.draw(
            keypoints.shape[0], skeleton, fps, chosen.swap_share, swap_seed
        )
        parts = [swapped_sides.swap(part, swapped, skeleton.mirror) for part in seen]
        return _Clip(positions, *parts)
    return _Clip(positions, *seen)


def flip_keypoints(keypoints: tf.Tensor, mirror: Sequence[int]) -> tf.Tensor:
    """Mirrors (..., N, 2), normalised to [-1, 1] across the image; its own inverse.

    The result is what a mirrored image of the same scene shows. A confidence, the third
    of (..., N, 3), goes with its joint. `mirror` are N joint indices,
    `Skeleton.mirror`.
    """
    return _flip(keypoints, mirror, (-1, 1, 1)[: keypoints.shape[-1]])


def flip_positions(positions: tf.Tensor, mirror: Sequence[int]) -> tf.Tensor:
    """Mirrors positions (..., N, 3), camera axes, in x = 0; its own inverse.

    `flip_keypoints` gives the projection of the result through a camera whose
    principal point and second tangential coefficient are mirrored likewise.
    """
    return _flip(positions, mirror, (-1, 1, 1))


def _flip(points, mirror, signs):
    points = tf.convert_to_tensor(points)
    return tf.gather(points, mirror, axis=-2) * tf.cast(signs, points.dtype)


def random_flip(
    keypoints: tf.Tensor, positions: tf.Tensor, mirror: Sequence[int], seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Mirrors windows of normalised keypoints and positions with probability 1/2."""
    coins = tf.random.stateless_uniform(tf.shape(keypoints)[:1], seed) < 0.5
    coins = coins[:, None, None, None]  # (B, 1, 1, 1)
    return (
        tf.where(coins, flip_keypoints(keypoints, mirror), keypoints),
        tf.where(coins, flip_positions(positions, mirror), positions),
    )
