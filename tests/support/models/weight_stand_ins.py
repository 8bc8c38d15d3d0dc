"""Folders of trained weights for tests: tiny networks with numbers of their own."""

import pathlib

import numpy as np

from dgnet_tf.config import config as configuration
from dgnet_tf.exporting import weight_card, weight_writer
from dgnet_tf.models import runs, weight_folders
from support.lifting.lifting_stand_ins import write_run

NAME = "tiny_human36m_17"


def shuffled(model, seed: int = 0):
    """Gives each weight numbers of its own, so that none can stand for another."""
    rng = np.random.default_rng(seed)
    model.set_weights(
        [
            weight * rng.uniform(0.7, 1.3, weight.shape)
            + rng.uniform(0.0, 0.05, weight.shape)
            for weight in model.get_weights()
        ]
    )
    return model


# The fewest operations with every kind of weight.
TINY = {"spatial_unit": "dsg", "temporal_unit": "dtg", "non_local": False}


def run(seed: int = 0, **fields) -> runs.Run:
    """A run of a tiny network, as a training would return it.

    One of an architecture that is named has all of its operations.
    """
    more = {} if "architecture" in fields else TINY
    fields = {"channels": 4, "blocks": 1, **more, **fields}
    config = configuration.make("smoke", skeleton="human36m_17", fps=50.0, **fields)
    return runs.Run(config, shuffled(runs.build_model(config), seed))


def write(folder, made: runs.Run | None = None, name: str = NAME, **more):
    """Writes `folder`/`name`; returns its path and the run that it holds."""
    made = made or run()
    content = weight_card.describe(
        made.config,
        write_run(pathlib.Path(folder) / f"run_of_{name}"),
        name=name,
        version=3,
        scores=[],
        terms="Free for all.",
        acknowledgement="Thanks to all who walked.",
        limits=["Nobody sits."],
    )
    path = pathlib.Path(folder) / name
    weight_writer.write(made, content, path, half=False, overwrite=False, **more)
    return path, made


def ship(monkeypatch, folder, name: str = NAME):
    """Lets the package ship what lies in a folder, and lift with that name."""
    monkeypatch.setattr(weight_folders, "FOLDER", pathlib.Path(folder))
    monkeypatch.setattr(weight_folders, "DEFAULT", name)


def windows(config, count: int = 3) -> np.ndarray:
    """Normalised keypoints (B, T, 17, 2)."""
    rng = np.random.default_rng(1)
    return rng.uniform(-1, 1, (count, config.frames, 17, 2)).astype(np.float32)


def pose(model, config) -> np.ndarray:
    """What a network makes of them, (B, T, 17, 3)."""
    return np.asarray(model(windows(config), training=False)["pose"])
