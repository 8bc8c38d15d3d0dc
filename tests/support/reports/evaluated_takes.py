"""Views to evaluate, and their errors by loops."""

import dataclasses
import math

import numpy as np
import tensorflow as tf

from dgnet_tf.data import manifest
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from support import record_sets
from support.lifting.lifting_stand_ins import Config

JOINTS = 17
MEAN_BONE = (0.01, 0.02, -0.03)  # Joint n of the mean pose stands at n of it.


@dataclasses.dataclass(frozen=True)
class Take(record_sets.Take):
    """A view of a named action."""

    action: str = "Sitting"

    def ids(self):
        return {**super().ids(), "action": self.action}


SITTING = Take(1, 21, invalid=(3, 4, 20))
SITTING_DOWN = Take(2, 9, action="SittingDown")


def write(folder):
    """Writes three splits; the mean pose of the training one is a straight line."""
    record_sets.write(
        folder,
        {
            "train": [Take(0, 30)],
            "validation": [Take(3, 12, invalid=tuple(range(12)))],
            "test": [SITTING, SITTING_DOWN],
        },
    )
    data = manifest.read(folder)
    mean_pose = tuple(map(tuple, np.outer(np.arange(JOINTS), MEAN_BONE).tolist()))
    train = dataclasses.replace(data.splits["train"], mean_pose=mean_pose)
    data = dataclasses.replace(data, splits={**data.splits, "train": train})
    (folder / manifest.FILE_NAME).write_text(manifest.dumps(data))
    return folder


def loop_errors(built, predicted):
    """MPJPE and MPJVE of a view's valid frames and steps, mm, by loops."""
    arrays = built.arrays(JOINTS)
    target = arrays["positions"].astype(np.float64)
    target = target - target[:, :1]
    frames = [f for f in range(built.frames) if f not in built.invalid]

    def mean(errors):
        return 1000 * sum(errors) / JOINTS

    poses = [
        mean(math.dist(predicted[f, n], target[f, n]) for n in range(JOINTS))
        for f in frames
    ]
    steps = [
        mean(
            math.dist(
                predicted[f + 1, n] - predicted[f, n], target[f + 1, n] - target[f, n]
            )
            for n in range(JOINTS)
        )
        for f in frames
        if f + 1 in frames
    ]
    return poses, steps


def lifted(model, built, noise=0.0, flip=True, config=None):
    """The poses that a model gives for a view."""
    keypoints = built.arrays(JOINTS)["keypoints"] + noise
    return whole_videos.lift_keypoints(
        model,
        InferenceOptions.of(config or Config(), flip=flip),
        tf.constant(keypoints[None], tf.float32),
        tf.constant([record_sets.IMAGE_SIZE], tf.float32),
    )[0].numpy()
