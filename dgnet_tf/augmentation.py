"""Mirroring and pixel noise, stateless: the same seed gives the same numbers."""

from __future__ import annotations

import tensorflow as tf


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


def add_noise(keypoints, noise_px: float, seed):
    """Adds Gaussian noise of standard deviation `noise_px` to pixels (..., N, 2)."""
    noise = tf.random.stateless_normal(tf.shape(keypoints), seed)
    return keypoints + noise_px * noise
