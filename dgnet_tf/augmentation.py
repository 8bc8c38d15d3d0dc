"""What training makes of windows: other views, people, errors, mirror images.

Stateless: the same seed gives the same numbers.
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf

from dgnet_tf import cameras, detector_noise, random_views
from dgnet_tf.augmentation_limits import LIMITS


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Fields of the same names as `Config`'s, explained there; all off by default.

    Raises:
        ValueError: for a value out of its range.
    """

    flip: bool = False
    noise_px: float = 0.0
    random_cameras: float = 0.0
    random_camera_tilt: float = 10.0
    random_camera_focal: float = 0.1

    def __post_init__(self):
        for name, (least, most) in LIMITS.items():
            value = getattr(self, name)
            if not least <= value <= most:
                bounds = f"at least {least:g}"
                if most < float("inf"):
                    bounds = f"from {least:g} to {most:g}"
                raise ValueError(f"`{name}` must be {bounds}, got {value!r}.")

    @property
    def needs_cameras(self) -> bool:
        """Whether windows are filmed anew, for which their cameras must be known."""
        return self.random_cameras > 0


def of(config) -> Augmentation:
    """Returns a configuration's augmentation."""
    names = [field.name for field in dataclasses.fields(Augmentation)]
    return Augmentation(**{name: getattr(config, name) for name in names})


def augment(record: dict, indices, skeleton, chosen: Augmentation, seed):
    """Takes the frames of windows and augments them.

    Args:
        record: parsed record.
        indices: (W, T) indices of its frames.
        skeleton: of the record.
        chosen: what is done.
        seed: (2,) integers.

    Returns:
        Normalised keypoints (W, T, N, 2) and root-relative positions (W, T, N, 3).
    """
    flip_seed, noise_seed = tf.unstack(tf.random.split(seed))
    positions, keypoints = record["positions"], record["keypoints"]  # (L, N, ...)
    errors = tf.zeros_like(keypoints)
    if chosen.needs_cameras:
        # What a detector was off stays on when the person is filmed anew.
        errors += keypoints - cameras.project(positions, record["intrinsics"])
    if chosen.noise_px:
        noise = detector_noise.draw(tf.shape(errors), chosen.noise_px, noise_seed)
        keypoints, errors = keypoints + noise, errors + noise

    x, y = tf.gather(keypoints, indices), tf.gather(positions, indices)  # (W, T, ...)
    if chosen.random_cameras:
        view = random_views.draw(
            y,
            skeleton.root,
            record["intrinsics"],
            record["image_size"],
            share=chosen.random_cameras,
            tilt=chosen.random_camera_tilt,
            focal=chosen.random_camera_focal,
            seed=tf.random.fold_in(seed, 1),
        )
        anew = view.chosen[:, None, None, None]
        x = tf.where(anew, view.film(y) + tf.gather(errors, indices), x)
        y = tf.where(anew, view.turn(y), y)
    x = cameras.normalize_screen(x, record["image_size"])
    y -= y[..., skeleton.root : skeleton.root + 1, :]
    if chosen.flip:
        x, y = random_flip(x, y, skeleton.mirror, flip_seed)
    return x, y


def flip_keypoints(keypoints, mirror):
    """Mirrors normalised keypoints left to right; its own inverse.

    Args:
        keypoints: (..., N, 2) normalised to [-1, 1] across the image's width.
        mirror: N joint indices, `Skeleton.mirror`.

    Returns:
        (..., N, 2) what a mirrored image of the same scene shows.
    """
    return _flip(keypoints, mirror, (-1, 1))


def flip_positions(positions, mirror):
    """Mirrors positions (..., N, 3), camera axes, in x = 0; its own inverse.

    `flip_keypoints` gives the projection of the result through a camera whose
    principal point and second tangential coefficient are mirrored likewise.
    """
    return _flip(positions, mirror, (-1, 1, 1))


def _flip(points, mirror, signs):
    points = tf.convert_to_tensor(points)
    return tf.gather(points, mirror, axis=-2) * tf.cast(signs, points.dtype)


def random_flip(keypoints, positions, mirror, seed):
    """Mirrors each window with probability 1/2.

    Args:
        keypoints: (B, T, N, 2) normalised.
        positions: (B, T, N, 3).
        mirror: N joint indices, `Skeleton.mirror`.
        seed: (2,) integers.

    Returns:
        The keypoints and positions.
    """
    coins = tf.random.stateless_uniform(tf.shape(keypoints)[:1], seed) < 0.5
    coins = coins[:, None, None, None]  # (B, 1, 1, 1)
    return (
        tf.where(coins, flip_keypoints(keypoints, mirror), keypoints),
        tf.where(coins, flip_positions(positions, mirror), positions),
    )
