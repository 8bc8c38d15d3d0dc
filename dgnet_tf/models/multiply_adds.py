"""Counts the multiply-adds that a network's equations need.

Counted from the model's arguments, not from its graph, so that a clever or a wasteful
graph is held against the same number. A lower bound: products with a zero of a mask
and with the missing neighbours of a window's first and last frame are not counted,
nor is anything that is no product of matrices (batch norm, softmax, selection).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.layers.neighbor_masks import constant_mask, skeleton_adjacency
from dgnet_tf.models.architectures import PEERS
from dgnet_tf.models.dgnet import DGNet


@dataclasses.dataclass(frozen=True)
class Count:
    """Multiply-adds of one window.

    Attributes:
        parameters: of features with parameter matrices.
        pairs: among joints: distances, scores, affinities times features.
    """

    parameters: int = 0
    pairs: int = 0

    @property
    def total(self) -> int:
        """Both."""
        return self.parameters + self.pairs

    def __add__(self, other):
        return Count(self.parameters + other.parameters, self.pairs + other.pairs)

    def __mul__(self, number):
        return Count(self.parameters * number, self.pairs * number)


# A training step multiplies each product's operands twice more: for the gradient of
# the one and of the other.
TRAINING = 3


def window(arguments: dict) -> Count:
    """Counts one window of T frames, forward; the arguments as of `get_config()`."""
    skeleton, frames = arguments["skeleton"], arguments["frames"]
    joints, channels = len(skeletons.get(skeleton).joints), arguments["channels"]
    numbers = len(arguments.get("inputs", "xy"))  # Of a keypoint.
    operations = {
        "fsg": _fsg(skeleton, frames, channels, channels, arguments["semantic"]),
        "dsg": _dsg(arguments, joints),
        "ftg": _ftg(frames, joints, channels),
        "dtg": _dtg(arguments, joints),
    }
    numbers += 3 * (arguments.get("input_frame") == "person_and_place")
    total = _fsg(skeleton, frames, numbers, channels, arguments["semantic"])
    total += _precomputed(arguments, joints)
    head = Count(parameters=frames * joints * channels * 3)
    for _ in range(arguments["blocks"]):
        for unit in (arguments["spatial_unit"], arguments["temporal_unit"]):
            names = [name for name in unit.replace("+", ",").split(",") if name]
            for name in names:
                total += operations[name] * 2  # A residual module has two layers.
            if names and arguments["non_local"]:
                total += _non_local(frames, joints, channels)
        total += head * 2  # The block's own, and its part of the network's.
    return total


def per_frame(model: tf.keras.Model) -> int | None:
    """Returns what a `DGNet` or a peer spends on a frame; None for other networks.

    It is a window's multiply-adds over its T frames. The overlap rules run
    `InferenceOptions.passes` windows for each T frames, the mirrored estimate twice as
    many: what a frame costs is that many times as much. The figure of `tcn.TCN` is of
    a frame of a video under "center", which runs no window twice.
    """
    if isinstance(model, PEERS):
        return model.frame_multiply_adds()
    if not isinstance(model, DGNet):
        return None
    arguments = model.get_config()
    return round(window(arguments).total / arguments["frames"])


def _fsg(skeleton, frames, inputs, channels, semantic) -> Count:
    """Eq. 2, or its semantic form with a second matrix and self-loops."""
    adjacency = skeleton_adjacency(skeleton)
    joints, bones = len(adjacency), int(np.count_nonzero(adjacency))
    weighed = bones + joints * semantic
    parameters = frames * joints * (1 + semantic) * inputs * channels
    return Count(parameters, frames * weighed * channels)


def _dsg(arguments, joints) -> Count:
    """Eq. 3-7: distances, scores, Phi, neighbours."""
    frames, channels = arguments["frames"], arguments["channels"]
    entries = _entries(arguments, joints, "spatial_neighbors")
    parameters, pairs = _scores(arguments["weighting"], channels)
    return Count(
        frames * joints * (channels + parameters) * channels,
        frames * (_distances(arguments, joints) + entries * (channels + pairs)),
    )


def _ftg(frames, joints, channels) -> Count:
    """Eq. 9."""
    return Count((frames + 2 * (frames - 1)) * joints * channels * channels)


def _dtg(arguments, joints) -> Count:
    """Eq. 10-14; both directions compare the same differences."""
    frames, channels = arguments["frames"], arguments["channels"]
    steps = frames - 1
    entries = _entries(arguments, joints, "temporal_neighbors")
    parameters, pairs = _scores(arguments["weighting"], channels)
    return _ftg(frames, joints, channels) + Count(
        2 * steps * joints * parameters * channels,
        steps * (_distances(arguments, joints) + 2 * entries * (channels + pairs)),
    )


def _non_local(frames, joints, channels) -> Count:
    """Three embeddings and the way back; scores, and what they gather."""
    parameters = frames * joints * 4 * channels * channels
    return Count(parameters, frames * 2 * joints * joints * channels)


def _entries(arguments, joints, neighbors) -> int:
    """Pairs of joints that a frame, or a pair of frames, connects."""
    connection, count = arguments["connection"], arguments[neighbors]
    if connection in ("dynamic", "precomputed"):
        return joints * count
    temporal = neighbors == "temporal_neighbors"
    mask = constant_mask(connection, arguments["skeleton"], count, 0, temporal)
    return int(mask.sum())


def _distances(arguments, joints) -> int:
    """Among the features of a frame; only "dynamic" looks at them."""
    if arguments["connection"] != "dynamic":
        return 0
    return joints * joints * arguments["channels"]


def _precomputed(arguments, joints) -> Count:
    """Distances among 2-D keypoints and their movements, found once for all layers."""
    units = arguments["spatial_unit"], arguments["temporal_unit"]
    if arguments["connection"] != "precomputed":
        return Count()
    frames = arguments["frames"] * any("dsg" in unit for unit in units)
    steps = (arguments["frames"] - 1) * any("dtg" in unit for unit in units)
    return Count(pairs=(frames + steps) * joints * joints * 2)


def _scores(weighting, channels) -> tuple[int, int]:
    """Numbers that a joint's features are projected to, and products of a pair."""
    return {
        "none": (0, 0),
        "fc": (2, 0),  # A pair's score is a sum of two halves.
        "embedded_gaussian": (2 * max(1, channels // 2), max(1, channels // 2)),
    }[weighting]
