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
) -> tuple[tf.Tensor, tf.Tensor]:
    """Takes the frames of windows and augments them.

    The person's body, the detector's errors, swaps and gaps are those of the record,
    one for all of its windows; camera, mirror and missing legs are each window's own.
    Takes the (W, T) indices of a parsed record's frames and a seed of (2,) integers,
    and returns normalised keypoints (W, T, N, 2) and root-relative positions
    (W, T, N, 3).
    """
    flip_seed, noise_seed = tf.unstack(tf.random.split(seed))
    camera_seed, body_seed, gap_seed, swap_seed, leg_seed = (
        tf.random.fold_in(seed, i) for i in range(1, 6)
    )
    positions, keypoints = record["positions"], record["keypoints"]  # (L, N, ...)
    frames, joints = keypoints.shape[0], keypoints.shape[1]
    intrinsics = record["intrinsics"]
    own_errors = tf.zeros_like(keypoints)
    if chosen.needs_cameras:
        # A detector's errors stay the same when the person is projected again.
        own_errors += keypoints - cameras.project(positions, intrinsics)
    if chosen.body_scale:
        body = body_shapes.draw(skeleton, chosen.body_scale, body_seed)
        reshaped = body_shapes.reshape(positions, body, skeleton.root)
        known = intrinsics[0] > 0
        positions = tf.where(known, reshaped, positions)
        projected = cameras.project(positions, intrinsics) + own_errors
        keypoints = tf.where(known, projected, keypoints)
    found = positions  # The points that the detector takes for the joints.
    if chosen.swap_share:
        swapped = swapped_sides.draw(
            frames, skeleton, fps, chosen.swap_share, swap_seed
        )
        keypoints, found, own_errors = (
            swapped_sides.swap(values, swapped, skeleton.mirror)
            for values in (keypoints, found, own_errors)
        )
    errors = detector_noise.draw(frames, joints, fps, chosen, noise_seed)

    y = tf.gather(positions, indices)  # (W, T, N, 3)
    view, height_px = None, None
    if chosen.random_cameras:
        view = random_views.draw(
            y,
            skeleton.root,
            intrinsics,
            record["image_size"],
            share=chosen.random_cameras,
            tilt=chosen.random_camera_tilt,
            focal=chosen.random_camera_focal,
            seed=camera_seed,
        )
        anew = view.chosen[:, None, None, None]
        y = tf.where(anew, view.turn(y), y)

    def exact(take):
        """Pixels (W, T, N, 2) in the frames whose values `take` gives, (L, N, D)."""
        if view is None:
            return take(keypoints)
        filmed = view.film(take(found)) + take(own_errors)
        return tf.where(anew, filmed, take(keypoints))

    def in_windows(values):
        return tf.gather(values, indices)

    x = exact(in_windows)
    if errors.relative:
        height_px = body_height.pixels(x, y, skeleton)
    x = errors.add(x, in_windows, height_px)
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

            return errors.add(exact(take), take, height_px)

        x = missing_joints.fill(x, indices, seen, shown)
    if chosen.missing_legs:
        x = missing_joints.drop_legs(x, skeleton, chosen.missing_legs, leg_seed)
    x = cameras.normalize_screen(x, record["image_size"])
    y -= y[..., skeleton.root : skeleton.root + 1, :]
    if chosen.flip:
        x, y = random_flip(x, y, skeleton.mirror, flip_seed)
    return x, y


def flip_keypoints(keypoints: tf.Tensor, mirror: Sequence[int]) -> tf.Tensor:
    """Mirrors (..., N, 2), normalised to [-1, 1] across the image; its own inverse.

    The result is what a mirrored image of the same scene shows. `mirror` are N joint
    indices, `Skeleton.mirror`.
    """
    return _flip(keypoints, mirror, (-1, 1))


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
