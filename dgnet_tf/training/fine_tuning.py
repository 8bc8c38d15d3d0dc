"""Fine-tuning: training runs that start from trained weights."""

from __future__ import annotations

import dataclasses
import pathlib

from dgnet_tf.config import config as configuration
from dgnet_tf.config import fields, flags
from dgnet_tf.config.config import Config
from dgnet_tf.config.config_field import DGNETS
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError, warn
from dgnet_tf.files import origins
from dgnet_tf.models import input_kernels, weight_files, weight_folders

# Fields that make the network: a training takes them over with the weights.
NETWORK = tuple(n for n in fields.names(fields.NETWORK) if not FIELDS[n].suggested)
# Taken over where nothing else is asked for.
_SUGGESTED = tuple(
    n
    for n, field in FIELDS.items()
    if field.suggested or field.part == fields.INFERENCE
)
_TRAINING = "training.json"


def from_flags(flag_values, **more) -> Config:
    """Returns the configuration that flags ask for, completed by their `--weights`.

    The weights' stride gives way where the windows would not fit into the records of
    `--data`. `more` are fields that replace the flags'.
    """
    overrides = {**flags.asked(flag_values), **more}
    if overrides.get("weights"):
        chosen = "frame_stride" in overrides
        overrides = complete(overrides)
        if not chosen:
            overrides["frame_stride"] = _fitting_stride(overrides, flag_values.data)
    return configuration.make(flag_values.preset, **overrides)


def complete(asked: dict) -> dict:
    """Adds what the weights bring to the fields asked for, `weights` among them.

    Raises:
        UserError: if there are no such weights, or they belong to another network
            than the one asked for.
    """
    brought = _config(weight_folders.find(asked["weights"]))
    _compare(asked, brought)
    names = {*NETWORK, *_network(brought, asked), *_SUGGESTED}
    return {**{name: brought[name] for name in names}, **asked}


def origin(config, workdir) -> dict | None:
    """Returns name, version, digest and terms of the weights that a run starts from.

    None where there are none. The configuration has the data's skeleton; a killed
    training may have made the folder.

    Raises:
        UserError: if they belong to another network or skeleton, or to another
            training than the one in the folder.
    """
    if not config.weights:
        return None
    folder = weight_folders.find(config.weights)
    content, brought = weight_folders.read(folder), _config(folder)
    _compare(dataclasses.asdict(config), brought)
    if config.skeleton != brought["skeleton"]:
        raise UserError(
            f"--weights={config.weights}: they lift {brought['skeleton']}, the data "
            f"set has {config.skeleton}. Convert it with that skeleton, or train "
            "without --weights."
        )
    told = {
        "name": content["name"],
        "version": content["version"],
        "sha256": content["weights"]["sha256"],
        "licence": content["licence"],
    }
    training = origins.TRAINING.find(pathlib.Path(workdir) / _TRAINING) or {}
    before = training.get("weights")
    if before and before["sha256"] != told["sha256"]:
        raise UserError(
            f"{workdir}: holds a run that started from other weights of the name "
            f"{config.weights} (sha256 {before['sha256'][:12]}..., not "
            f"{told['sha256'][:12]}...). Name another --workdir, or remove this one."
        )
    return told


def load_into(model, config):
    """Gives a network the weights that its training starts from."""
    folder = weight_folders.find(config.weights)
    brought = _config(folder)
    if all(getattr(config, name) == brought[name] for name in input_kernels.FIELDS):
        weight_files.load_into(model, folder)
    else:
        from dgnet_tf.models import pretrained

        input_kernels.adapt(pretrained.load(folder).model, model)


def _fitting_stride(found, data) -> int:
    """Returns the weights' stride, or the largest that the data's records allow."""
    frames, stride = found["frames"], found["frame_stride"]
    needed, overlap = (frames - 1) * stride, manifest.read(data).record_overlap
    if needed <= overlap or frames - 1 > overlap:  # None does: the reader says so.
        return stride
    fitting = overlap // (frames - 1)
    warn(
        f"{data}: records overlap by {overlap} frames, where windows of {frames} "
        f"frames at the weights' stride of {stride} need {needed}. Training at stride "
        f"{fitting}; convert again with --record_overlap={needed} for {stride}."
    )
    return fitting


def _network(brought, asked):
    """Returns the fields in which a training cannot leave its weights."""
    free = ()
    if brought["architecture"] in DGNETS:
        fit = input_kernels.fits({**brought, **asked}, brought)
        free = ("frames", *input_kernels.FIELDS) if fit else ("frames",)
    names = tuple(name for name in NETWORK if name not in free)
    # Random connections are drawn from the seed.
    return (*names, "seed") if brought["connection"] == "random" else names


def _compare(asked, brought):
    wrong = [
        f"{name} {asked[name]!r} instead of {brought[name]!r}"
        for name in _network(brought, asked)
        if asked.get(name, brought[name]) != brought[name]
    ]
    if wrong:
        raise UserError(
            f"--weights={asked['weights']}: the weights belong to a network that is "
            f"not the one asked for ({'; '.join(wrong)}). Leave these fields out, or "
            "train without --weights."
        )


def _config(folder) -> dict:
    from dgnet_tf.models import pretrained  # Imports TensorFlow.

    return dataclasses.asdict(pretrained.read_config(folder))
