"""Reads reports that evaluations left behind, and makes those that are missing."""

from __future__ import annotations

import json
import pathlib

from dgnet_tf import evaluate, evaluation, manifest, report, runs, scoring
from dgnet_tf.errors import UserError

FILE_NAME = "report.json"
_FIELDS = ("dataset", "split", "frames", "metrics", "per_action", "options")


def read(path) -> dict:
    """Reads a `report.json`.

    Args:
        path: the file, or its folder.

    Raises:
        UserError: if there is none, or the file is no report.
    """
    path = pathlib.Path(path)
    path = path / FILE_NAME if path.is_dir() else path
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(
            f"{path}: not found. Name a report made by `python -m dgnet_tf.evaluate`."
        ) from None
    except ValueError as error:
        raise UserError(f"{path}: is not JSON ({error}). Evaluate again.") from error
    missing = [name for name in _FIELDS if name not in _mapping(content)]
    if missing:
        raise UserError(
            f"{path}: is no report; it lacks {missing[0]!r}. Evaluate again."
        )
    return content


def of_run(
    workdir,
    data_dir,
    split: str = "test",
    *,
    flip: bool = True,
    noise_px: float = 0.0,
    seed: int = 0,
) -> dict:
    """Returns a run's report; evaluates where the run holds none of that kind.

    A report is used again if it was made by this function from the same weights,
    the same data and the same options, and has every metric.

    Args:
        workdir: folder of a finished run.
        data_dir: converted data set.
        split, flip, noise_px, seed: see `evaluation.evaluate`.

    Raises:
        UserError: as `runs.load` and `evaluation.evaluate`.
    """
    workdir = pathlib.Path(workdir)
    model = workdir / runs.MODEL
    if not model.is_file():
        runs.load(workdir)  # Says what is wrong with the folder.
    manifest.read(data_dir)
    digests = {
        "data_sha256": manifest.file_sha256(pathlib.Path(data_dir, manifest.FILE_NAME)),
        "model_sha256": manifest.file_sha256(model),
    }
    options = {"flip": flip, "noise_px": noise_px, "seed": seed, **digests}
    for path in sorted((workdir / "evaluation").glob(f"*/{FILE_NAME}")):
        try:
            found = read(path)
        except UserError:  # Made by another version, or damaged: made again.
            continue
        same = all(found["options"].get(name) == options[name] for name in options)
        if same and found["split"] == split and _is_whole(found):
            return found
    run = runs.load(workdir)
    result = evaluation.evaluate(
        run.model,
        run.config,
        data_dir,
        split,
        flip=flip,
        noise_px=noise_px,
        seed=seed,
    )
    result["options"].update(digests)
    report.write(result, evaluate.default_output(workdir, result))
    return result


def _mapping(content):
    return content if isinstance(content, dict) else {}


def _is_whole(found):
    return set(scoring.METRICS) <= set(found["metrics"])
