"""A network whose error is known, with data and trainings that go with it.

It gives its keypoints as the pose, and the data have that pose: without noise it is
right, and noise on the keypoints is its error.
"""

import dataclasses
import pathlib

import numpy as np
import tensorflow as tf

from dgnet_tf.config import config as configuration
from dgnet_tf.models import runs, weight_files
from dgnet_tf.training import run_folder
from support import record_sets

keras = tf.keras


@dataclasses.dataclass(frozen=True)
class Flat(record_sets.Take):
    """A view whose pose is its normalised keypoints, in metres."""

    def arrays(self, joints):
        found = super().arrays(joints)
        rng = np.random.default_rng(self.number)
        keypoints = rng.uniform(100, 700, (self.frames, joints, 2))
        width, height = record_sets.IMAGE_SIZE
        flat = 2 * keypoints / width - [1, height / width]
        pose = np.concatenate([flat, 0 * flat[..., :1]], axis=-1)
        found["keypoints"] = keypoints.astype(np.float32)
        found["positions"] = (pose + [0, 0, 5]).astype(np.float32)
        return found

    def ids(self):
        return {**super().ids(), "action": "Walking" if self.number % 2 else "Sitting"}


def network(chosen, shift):
    """The network of known error: its poses are too large by the share `shift`."""
    keypoints = keras.Input((chosen.frames, 17, 2), name="keypoints")
    kernel = (1.0 + shift) * np.eye(2, 3)
    pose = keras.layers.Dense(
        3,
        kernel_initializer=keras.initializers.Constant(kernel.tolist()),
        bias_initializer=keras.initializers.Zeros(),
        name="pose",
    )
    return keras.Model(keypoints, {"pose": pose(keypoints)})


def load(workdir):
    """Stands in for `runs.load`: such a network is not its configuration's."""
    chosen = configuration.read(pathlib.Path(workdir) / runs.CONFIG)
    model = network(chosen, 0.0)
    weight_files.load_archive_into(model, pathlib.Path(workdir) / runs.MODEL)
    return runs.Run(chosen, model)


@dataclasses.dataclass
class Trainings:
    """Stands in for `training.train`.

    Attributes:
        shifts: {architecture: relative error of its pose}, or an exception.
        trained: (architecture, seed) of each training, in order.
    """

    shifts: dict
    trained: list

    def train(self, chosen, data_dir, workdir, progress=True):
        self.trained.append((chosen.architecture, chosen.seed))
        shift = self.shifts[chosen.architecture]
        if isinstance(shift, BaseException):
            raise shift
        chosen = dataclasses.replace(chosen, skeleton="human36m_17", fps=50.0)
        run_folder.start(workdir, chosen)
        model = network(chosen, shift * (1 + chosen.seed))
        run_folder.save_model(workdir, model)
        return runs.Run(chosen, model)
