"""Virtual cameras like Human3.6M's, placed around a motion that has none."""

from __future__ import annotations

import math
import zlib

import numpy as np

from dgnet_tf import cameras
from dgnet_tf.views import View
from preprocessing.sequences import PoseSequence

IMAGE_SIZE = np.array([1000.0, 1000.0])
# Focal length and principal point near those of Human3.6M's four cameras, which
# lie within 1145 to 1150 px; no distortion.
INTRINSICS = np.array([1145.0, 1145.0, 500.0, 500.0, 0.0, 0.0, 0.0, 0.0, 0.0])
NEAREST, FARTHEST = 4.0, 6.0  # metres from the aim, across the floor
LOWEST, HIGHEST = 1.0, 2.0  # metres above the floor
BORDER_PX = 10.0  # what the person keeps from the image's edge
STEP = 0.1  # metres that a camera moves back at a time
ATTEMPTS = 32  # placements tried for one camera
JITTER = 0.25  # of the angle between neighbouring cameras, to either side


def film(sequence: PoseSequence, count: int, seed: int) -> list[View]:
    """Films a sequence with `count` still cameras.

    Cameras stand around the centre of the box that the moving person fills and
    look at it, without roll. Each stands as near as it was drawn, or farther
    (up to 6 m) where the person would leave the image; where even that is not
    enough, for a long walk across, it is placed anew. What does not fit after all
    attempts is filmed as it is and shows in the plausibility checks.

    Args:
        sequence: the motion, world axes, floor at z = 0.
        count: number of cameras.
        seed: `--camera_seed`. Placement depends on it and on the names of the
            sequence alone.

    Returns:
        One view per camera, named `virtual_0`, ...
    """
    name = "/".join((sequence.subject, sequence.action, sequence.take))
    rng = np.random.default_rng([seed, zlib.crc32(name.encode("utf-8"))])
    world = sequence.positions.astype(np.float64)
    first = rng.uniform(0.0, 2.0 * math.pi)
    views = []
    for index in range(count):
        rotation, center = _place(world, first, index, count, rng)
        # Rounded once, so that the stored keypoints are the projection of the
        # stored positions.
        positions = cameras.world_to_camera(world, rotation, center).astype(np.float32)
        keypoints = cameras.project(positions.astype(np.float64), INTRINSICS)
        views.append(
            View(
                subject=sequence.subject,
                action=sequence.action,
                take=sequence.take,
                camera=f"virtual_{index}",
                keypoints=keypoints.astype(np.float32),
                confidence=np.ones(keypoints.shape[:2], np.float32),
                positions=positions,
                valid=np.ones(len(positions), bool),
                intrinsics=INTRINSICS,
                image_size=IMAGE_SIZE,
                fps=sequence.fps,
            )
        )
    return views


def look_at(center, aim) -> np.ndarray:
    """Returns the (3, 3) rotation of a camera at `center` that looks at `aim`.

    Its rows are the camera's axes in the world: right (level with the floor),
    down and forward.
    """
    x, y, z = (float(a - c) for a, c in zip(aim, center, strict=True))
    level = math.hypot(x, y)
    length = math.hypot(level, z)
    right = (y / level, -x / level, 0.0)
    forward = (x / length, y / length, z / length)
    down = (
        forward[1] * right[2] - forward[2] * right[1],
        forward[2] * right[0] - forward[0] * right[2],
        forward[0] * right[1] - forward[1] * right[0],
    )
    return np.array([right, down, forward])


def _place(world, first, index, count, rng):
    """Returns the rotation and the centre of one camera."""
    aim = (world.min(axis=(0, 1)) + world.max(axis=(0, 1))) / 2.0
    spacing = 2.0 * math.pi / count
    for attempt in range(ATTEMPTS):
        if attempt == 0:
            azimuth = first + spacing * (index + rng.uniform(-JITTER, JITTER))
        else:
            azimuth = rng.uniform(0.0, 2.0 * math.pi)
        distance = rng.uniform(NEAREST, FARTHEST)
        height = rng.uniform(LOWEST, HIGHEST)
        while True:
            x = aim[0] + distance * math.cos(azimuth)
            y = aim[1] + distance * math.sin(azimuth)
            center = np.array([x, y, height])
            rotation = look_at(center, aim)
            if _in_frame(world, rotation, center):
                return rotation, center
            if distance == FARTHEST:
                break
            distance = min(distance + STEP, FARTHEST)
    return rotation, center


def _in_frame(world, rotation, center) -> bool:
    positions = cameras.world_to_camera(world, rotation, center)
    if positions[..., 2].min() < 1.0:
        return False
    keypoints = cameras.project(positions, INTRINSICS)
    return bool(
        keypoints.min() >= BORDER_PX and (IMAGE_SIZE - keypoints).min() >= BORDER_PX
    )
