"""Clips of made-up people."""

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.drawing.clip import Clip, Person
from dgnet_tf.drawing.style import side

SKELETON = skeletons.get("human36m_17")


def standing() -> np.ndarray:
    """(17, 3) metres, camera axes: facing the camera, the hip at 0."""
    height = dict.fromkeys(SKELETON.joints, 0.0)
    height.update(head=0.7, neck=0.6, thorax=0.5, spine=0.25)
    height.update(left_shoulder=0.45, right_shoulder=0.45)
    height.update(left_elbow=0.2, right_elbow=0.2)
    height.update(left_knee=-0.45, right_knee=-0.45, left_ankle=-0.9, right_ankle=-0.9)
    across = {"left": 0.2, "right": -0.2, "middle": 0.0}
    return np.array(
        [
            [across[side(SKELETON, joint)], -height[name], 0.0]
            for joint, name in enumerate(SKELETON.joints)
        ]
    )


def person(name="1", frames=50, first_frame=0, x=500.0, target=False, affinity=False):
    """A person who raises one wrist; their affinities are 0.5 and 0.1."""
    positions = np.repeat(standing()[None], frames, axis=0)
    wrist = SKELETON.joints.index("left_wrist")
    positions[:, wrist, 1] -= np.linspace(0, 0.6, frames)
    weights = np.zeros((frames, 17, 17))
    weights[:, 0, 3] = weights[:, 3, 0] = 0.5
    weights[:, 0, 6] = 0.1
    weights[:, range(17), range(17)] = 0.4
    return Person(
        name,
        first_frame,
        [x, 400.0] + 200 * positions[..., :2],
        positions,
        positions + 0.05 if target else None,
        weights if affinity else None,
    )


def clip(*people, title="walk", fps=50.0, image_size=(1000, 800)):
    """A clip of them."""
    return Clip(title, fps, image_size, SKELETON, people)
