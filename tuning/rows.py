"""One row of a study, trained and scored once for each seed."""

from __future__ import annotations

import dataclasses
import gc
import pathlib
import time

import tensorflow as tf

from dgnet_tf import evaluation, report, runs, training
from dgnet_tf.config import Config
from dgnet_tf.errors import UserError
from tuning import study as studies

keras = tf.keras

FINISHED, FAILED = "finished", "failed"


def run(
    folder, row: str, config: Config, data_dir, split: str, progress: bool = True
) -> dict:
    """Trains and scores a row with its configuration's seed, unless that is done.

    A half-trained row goes on at its checkpoint. A row that cannot be trained (out
    of memory, diverged, a configuration that does not fit) is done, too: its result
    says why. Any other error is not the row's and is raised.

    Args:
        folder: of the study.
        row: the row's id.
        config: what to train; holds the seed.
        data_dir: converted data set.
        split: split to score.
        progress: show progress bars.

    Returns:
        The content of `result.json`: "status", "reason", "config", "split",
        "parameters", "metrics" (mm), "interval", "estimates", "seconds" (of the
        training; None where it was resumed).
    """
    done = studies.read_result(folder, row, config.seed)
    if done is not None:
        return done
    place = studies.seed_folder(folder, row, config.seed)
    result = {
        "version": studies.VERSION,
        "row": row,
        "seed": config.seed,
        "status": FINISHED,
        "reason": "",
        "config": dataclasses.asdict(config),
        "split": split,
    }
    resumed = (place / "run" / runs.CONFIG).is_file()
    start = time.perf_counter()
    try:
        trained = training.train(config, data_dir, place / "run", progress)
        seconds = time.perf_counter() - start
        scored = evaluation.evaluate(trained.model, trained.config, data_dir, split)
        report.write(scored, place / "evaluation")
        result |= {
            "config": dataclasses.asdict(trained.config),
            "parameters": trained.model.count_params(),
            "frames": scored["frames"],
            "metrics": scored["metrics"],
            "interval": scored["intervals"]["mpjpe_mm"],
            "estimates": scored.get("estimates"),
            "mean_pose": scored["baselines"].get("mean_pose"),
            "seconds": None if resumed else seconds,
            "versions": runs.versions(),
        }
    except tf.errors.ResourceExhaustedError as error:
        reason = f"out of memory: {str(error).splitlines()[0]}"
        result |= {"status": FAILED, "reason": reason}
    except UserError as error:
        result |= {"status": FAILED, "reason": str(error)}
    finally:
        # Rows follow each other in one process; their graphs would pile up.
        keras.backend.clear_session()
        gc.collect()
    studies.write_json(pathlib.Path(place) / studies.RESULT, result)
    return result
