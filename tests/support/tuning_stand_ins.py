"""Stands in for training and scoring where a test is of what surrounds them."""

from __future__ import annotations

import contextlib
import dataclasses

import tensorflow as tf

from dgnet_tf.config import config
from dgnet_tf.errors import UserError
from dgnet_tf.models import runs
from support import record_sets
from tuning.studies import rows


class Model:
    """Has a number of parameters."""

    def count_params(self):
        """Returns it."""
        return 100


@dataclasses.dataclass
class Trainings:
    """What was trained, and what each training does.

    Attributes:
        error: configuration -> MPJPE in mm, or an exception to raise.
        trained: the configurations, in order.
        scored: the splits, in order.
    """

    error: object
    trained: list = dataclasses.field(default_factory=list)
    scored: list = dataclasses.field(default_factory=list)

    def train(self, chosen, data_dir, workdir, progress=True):
        """Stands in for `training.train`."""
        self.trained.append(chosen)
        found = self.error(chosen)
        if isinstance(found, Exception):
            raise found
        workdir.mkdir(parents=True, exist_ok=True)
        (workdir / runs.CONFIG).write_text(config.dumps(chosen))
        (workdir / "history.csv").write_text(
            f"epoch,val_pose_mpjpe_mm\n0,999\n1,{found + 1}\n"
        )
        return runs.Run(chosen, Model())

    def evaluate(self, model, chosen, data_dir, split, **options):
        """Stands in for `evaluation.evaluate`."""
        self.scored.append(split)
        return {
            "frames": 1,
            "metrics": {"mpjpe_mm": self.error(chosen)},
            "intervals": {"mpjpe_mm": None},
            "baselines": {},
        }


def install(monkeypatch, error) -> Trainings:
    """Puts the stand-in in place of training and scoring."""
    found = Trainings(error)
    monkeypatch.setattr(rows.fit, "train", found.train)
    monkeypatch.setattr(rows.evaluation, "evaluate", found.evaluate)
    monkeypatch.setattr(rows.report, "write", lambda scored, folder: None)
    monkeypatch.setattr(rows, "release", lambda: None)
    return found


@contextlib.contextmanager
def eagerly():
    """Runs steps without tracing them, which takes longer than a few steps."""
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def diverged(chosen):
    """What `training.train` raises when a loss is not finite."""
    return UserError("Training diverged: the loss is nan")


def data(folder, **options):
    """Writes a tiny data set with all splits."""
    splits = {
        "train": record_sets.takes(40, 40),
        "validation": record_sets.takes(20),
        "test": record_sets.takes(8),
    }
    return record_sets.write(folder, splits, **options)


def tiny(**overrides):
    """A configuration whose training takes a moment."""
    sizes = {"channels": 4, "blocks": 1, "epochs": 1, "steps_per_epoch": 2}
    return config.make("smoke", **{**sizes, "batch_size": 2, **overrides})
