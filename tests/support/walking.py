"""A person whose feet stand exactly still between steps, before a tilted camera."""

import math

import numpy as np

from dgnet_tf import cameras, skeletons

SKELETON = skeletons.get("human36m_17")
FPS = 50.0
INTRINSICS = np.array([1145.0, 1145, 500, 500, 0, 0, 0, 0, 0])
STEP_SECONDS, STEP, ANKLE = 0.5, 0.55, 0.07
# Heights over the hip and places to the left of it, metres.
_UPPER = {
    "spine": (0.25, 0), "thorax": (0.5, 0), "neck": (0.6, 0), "head": (0.7, 0),
    "left_shoulder": (0.5, 0.2), "left_elbow": (0.2, 0.25), "left_wrist": (0, 0.25),
    "right_shoulder": (0.5, -0.2), "right_elbow": (0.2, -0.25),
    "right_wrist": (0, -0.25),
}  # fmt: skip


def walk(seconds=8.0, turns=0.5, hip=0.9):
    """Returns (F, 17, 3) metres, world axes, z up, and contacts (F, 2), left first.

    The way is an arc of that many turns, 1.1 m of it a second.
    """
    time = np.arange(round(seconds * FPS)) / FPS
    root, ahead = _way(time, seconds, turns)
    left = np.stack([-ahead[:, 1], ahead[:, 0], np.zeros(len(time))], axis=-1)
    poses = np.zeros((len(time), len(SKELETON.joints), 3))
    index = SKELETON.joints.index
    poses[:, index("hip")] = root + [0, 0, hip]
    for name, (height, aside) in _UPPER.items():
        poses[:, index(name)] = root + [0, 0, hip + height] + aside * left
    contact = np.zeros((len(time), 2), bool)
    for foot, (side, sign) in enumerate((("left", 1), ("right", -1))):
        ankle, contact[:, foot] = _foot(time, seconds, turns, foot, sign * 0.1)
        top = root + [0, 0, hip] + sign * 0.1 * left
        poses[:, index(f"{side}_hip")] = top
        poses[:, index(f"{side}_ankle")] = ankle
        poses[:, index(f"{side}_knee")] = (top + ankle) / 2
    return poses, contact


def _way(time, seconds, turns):
    angle = 2 * math.pi * turns * time / seconds
    radius = STEP / STEP_SECONDS * seconds / (2 * math.pi * turns)
    zero = np.zeros(len(time))
    way = np.stack([np.sin(angle), 1 - np.cos(angle), zero], axis=-1)
    return radius * way, np.stack([np.cos(angle), np.sin(angle), zero], axis=-1)


def _foot(time, seconds, turns, foot, aside):
    """Each foot stands for 1.2 steps and swings for 0.8."""
    steps = time / STEP_SECONDS + foot
    number, part = np.floor(steps / 2), steps % 2

    def standing(count):
        middle = (2 * count + 0.6 - foot) * STEP_SECONDS
        place, ahead = _way(middle, seconds, turns)
        left = np.stack([-ahead[:, 1], ahead[:, 0], 0 * middle], axis=-1)
        return place + aside * left

    swing = np.clip((part - 1.2) / 0.8, 0, 1)[:, None]
    share = (1 - np.cos(math.pi * swing)) / 2
    place = standing(number) * (1 - share) + standing(number + 1) * share
    place[:, 2] = ANKLE + 0.12 * np.sin(math.pi * swing[:, 0])
    return place, swing[:, 0] == 0


def film(poses, pitch=12.0, height=1.6, distance=6.0, intrinsics=INTRINSICS):
    """Returns joints (F, 17, 3), camera axes, and their pixels (F, 17, 2)."""
    angle = math.radians(pitch)
    sin, cos = math.sin(angle), math.cos(angle)
    rotation = np.array([[1, 0, 0], [0, -sin, -cos], [0, cos, -sin]])
    middle = poses[:, 0].mean(axis=0)
    center = np.array([middle[0], middle[1] - distance, height])
    seen = cameras.world_to_camera(poses, rotation, center)
    return seen, cameras.project_linear(seen, intrinsics)


def trembling(keypoints, pixels=3.0, lasting=0.9, seed=0):
    """Returns keypoints with errors as detectors make them, which last for a while."""
    errors = np.random.default_rng(seed).normal(0, pixels, keypoints.shape)
    for frame in range(1, len(errors)):
        errors[frame] *= math.sqrt(1 - lasting**2)
        errors[frame] += lasting * errors[frame - 1]
    return keypoints + errors
