"""Folders of trained weights for tests: tiny networks with numbers of their own."""

import dataclasses
import json
import pathlib

import numpy as np

from dgnet_tf.config import config as configuration
from dgnet_tf.exporting.weights import weight_card, weight_writer
from dgnet_tf.files import provenance
from dgnet_tf.models import runs, weight_folders
from dgnet_tf.training import run_folder
from support.datasets.manifests import DATA
from support.lifting.lifting_stand_ins import write_run

NAME = "tiny_human36m_17"
COMMAND = (
    "python -m dgnet_tf.train --data=/home/me/data/walks "
    "'--workdir=/home/me/my runs/a' --preset=small"
)


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
    content = weight_card.content_of(
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
    weight_writer.write_folder(made, content, path, half=False, overwrite=False, **more)
    return path, made


def trained(folder) -> tuple[pathlib.Path, runs.Run]:
    """Writes a run with a history and reports; returns its folder and the run."""
    made = run(seed=3)
    run_folder.start(folder, made.config, dataclasses.replace(DATA, dataset="mocap"))
    training = json.loads((folder / runs.TRAINING).read_text())
    training["command"] = COMMAND
    training["data"]["options"] = {"cameras": 4, "from": "/home/me/walks.npz"}
    (folder / runs.TRAINING).write_text(json.dumps(training))
    run_folder.save_model(folder, made.model)
    (folder / "history.csv").write_text(
        "epoch,loss,pose_mpjpe_mm,val_pose_mpjpe_mm\n0,9,99.5,120\n1,3,44.25,61\n"
    )
    weights = provenance.sha256(folder / runs.MODEL)
    write_report(folder, "noisy", 60.0, 5.0, weights)
    write_report(folder, "clean", 51.5, 0.0, weights)
    write_report(folder, "older", 10.0, 0.0, "00")
    return folder, made


def write_report(folder, name, mpjpe, noise, weights):
    content = {
        "dataset": "mocap",
        "split": "test",
        "frames": 90,
        "views": 4,
        "metrics": {"mpjpe_mm": mpjpe, "p_mpjpe_mm": 40.123456, "auc": None},
        "intervals": {"mpjpe_mm": {"low": 45.0, "high": 55.0, "videos": 3}},
        "baselines": {"mean_pose": {"mpjpe_mm": 200.0}},
        "per_subject": dict.fromkeys(("S9", "S11"), {"mpjpe_mm": mpjpe}),
        "options": {
            "flip": True,
            "noise_px": noise,
            "actions": None,
            "model_sha256": weights,
        },
    }
    path = folder / "evaluation" / name / "report.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content))


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
