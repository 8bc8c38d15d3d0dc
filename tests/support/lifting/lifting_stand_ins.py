"""Models, runs and commands that lift at once, for tests of what is around them."""

import copy
import dataclasses
import pathlib

import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf import command_line, skeletons
from dgnet_tf.config import config as configuration
from dgnet_tf.exporting import saved_model, signatures
from dgnet_tf.models import runs
from dgnet_tf.training import run_folder

keras = tf.keras


@dataclasses.dataclass(frozen=True)
class Config:
    """The fields of a training configuration that inference reads."""

    skeleton: str = "human36m_17"
    fps: float = 50.0
    frames: int = 4
    frame_stride: int = 1
    precision: str = "float32"
    overlap: str = "mean"
    keypoint_smoothing: int = 0
    position_smoothing: int = 0
    architecture: str = "dgnet"


def random_video(frames: int, seed: int = 0) -> np.ndarray:
    """Keypoints (F, 17, 2) that move at random within 900 pixels."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 900, (frames, 17, 2)).astype(np.float32)


def tracing_model(windows, training):
    """Says where each estimate comes from: own frame, slot and the whole window.

    Joints other than the root get (x_t, t, sum of 10^i x_i) with x_i the
    normalised x of the joint in slot i of the window.
    """
    assert not training
    x = windows[..., 0]  # (B, T, N)
    frames = x.shape[1]
    slot = tf.range(frames, dtype=tf.float32)[None, :, None] + tf.zeros_like(x)
    weights = 10.0 ** tf.range(frames, dtype=tf.float32)[None, :, None]
    window = tf.reduce_sum(weights * x, axis=1, keepdims=True) + tf.zeros_like(x)
    not_root = tf.cast(tf.range(x.shape[2]) > 0, tf.float32)[:, None]
    return {"pose": tf.stack([x, slot, window], axis=-1) * not_root}


def small_model(config: Config = Config(), seed: int = 0, dtype=None):
    """A random two-layer network over the whole window, with two outputs."""
    joints = len(skeletons.get(config.skeleton).joints)

    def dense(units, index, activation=None):
        kernel = keras.initializers.GlorotUniform(seed=100 * seed + index)
        return keras.layers.Dense(
            units, activation, kernel_initializer=kernel, dtype=dtype
        )

    keypoints = keras.Input((config.frames, joints, 2), name="keypoints")
    x = keras.layers.Flatten(dtype=dtype)(keypoints)
    x = dense(16, 0, "tanh")(x)
    x = keras.layers.BatchNormalization(dtype=dtype)(x)
    outputs = {}
    for i, name in enumerate(("pose", "block_1"), start=1):
        y = dense(config.frames * joints * 3, i)(x)
        shape = (config.frames, joints, 3)
        outputs[name] = keras.layers.Reshape(shape, name=name, dtype=dtype)(y)
    return keras.Model(keypoints, outputs)


def write_run(folder, **fields) -> pathlib.Path:
    """Writes a run folder of an untrained network, as a training would."""
    config = configuration.make(
        "smoke", channels=4, blocks=1, skeleton="human36m_17", fps=50.0, **fields
    )
    run_folder.start(folder, config)
    run_folder.save_model(folder, runs.build_model(config))
    return pathlib.Path(folder)


def export(folder, config: Config = Config(), model=None, **options):
    """Writes a model's version, without the signatures of detectors' layouts.

    Those take seconds to trace and to load, and are others' to test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signatures, "LAYOUTS", ())
        return saved_model.save(model or small_model(config), config, folder, **options)


def run_command(module, *arguments):
    """Runs a command's `main` in this process, as its command line would."""
    command_line.run(
        module.main,
        copy.deepcopy(module.FLAGS),
        module.__doc__,
        [module.__name__, *map(str, arguments)],
    )


def command_error(capsys, module, *arguments) -> str:
    """The last line of standard error of a command that must fail."""
    with pytest.raises(SystemExit) as stop:
        run_command(module, *arguments)
    assert stop.value.code == 1
    return capsys.readouterr().err.splitlines()[-1]
