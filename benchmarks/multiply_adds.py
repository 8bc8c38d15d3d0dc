"""Multiply-adds that DG-Net's equations need: what no implementation can avoid.

Counted from the model's arguments, not from its graph, so that a clever or a wasteful
graph is held against the same number. A lower bound: products with a zero of a mask
and with the missing neighbours of a window's first and last frame are not counted,
nor is anything that is no product of matrices (batch norm, softmax, selection).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.layers.affinity import skeleton_adjacency


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
    """Counts the multiply-adds of one window of T frames, forward.

    Args:
        arguments: `DGNet.get_config()`, with `connection="dynamic"` and
            `weighting="fc"`.

    Raises:
        ValueError: for another connection or weighting.
    """
    if (arguments["connection"], arguments["weighting"]) != ("dynamic", "fc"):
        raise ValueError(
            '`arguments` must have `connection="dynamic"` and `weighting="fc"`, got '
            f"{arguments['connection']!r} and {arguments['weighting']!r}."
        )
    skeleton, frames = arguments["skeleton"], arguments["frames"]
    joints, channels = len(skeletons.get(skeleton).joints), arguments["channels"]
    operations = {
        "fsg": _fsg(skeleton, frames, channels, channels, arguments["semantic"]),
        "dsg": _dsg(frames, joints, channels, arguments["spatial_neighbors"]),
        "ftg": _ftg(frames, joints, channels),
        "dtg": _dtg(frames, joints, channels, arguments["temporal_neighbors"]),
    }
    total = _fsg(skeleton, frames, 2, channels, arguments["semantic"])
    head = Count(parameters=frames * joints * channels * 3)
    for _ in range(arguments["blocks"]):
        for unit in (arguments["spatial_unit"], arguments["temporal_unit"]):
            names = [name for name in unit.split(",") if name]
            for name in names:
                total += operations[name] * 2  # A residual module has two layers.
            if names and arguments["non_local"]:
                total += _non_local(frames, joints, channels)
        total += head * 2  # The block's own, and its part of the network's.
    return total


def _fsg(skeleton, frames, inputs, channels, semantic) -> Count:
    """Eq. 2, or its semantic form with a second matrix and self-loops."""
    adjacency = skeleton_adjacency(skeleton)
    joints, bones = len(adjacency), int(np.count_nonzero(adjacency))
    matrices = 2 if semantic else 1
    weighed = bones + (joints if semantic else 0)
    return Count(
        frames * joints * matrices * inputs * channels, frames * weighed * channels
    )


def _dsg(frames, joints, channels, neighbors) -> Count:
    """Eq. 3-7: distances, two halves of the score, Phi, neighbours."""
    return Count(
        frames * joints * (channels + 2) * channels,
        frames * joints * (joints + neighbors) * channels,
    )


def _ftg(frames, joints, channels) -> Count:
    """Eq. 9."""
    terms = frames + 2 * (frames - 1)
    return Count(terms * joints * channels * channels)


def _dtg(frames, joints, channels, neighbors) -> Count:
    """Eq. 10-14; both directions compare the same differences."""
    pairs = frames - 1
    scores = 4 * pairs * joints * channels
    return _ftg(frames, joints, channels) + Count(
        scores, pairs * joints * (joints + 2 * neighbors) * channels
    )


def _non_local(frames, joints, channels) -> Count:
    """Three embeddings and the way back; scores, and what they gather."""
    return Count(
        frames * joints * 4 * channels * channels,
        frames * 2 * joints * joints * channels,
    )
