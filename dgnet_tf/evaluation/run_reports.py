"""Reports on a run: found in its folder, made, or checked to be its own."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

from dgnet_tf.command_line import progress
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError, shortened
from dgnet_tf.evaluation import report, scoring
from dgnet_tf.files import listing, provenance
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs, weight_folders

# What later versions of this project added to reports.
_OF_TODAY = (
    *report.SHOWN,
    *("intervals_action_mean", "per_sequence", "per_subject_action", "protocols"),
    *(f"metrics.{name}" for name in scoring.METRICS),
    "options.model.multiply_adds_per_frame",
)


def names(workdirs: Sequence) -> list[str]:
    """Returns what tables call runs: the ends of their paths that tell them apart.

    Raises:
        UserError: if a run is there twice.
    """
    parts = [pathlib.Path(workdir).resolve().parts for workdir in workdirs]
    for workdir, part in zip(workdirs, parts, strict=True):
        if parts.count(part) > 1:
            raise UserError(f"{workdir}: is there twice. Name each run once.")
    depth = 1
    while len({part[-depth:] for part in parts}) < len(parts):
        depth += 1
    return ["/".join(part[-depth:]) for part in parts]


def of_runs(workdirs: Sequence, data_dir, split: str, **asked) -> dict[str, dict]:
    """Returns {name: report} of several runs; see `names` and `find_or_make`."""
    found, jobs = {}, progress.Jobs("run", len(workdirs))
    for name, workdir in zip(names(workdirs), workdirs, strict=True):
        with jobs.job():
            found[name] = find_or_make(workdir, data_dir, split, **asked)
    return found


def find_or_make(
    workdir,
    data_dir,
    split="test",
    *,
    noise_px: float = 0.0,
    noise_correlation: float = 0.0,
    seed: int = 0,
    **asked,
) -> dict:
    """Returns a run's report; evaluates where the run holds none of that kind.

    A report is used again if it was made from the same weights, the same data and the
    same options, and has every metric and field that today's reports have.

    Args:
        workdir: folder of a finished run.
        data_dir: converted data set.
        split, noise_px, noise_correlation, seed, **asked: see `evaluation.evaluate`;
            its other options are its defaults.

    Raises:
        UserError: as `runs.load` and `evaluation.evaluate`.
    """
    workdir = pathlib.Path(workdir)
    model = workdir / runs.MODEL
    if not model.is_file():
        runs.load(workdir)  # Says what is wrong with the folder.
    manifest.read(data_dir)
    found_digests = digests(workdir, data_dir)
    noise = {
        "noise_px": noise_px,
        "noise_correlation": noise_correlation,
        "seed": seed,
    }
    options = {**noise, **found_digests}
    for path in listing.found(workdir / "evaluation", f"*/{report.JSON}"):
        try:
            found = report.read(path, _OF_TODAY)
        except UserError:  # Made by another version, or damaged: made again.
            continue
        same = all(found["options"].get(name) == options[name] for name in options)
        if same and _was_lifted_so(found["options"], asked) and found["split"] == split:
            return found
    run = runs.load(workdir)
    from dgnet_tf.evaluation import evaluation  # TensorFlow: only to make one.

    result = evaluation.evaluate(
        run.model, run.config, data_dir, split, **noise, **asked
    )
    result["options"].update(found_digests)
    report.write(result, report.default_folder(workdir, result))
    return result


def read_own(path, run: runs.Run, workdir, data_dir, split: str) -> dict:
    """Reads a report, which must be of this run, data set and split.

    Args:
        path: the report, or its folder.
        run: the run.
        workdir: its folder.
        data_dir: converted data set.
        split: of the data.

    Raises:
        UserError: if it names others; the message says what differs.
    """
    found = report.read(path, (*report.SHOWN, *report.MEASURED))
    for name, value in (("dataset", manifest.read(data_dir).dataset), ("split", split)):
        if found[name] != value:
            raise UserError(
                f"{path}: is a report on {name} {shortened(found[name])}, not "
                f"{value!r}. Name another --report, --data or --split."
            )
    options = found["options"]
    for name, value in digests(workdir, data_dir).items():
        if options.get(name, value) != value:
            flag = {"data_sha256": "--data", "model_sha256": "--workdir"}[name]
            raise UserError(
                f"{path}: is a report on other files than {flag} holds. Name another "
                f"--report or {flag}, or evaluate again."
            )
    for name, value in dataclasses.asdict(run.config).items():
        scored = options["model"].get(name, value)
        if scored != value:
            raise UserError(
                f"{path}: is a report on a run with {name} {shortened(scored)}, this "
                f"one's is {value!r}. Name another --report or --workdir."
            )
    return found


def digests(workdir, data_dir) -> dict[str, str]:
    """Returns the digests of a report's data and weights, for its `options`.

    `workdir` is the folder of a finished run, or of trained weights.
    """
    workdir = pathlib.Path(workdir)
    trained = (workdir / weight_folders.FILE).is_file()
    files = {
        "data_sha256": pathlib.Path(data_dir) / manifest.FILE_NAME,
        "model_sha256": workdir / (weight_folders.WEIGHTS if trained else runs.MODEL),
    }
    return {name: provenance.sha256(path) for name, path in files.items()}


def _was_lifted_so(options, asked):
    """Whether a report is what `evaluation.evaluate` makes of these options alone."""
    model = options.get("model", {})
    own = InferenceOptions.of(model, **asked)
    return (
        InferenceOptions.of_report(model, options) == own
        and not options.get("actions")
        and options.get("root_counted")
    )
