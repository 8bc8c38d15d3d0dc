"""A procedural person: rigid bones whose joint angles follow a few actions.

The body faces x, its left is y. The lower ankle always has the height of an ankle
that stands on the floor, and a walk's forward speed is the one of its stride.
"""

from __future__ import annotations

import numpy as np

FPS = 50.0
ANKLE_HEIGHT = 0.08
# Lengths in metres for a person of size 1; pelvis and collar are half widths.
BONES = {
    "pelvis": 0.13, "thigh": 0.44, "shank": 0.44, "belly": 0.24, "chest": 0.26,
    "neck": 0.12, "head": 0.12, "collar": 0.16, "upper_arm": 0.28, "forearm": 0.25,
}  # fmt: skip
# How far each angle wanders by itself, radians.
WANDER = {
    "left_hip": 0.03, "right_hip": 0.03, "left_knee": 0.03, "right_knee": 0.03,
    "left_arm": 0.15, "right_arm": 0.15, "left_elbow": 0.1, "right_elbow": 0.1,
    "left_raise": 0.08, "right_raise": 0.08, "lean": 0.05, "twist": 0.1, "nod": 0.1,
}  # fmt: skip


def motion(person: int, action: str, frames: int, seed: int = 0) -> np.ndarray:
    """Returns one clip.

    Args:
        person: number of the person, who has bones and a manner of their own.
        action: one of `ACTIONS`.
        frames: F, at 50 a second.
        seed: with `person` and `action` it determines everything.

    Returns:
        (F, 17, 3) metres, world axes, z up, `human36m_17` order.
    """
    if action not in ACTIONS:
        raise ValueError(f"`action` must be one of {tuple(ACTIONS)}, got {action!r}.")
    rng = np.random.default_rng([seed, person])
    size, manner = rng.uniform(0.9, 1.1), rng.uniform(0.8, 1.2)
    bones = {
        bone: length * size * rng.uniform(0.95, 1.05) for bone, length in BONES.items()
    }
    rng = np.random.default_rng([seed, person, 1 + list(ACTIONS).index(action)])
    time = np.arange(frames) / FPS
    angles, speed, turning = ACTIONS[action](time, manner, bones, rng)
    for name, amount in WANDER.items():
        angles[name] = angles.get(name, 0.0) + amount * _wander(time, rng)
    return _move(_pose(angles, bones), time, speed, turning, rng)


def _walk(time, manner, bones, rng):
    """A walk on a circle that fits into a room."""
    rate, stride = rng.uniform(0.75, 1.05), 0.42 * manner
    phase = 2.0 * np.pi * (rate * time + rng.uniform())
    swing = np.sin(phase)
    angles = {
        "left_hip": 0.05 + stride * swing,
        "right_hip": 0.05 - stride * swing,
        "left_knee": 0.1 + 0.45 * (1.0 + np.cos(phase)),
        "right_knee": 0.1 + 0.45 * (1.0 - np.cos(phase)),
        "left_arm": -0.8 * stride * swing,
        "right_arm": 0.8 * stride * swing,
        "left_elbow": 0.4 - 0.2 * swing,
        "right_elbow": 0.4 + 0.2 * swing,
        "left_raise": 0.15,
        "right_raise": 0.15,
        "lean": 0.05,
        "twist": 0.12 * swing,
    }
    speed = 4.0 * rate * (bones["thigh"] + bones["shank"]) * np.sin(stride)
    return angles, speed, rng.choice([-1.0, 1.0]) * speed / rng.uniform(1.0, 1.5)


def _squat(time, manner, bones, rng):
    """Knee bends on the spot, arms forward for balance."""
    phase = 2.0 * np.pi * (rng.uniform(0.25, 0.45) * time + rng.uniform())
    depth = 0.5 * (1.0 - np.cos(phase))
    knee = 0.1 + 1.5 * manner * depth
    reach = rng.uniform(0.6, 1.5) * depth
    angles = {
        "left_hip": knee / 2.0,
        "right_hip": knee / 2.0,
        "left_knee": knee,
        "right_knee": knee,
        "left_arm": reach,
        "right_arm": reach,
        "left_elbow": 0.2,
        "right_elbow": 0.2,
        "left_raise": 0.15,
        "right_raise": 0.15,
        "lean": 0.5 * depth,
    }
    return angles, 0.0, rng.uniform(-0.3, 0.3)


def _wave(time, manner, bones, rng):
    """Waving with one raised arm, the other hanging."""
    side, other = rng.permutation(["left", "right"])
    phase = 2.0 * np.pi * (rng.uniform(0.8, 1.6) * time + rng.uniform())
    raised = rng.uniform(1.2, 1.8)
    angles = {
        f"{side}_raise": raised,
        f"{side}_forearm_raise": raised + 1.1 + 0.5 * manner * np.sin(phase),
        f"{other}_raise": 0.15,
        f"{other}_elbow": 0.3,
        "left_hip": 0.05,
        "right_hip": 0.05,
        "left_knee": 0.1,
        "right_knee": 0.1,
    }
    return angles, 0.0, rng.uniform(-0.3, 0.3)


ACTIONS = {"walk": _walk, "squat": _squat, "wave": _wave}


def _wander(time, rng):
    """A slow sum of three sines, within -1 to 1."""
    rates, phases = rng.uniform(0.1, 0.8, (3, 1)), rng.uniform(size=(3, 1))
    return np.sin(2.0 * np.pi * (rates * time + phases)).sum(axis=0) / 3.0


def _pose(angles, bones):
    """Returns (F, 17, 3) joints of a body that faces x, pelvis above the origin."""
    frames = len(angles["lean"])

    def direction(flexion, raising, side=1.0):
        """Hanging down, swung forward by `flexion`, then out by `raising`."""
        parts = (
            np.sin(flexion) * np.cos(raising),
            side * np.sin(raising),
            -np.cos(flexion) * np.cos(raising),
        )
        return np.stack([np.broadcast_to(part, (frames,)) for part in parts], axis=-1)

    def across(half_width, turn, side):
        parts = (-np.sin(turn), np.cos(turn), np.zeros(frames))
        return side * half_width * np.stack(parts, axis=-1)

    hip = np.zeros((frames, 3))
    spine = hip - bones["belly"] * direction(-angles["lean"], 0.0)
    thorax = spine - bones["chest"] * direction(-1.2 * angles["lean"], 0.0)
    gaze = 1.2 * angles["lean"] + angles["nod"]
    neck = thorax - bones["neck"] * direction(-gaze - 0.3, 0.0)
    head = neck - bones["head"] * direction(-gaze, 0.0)
    legs, arms = {}, {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        flexion = angles[f"{side}_hip"]
        top = hip + across(bones["pelvis"], -0.5 * angles["twist"], sign)
        knee = top + bones["thigh"] * direction(flexion, 0.03, sign)
        shin = direction(flexion - angles[f"{side}_knee"], 0.03, sign)
        legs[side] = (top, knee, knee + bones["shank"] * shin)
        raising = angles[f"{side}_raise"]
        shoulder = thorax + across(bones["collar"], angles["twist"], sign)
        flexion = angles[f"{side}_arm"]
        elbow = shoulder + bones["upper_arm"] * direction(flexion, raising, sign)
        forearm = direction(
            flexion + angles[f"{side}_elbow"],
            angles.get(f"{side}_forearm_raise", raising),
            sign,
        )
        arms[side] = (shoulder, elbow, elbow + bones["forearm"] * forearm)
    trunk = (spine, thorax, neck, head)
    joints = np.stack(
        [hip, *legs["right"], *legs["left"], *trunk, *arms["left"], *arms["right"]],
        axis=1,
    )
    lower = np.minimum(legs["left"][2][:, 2], legs["right"][2][:, 2])
    joints[..., 2] += (ANKLE_HEIGHT - lower)[:, None]
    return joints


def _move(joints, time, speed, turning, rng):
    """Turns the body about z and moves it along where it faces."""
    heading = rng.uniform(0.0, 2.0 * np.pi) + turning * time
    cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
    x, y = joints[..., 0], joints[..., 1]
    return np.stack(
        [
            cos * x - sin * y + np.cumsum(cos, axis=0) * speed / FPS,
            sin * x + cos * y + np.cumsum(sin, axis=0) * speed / FPS,
            joints[..., 2],
        ],
        axis=-1,
    )
