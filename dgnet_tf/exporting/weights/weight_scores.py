"""Collects the scores of trained weights from the reports of their run."""

from __future__ import annotations

import pathlib

from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import report
from dgnet_tf.files import listing, provenance
from dgnet_tf.inference import options
from dgnet_tf.models import runs

# Of a report's options.
_OPTIONS = ("noise_px", "noise_correlation", "seed", *options.NAMES)
_DIGITS = 4


def collect(workdir, paths=()) -> tuple[list[dict], list[str]]:
    """Returns the scores of a finished run, plain ones before noisy ones.

    `paths` are reports on it; by default all that lie in the run.

    Returns:
        A dict for each report; what of the run's own reports was left out and why.

    Raises:
        UserError: if a report that was named is none on this run's weights.
    """
    workdir = pathlib.Path(workdir)
    weights = provenance.sha256(workdir / runs.MODEL)
    found, left_out = [], []
    for path in paths or listing.found(workdir, f"evaluation/*/{report.JSON}"):
        try:
            found.append(_score(_read(path, weights)))
        except UserError as error:
            if paths:
                raise
            left_out.append(str(error))
    return sorted(found, key=_order), left_out


def _read(path, weights):
    content = report.read(path)
    scored = content["options"].get("model_sha256")
    if scored != weights:
        what = "is on other weights" if scored else "does not say on which weights"
        again = "Evaluate the run again with `python -m dgnet_tf.evaluate`."
        raise UserError(f"{path}: the report {what}. {again}")
    return content


def _score(content) -> dict:
    chosen = content["options"]
    interval = content.get("intervals", {}).get("mpjpe_mm") or {}
    mean_pose = content.get("baselines", {}).get("mean_pose", {})
    return {
        "dataset": content["dataset"],
        "split": content["split"],
        "subjects": sorted(content.get("per_subject", {})),
        "frames": content.get("frames"),
        "views": content.get("views"),
        "options": {name: chosen[name] for name in _OPTIONS if name in chosen},
        "actions": chosen.get("actions"),
        "metrics": _rounded(content["metrics"]),
        "mpjpe_mm_interval": [_rounded(interval).get(end) for end in ("low", "high")],
        "mean_pose_mpjpe_mm": _rounded(mean_pose).get("mpjpe_mm"),
    }


def _rounded(numbers: dict) -> dict:
    floats = {name: x for name, x in numbers.items() if isinstance(x, float)}
    return {name: round(x, _DIGITS) for name, x in floats.items()}


def _order(score):
    splits = ("test", "validation", "train")
    chosen = score["options"]
    return (
        splits.index(score["split"]) if score["split"] in splits else len(splits),
        score["dataset"],
        score["actions"] is not None,
        chosen.get("noise_px", 0.0),
        chosen.get("noise_correlation", 0.0),
        not chosen.get("flip", True),
        chosen.get("seed", 0),
    )
