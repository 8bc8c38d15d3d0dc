"""One row of a study: a training run and its scores for each seed."""

from __future__ import annotations

import dataclasses
import gc
import time

import tensorflow as tf

from dgnet_tf.config.config import Config
from dgnet_tf.errors import UserError, file_error
from dgnet_tf.evaluation import balance, evaluation, report
from dgnet_tf.files import json_documents, locks, provenance
from dgnet_tf.models import runs
from dgnet_tf.training import fit
from tuning.studies import documents
from tuning.studies import study as studies
from tuning.studies.noise import NONE, Noise

keras = tf.keras

FINISHED, FAILED = "finished", "failed"
RUN = "run"


def run_row(
    folder,
    row: str,
    config: Config,
    data_dir,
    split: str,
    *,
    estimate: str = balance.XYZ,
    noise: Noise = NONE,
    progress: bool = True,
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
        estimate: which one to score, see `balance`.
        noise: on the scored keypoints; of one seed, so that all rows see the same
            keypoints.
        progress: show progress bars.

    Returns:
        The content of the result file: "status", "reason", "config", "split",
        "estimate", "noise_px", "noise_correlation", and of a finished row
        "parameters", "metrics" (mm), "interval", "mean_pose", "versions" and "seconds"
        (of the training; None where it was resumed).
    """
    done = studies.read_result(folder, row, config.seed, estimate, noise)
    if done is not None:
        return done
    otherwise = estimate != balance.XYZ or bool(noise)
    if otherwise:
        trained = run_row(folder, row, config, data_dir, split, progress=progress)
        if trained["status"] == FAILED:
            return trained
    result = {
        "version": documents.VERSION,
        "row": row,
        "seed": config.seed,
        "status": FINISHED,
        "reason": "",
        "config": dataclasses.asdict(config),
        "split": split,
        "estimate": estimate,
        **noise.asked(),
    }
    place = studies.seed_folder(folder, row, config.seed)
    report_to = None
    if estimate == balance.XYZ:
        report_to = studies.evaluation_folder(folder, row, config.seed, noise)
    try:
        if otherwise:
            result |= _score(
                runs.load(place / RUN), data_dir, split, estimate, noise, report_to
            )
            result["seconds"] = trained["seconds"]
        else:
            result |= _train_and_score(
                config, data_dir, split, place / RUN, report_to, progress
            )
    except locks.Held:  # Whoever trains there will be done.
        raise
    except tf.errors.ResourceExhaustedError as error:
        if file_error(error):  # TensorFlow calls a full disk so, too.
            raise
        reason = f"out of memory: {str(error).splitlines()[0]}"
        result |= {"status": FAILED, "reason": reason}
    except UserError as error:
        result |= {"status": FAILED, "reason": str(error)}
    finally:
        release()
    path = studies.result_path(folder, row, config.seed, estimate, noise)
    json_documents.write(path, result)
    return result


def in_words(result: dict) -> str:
    """Returns a result's error, or why there is none."""
    return result["reason"] or f"{result['metrics']['mpjpe_mm']:.1f} mm"


def grow_memory():
    """Lets GPU memory grow: several trials may share a GPU."""
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)


def release():
    """Frees what Keras holds of a row; rows follow each other in one process."""
    keras.backend.clear_session()
    gc.collect()  # Keras 2 does not.


def _train_and_score(config, data_dir, split, workdir, report_to, progress):
    resumed = (workdir / runs.CONFIG).is_file()
    start = time.perf_counter()
    trained = fit.train(config, data_dir, workdir, progress)
    seconds = time.perf_counter() - start
    return {
        **_score(trained, data_dir, split, balance.XYZ, NONE, report_to),
        "seconds": None if resumed else seconds,
    }


def _score(trained, data_dir, split, estimate, noise, report_to):
    scored = evaluation.evaluate(
        trained.model,
        trained.config,
        data_dir,
        split,
        balanced=estimate != balance.XYZ,
        **noise.asked(),
    )
    if report_to is not None:
        report.write(scored, report_to)
    chosen = scored if estimate == balance.XYZ else scored["estimates"][estimate]
    return {
        "config": dataclasses.asdict(trained.config),
        "parameters": trained.model.count_params(),
        "frames": scored["frames"],
        "metrics": chosen["metrics"],
        "interval": chosen["intervals"]["mpjpe_mm"],
        "mean_pose": scored["baselines"].get("mean_pose"),
        "versions": provenance.versions(),
    }
