"""People in y-up and camera axes whose poses are known by construction."""

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.lifting.lifted import Lifted

# Metres in y-up axes, facing +z, left to +x: a T-pose of human36m_17.
T_POSE = {
    "hip": (0, 1.0, 0),
    "right_hip": (-0.1, 1.0, 0),
    "right_knee": (-0.1, 0.55, 0),
    "right_ankle": (-0.1, 0.1, 0),
    "left_hip": (0.1, 1.0, 0),
    "left_knee": (0.1, 0.55, 0),
    "left_ankle": (0.1, 0.1, 0),
    "spine": (0, 1.25, 0),
    "thorax": (0, 1.5, 0),
    "neck": (0, 1.6, 0),
    "head": (0, 1.7, 0),
    "left_shoulder": (0.2, 1.5, 0),
    "left_elbow": (0.5, 1.5, 0),
    "left_wrist": (0.75, 1.5, 0),
    "right_shoulder": (-0.2, 1.5, 0),
    "right_elbow": (-0.5, 1.5, 0),
    "right_wrist": (-0.75, 1.5, 0),
}
SKELETON = skeletons.get("human36m_17")


def t_pose(frames=1) -> np.ndarray:
    """Returns (frames, 17, 3) metres, y-up axes."""
    pose = np.array([T_POSE[name] for name in SKELETON.joints], np.float64)
    return np.repeat(pose[None], frames, axis=0)


def random_walk(skeleton=SKELETON, frames=12, seed=0) -> np.ndarray:
    """Returns (frames, N, 3) joints that wander: bones change length and direction."""
    rng = np.random.default_rng(seed)
    start = rng.normal(0, 0.4, (1, len(skeleton.joints), 3))
    return start + rng.normal(0, 0.05, (frames, *start.shape[1:])).cumsum(axis=0)


def lifted(y_up, person="1", first_frame=0, fps=50.0, root=None, skeleton=SKELETON):
    """Returns joints in y-up axes as a `Lifted`: camera axes, the root at 0."""
    camera = y_up * [1, -1, -1]
    positions = (camera - camera[:, skeleton.root, None]).astype(np.float32)
    return Lifted(
        person,
        first_frame,
        np.zeros(positions.shape[:2] + (2,)),
        positions,
        fps,
        skeleton,
        root=None if root is None else np.asarray(root, np.float32),
        focal_px=None if root is None else 1000.0,
    )


def normalised(positions, skeleton):
    """The same directions on bones of the clip's median, symmetric lengths."""

    def median(joint):
        parent = skeleton.parents[joint]
        bones = positions[:, joint] - positions[:, parent]
        return np.median([np.linalg.norm(bone) for bone in bones])

    result = np.array(positions)

    def visit(joint):
        for child, parent in skeleton.edges:
            if parent == joint:
                length = (median(child) + median(skeleton.mirror[child])) / 2
                bone = positions[:, child] - positions[:, joint]
                bone = bone / np.linalg.norm(bone, axis=-1, keepdims=True)
                result[:, child] = result[:, joint] + length * bone
                visit(child)

    visit(skeleton.root)
    return result
