"""Fine-tuning: training runs that start from trained weights."""

from __future__ import annotations

import dataclasses
import json
import pathlib

from dgnet_tf.errors import UserError
from dgnet_tf.models import weight_folders

# Fields that make the network: a training takes them over with the weights.
NETWORK = (
    "architecture",
    "frames",
    "blocks",
    "channels",
    "spatial_neighbors",
    "temporal_neighbors",
    "connection",
    "weighting",
    "score_activation",
    "normalization",
    "spatial_unit",
    "temporal_unit",
    "semantic",
    "non_local",
    "joint_embedding",
    "residual_gamma",
    "head_scale",
)
# Taken over where nothing else is asked for.
_TAKEN = ("frame_stride", "overlap", "keypoint_smoothing", "dropout")
_TRAINING = "training.json"


def complete(fields: dict) -> dict:
    """Adds what the weights bring to the fields that were asked for.

    Args:
        fields: configuration fields, `weights` among them.

    Raises:
        UserError: if there are no such weights, or they belong to another network
            than the one asked for.
    """
    brought = _config(weight_folders.find(fields["weights"]))
    _compare(fields, brought)
    network = {name: brought[name] for name in _network(brought)}
    taken = {name: brought[name] for name in _TAKEN if name in brought}
    return {**taken, **fields, **network}


def origin(config, workdir) -> dict | None:
    """Returns what a run's `training.json` tells of the weights it starts from.

    Args:
        config: the run's, with its data's skeleton.
        workdir: the run's folder, which a killed training may have made.

    Returns:
        Name, version, digest and terms of the weights; None where there are none.

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
    before = _weights_of(pathlib.Path(workdir) / _TRAINING)
    if before and before["sha256"] != told["sha256"]:
        raise UserError(
            f"{workdir}: holds a run that started from other weights of the name "
            f"{config.weights} (sha256 {before['sha256'][:12]}..., not "
            f"{told['sha256'][:12]}...). Name another --workdir, or remove this one."
        )
    return told


def load_into(model, config):
    """Gives a network the weights that its training starts from."""
    from dgnet_tf.models import pretrained  # It reads configurations, which import us.

    pretrained.load_into(model, weight_folders.find(config.weights))


def _network(brought):
    # Random connections are drawn from the seed.
    return (*NETWORK, "seed") if brought["connection"] == "random" else NETWORK


def _compare(fields, brought):
    wrong = [
        f"{name} {fields[name]!r} instead of {brought[name]!r}"
        for name in _network(brought)
        if fields.get(name, brought[name]) != brought[name]
    ]
    if wrong:
        raise UserError(
            f"--weights={fields['weights']}: the weights belong to a network that is "
            f"not the one asked for ({'; '.join(wrong)}). Leave these fields out, or "
            "train without --weights."
        )


def _config(folder) -> dict:
    config = weight_folders.read(folder)["config"]
    for name in (*NETWORK, "skeleton", "seed"):
        if name not in config:
            raise UserError(
                f"{folder / weight_folders.FILE}: `config` has no field {name!r}. Make "
                "the folder again."
            )
    return config


def _weights_of(path):
    """Returns what the run in a folder started from; None for nothing or no run."""
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("weights")
    except FileNotFoundError:
        return None
    except (ValueError, AttributeError) as error:
        raise UserError(f"{path}: is no JSON object ({error}).") from error
