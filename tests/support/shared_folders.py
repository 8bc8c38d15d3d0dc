"""Folders that many tests read, made once for all workers of a session."""

import contextlib
import fcntl
import io
import pathlib
import shutil

from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import pipeline
from preprocessing.datasets import synthetic
from support import record_sets


def once(folder, name: str, make) -> pathlib.Path:
    """Returns `folder`/`name`; the first that asks makes it, others wait meanwhile.

    Args:
        folder: of all workers.
        name: of what is made.
        make: is called with a path, and writes a folder there.
    """
    path = pathlib.Path(folder) / name
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            partial = path.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)  # Of one who failed.
            make(partial)
            partial.rename(path)
    return path


def write_data(folder):
    """Writes a data set with all splits; the first view to test is long and has gaps.

    Its pages and reports show what takes of several lengths do.
    """
    splits = {
        "train": [record_sets.Take(1, 60), record_sets.Take(5, 40)],
        "validation": [record_sets.Take(6, 20)],
        "test": [
            record_sets.Take(2, 130, invalid=(3, 4)),
            record_sets.Take(3, 20),
            record_sets.Take(4, 12),
        ],
    }
    record_sets.write(folder, splits)


def write_walkers(folder):
    """Converts the computed walkers, as one camera sees them."""
    dataset = synthetic.read(4, 60, 0, rig=Rig(1))
    pipeline.convert(dataset, folder, workers=1, show=lambda line: None)


def write_run(folder, data):
    """Trains a tiny network for three epochs of two steps."""
    from dgnet_tf.config import config
    from dgnet_tf.training import fit

    sizes = {"channels": 4, "blocks": 1, "epochs": 3, "steps_per_epoch": 2}
    fit.train(config.make("smoke", **sizes), data, folder, progress=False)


def write_export(folder, run):
    """Exports a run as its command does: folder `1` below."""
    from dgnet_tf import export
    from support.lifting.lifting_stand_ins import run_command

    with contextlib.redirect_stdout(io.StringIO()):
        run_command(export, f"--workdir={run}", f"--output={folder}")


def write_report(folder, run, data):
    """Copies a run and evaluates it, so that the copy holds its report."""
    from dgnet_tf import evaluate
    from support.lifting.lifting_stand_ins import run_command

    shutil.copytree(run, folder)
    with contextlib.redirect_stdout(io.StringIO()):
        run_command(evaluate, f"--workdir={folder}", f"--data={data}")
