"""Virtual cameras like Human3.6M's, placed around a motion that has none."""

from __future__ import annotations

import math
import zlib

import numpy as np

from dgnet_tf import cameras
from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion.sequences import PoseSequence

IMAGE_SIZE = np.array([1000.0, 1000.0])
CENTER = (500.0, 500.0)  # principal point, pixels
BORDER_PX = 10.0  # what the person keeps from the image's edge
STEP = 0.1  # metres that a camera moves back at a time
ATTEMPTS = 32  # placements tried for one camera
TOUCH = 0.3  # metres between a joint and a camera that are one in the other
JITTER = 0.25  # of the angle between neighbouring cameras, to either side


def film(sequence: PoseSequence, rig: Rig) -> list[View]:
    """Films a sequence with still cameras.

    Cameras stand around the centre of the box that the moving person fills and
    look at it, without roll and without distortion. Each stands as near as it was
    drawn, or farther (up to the rig's farthest) where the person would leave the
    image; where even that is not enough, for a long walk across, it is placed again
    elsewhere. What does not fit after all attempts is filmed as it is and shows in the
    plausibility checks.

    Args:
        sequence: the motion, world axes, floor at z = 0.
        rig: the cameras. Placement depends on it and on the names of the sequence.

    Returns:
        One view per camera, named `virtual_0`, ...

    Raises:
        UserError: if the person walks into a camera.
    """
    name = "/".join((sequence.subject, sequence.action, sequence.take))
    rng = np.random.default_rng([rig.seed, zlib.crc32(name.encode("utf-8"))])
    world = sequence.positions.astype(np.float64)
    first = rng.uniform(0.0, 2.0 * math.pi)
    views = []
    for index in range(rig.cameras):
        intrinsics = _intrinsics(rig, rng)
        rotation, center = _place(world, first, index, rig, intrinsics, rng)
        if ((world - center) ** 2).sum(axis=-1).min() < TOUCH**2:
            raise UserError(
                f"{name}: the person walks into camera {index}, within {TOUCH:g} m. "
                "Enlarge --camera_distance, or cut the recording."
            )
        # Rounded once, so that the stored keypoints are the projection of the
        # stored positions.
        positions = cameras.world_to_camera(world, rotation, center).astype(np.float32)
        keypoints = cameras.project(positions.astype(np.float64), intrinsics)
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
                intrinsics=intrinsics,
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


def _intrinsics(rig, rng):
    shortest, longest = rig.focal
    # One focal length draws nothing: placements do not depend on it.
    focal = shortest if shortest == longest else rng.uniform(shortest, longest)
    return np.array([focal, focal, *CENTER, 0.0, 0.0, 0.0, 0.0, 0.0])


def _place(world, first, index, rig, intrinsics, rng):
    """Returns the rotation and the centre of one camera."""
    aim = (world.min(axis=(0, 1)) + world.max(axis=(0, 1))) / 2.0
    spacing = 2.0 * math.pi / rig.cameras
    for attempt in range(ATTEMPTS):
        if attempt == 0:
            azimuth = first + spacing * (index + rng.uniform(-JITTER, JITTER))
        else:
            azimuth = rng.uniform(0.0, 2.0 * math.pi)
        distance = rng.uniform(*rig.distance)
        height = rng.uniform(*rig.height)
        while True:
            x = aim[0] + distance * math.cos(azimuth)
            y = aim[1] + distance * math.sin(azimuth)
            center = np.array([x, y, height])
            rotation = look_at(center, aim)
            if _in_frame(world, rotation, center, intrinsics):
                return rotation, center
            if distance >= rig.distance[1]:
                break
            distance = min(distance + STEP, rig.distance[1])
    return rotation, center


def _in_frame(world, rotation, center, intrinsics) -> bool:
    positions = cameras.world_to_camera(world, rotation, center)
    if positions[..., 2].min() < 1.0:
        return False
    keypoints = cameras.project(positions, intrinsics)
    return bool(
        keypoints.min() >= BORDER_PX and (IMAGE_SIZE - keypoints).min() >= BORDER_PX
    )
