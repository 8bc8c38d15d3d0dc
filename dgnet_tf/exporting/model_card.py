"""The model card: what a user of an exported model must know of it."""

from __future__ import annotations

import dataclasses
import pathlib

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import report
from dgnet_tf.exporting import signatures
from dgnet_tf.exporting.layout_inputs import MIN_CONFIDENCE
from dgnet_tf.files import listing, origins, provenance
from dgnet_tf.inference.card_schema import CARD, PATH
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import runs, uncertainty, weight_folders

# Of data sets whose `dataset.json` does not state its licence yet.
_LICENCES = {
    "human36m": "Human3.6M: academic use only, by its owners' terms; read them before "
    "you pass the weights on.",
    "humaneva": "HumanEva-I: its owners' terms hold; they give it out for research.",
    "mpi_inf_3dhp": "MPI-INF-3DHP: for research only, by its owners' terms.",
    "synthetic": "The motion was computed; no one's terms hold for it.",
}
_OTHER_DATA = "The terms of the recordings that {!r} was converted from hold."
UNKNOWN_DATA = "What it was trained on is not recorded; find out before use."
_CODE = (
    "The code that wrote this folder, dgnet_tf, is under the Apache License 2.0, which "
    "does not cover the weights: what may be done with them depends on the data."
)


def of_saved_model(
    config, options: InferenceOptions, *, min_confidence=MIN_CONFIDENCE, workdir=None
) -> dict:
    """Returns the card of a SavedModel, see `of_export` and `signatures.build`."""
    return {
        **of_export(config, options, workdir),
        "min_confidence": min_confidence,
        "stream_frames": options.reach,
        "signatures": signatures.descriptions(options, min_confidence),
    }


def of_file(config, options: InferenceOptions, form: str, workdir=None) -> dict:
    """Returns the card of a .tflite or .onnx file, see `of_export`.

    It has the calibrated uncertainty of the run or of trained weights besides, where
    that holds under the options.
    """
    card = {**of_export(config, options, workdir), "format": form}
    found = workdir and uncertainty_of(workdir)
    if found and found.holds_for(options.chosen()):
        card["uncertainty"] = found.content()
    return card


def uncertainty_of(workdir) -> uncertainty.Uncertainty | None:
    """Returns what is calibrated of a run or of trained weights; None where nothing is.

    Raises:
        UserError: if a file of it is damaged.
    """
    if (pathlib.Path(workdir) / weight_folders.FILE).is_file():
        content = weight_folders.read(workdir)
        return uncertainty.Uncertainty.of(content.get("uncertainty"))
    return uncertainty.of_run(workdir)


def of_export(config, options: InferenceOptions, workdir=None) -> dict:
    """Returns what holds of every export of a run, ready for JSON.

    The folder of the run or of trained weights is for training data, command, versions
    and evaluation; what it does not have is null.

    Raises:
        UserError: if a file of the run is damaged.
    """
    skeleton = skeletons.get(config.skeleton)
    return {
        "skeleton": skeleton.name,
        "joints": skeleton.joints,
        "root": skeleton.joints[skeleton.root],
        "fps": config.fps,
        **options.beside(),
        "units": {"keypoints": "pixels", "image_size": "pixels", "positions": "metres"},
        "axes": "camera: x right, y down, z forward",
        "config": dataclasses.asdict(options.configured(config)),
        **origin(config, workdir),
        "export": {"command": provenance.command(), "versions": provenance.versions()},
        "versions": provenance.versions(),
    }


def origin(config, workdir) -> dict:
    """Returns training, scores, terms and limits of a run or of trained weights.

    What the folder does not have is null.

    Raises:
        UserError: if a file of it is damaged.
    """
    workdir = workdir and pathlib.Path(workdir)
    if workdir and (workdir / weight_folders.FILE).is_file():
        content = weight_folders.read(workdir)
        kept = {name: content[name] for name in ("name", "version")}
        return {
            "weights": {**kept, "sha256": content["weights"]["sha256"]},
            "training": content["training"],
            "metrics": content["scores"][0] if content["scores"] else None,
            "licence": [_CODE, *content["licence"]],
            "limits": content["limits"],
        }
    training = (workdir and origins.TRAINING.find(workdir / runs.TRAINING)) or {}
    data, weights = training.get("data"), training.get("weights")
    found = {
        "training": {
            "data": data,
            "command": training.get("command"),
            "seed": getattr(config, "seed", None),
            "versions": workdir and origins.VERSIONS.find(workdir / runs.VERSIONS),
        },
        "metrics": _newest_metrics(workdir) if workdir else None,
        "licence": [_CODE, _licence(data)],
    }
    if weights:
        started = f"The training started from the weights {weights['name']}: "
        found["training"]["weights"] = weights
        found["licence"] += [started + text for text in weights["licence"]]
    return found


def _newest_metrics(workdir) -> dict | None:
    """Returns the figures of a run's newest evaluation; None if there is none."""
    reports = listing.found(workdir, "evaluation/*/report.json")
    newest = max(reports, key=lambda path: path.stat().st_mtime_ns, default=None)
    if newest is None:
        return None
    found = report.read(newest)
    kept = ("dataset", "split", "frames", "metrics", "metrics_action_mean", "options")
    return {
        "report": str(newest.relative_to(workdir)),
        **{name: found[name] for name in kept if name in found},
    }


def read(folder) -> dict:
    """Reads the card of one version's folder.

    Raises:
        UserError: if it is missing or damaged, or of a skeleton that is not known.
    """
    path = pathlib.Path(folder) / PATH
    if not path.is_file():
        raise UserError(
            f"{path}: not found; the folder is no whole export of this package. "
            "Export the run again."
        )
    return CARD.read(path)


def _licence(data) -> str:
    if data is None:
        return UNKNOWN_DATA
    name = str(data.get("dataset"))
    return data.get("licence") or _LICENCES.get(name, _OTHER_DATA.format(name))
