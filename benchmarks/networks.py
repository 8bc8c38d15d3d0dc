"""Builds the network of a configuration, and a batch for it, in either library."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.config import config as configuration
from dgnet_tf.models import runs
from dgnet_tf.training import fit
from tuning.comparing import machine

keras = tf.keras
# As the equations have it, and with the pair scores computed in halves.
PYTORCH = "PyTorch, eager"
PYTORCH_HALVES = "PyTorch, eager, scores in halves"


def config(preset: str, **overrides) -> configuration.Config:
    """Returns a preset's configuration for windows of human36m_17 at 50 frames/s."""
    data = {"skeleton": "human36m_17", "fps": 50.0}
    return configuration.make(preset, **{**data, **overrides})


def build(config: configuration.Config) -> keras.Model:
    """Builds the Keras model under the configuration's precision."""
    with fit.precision(config.precision):
        keras.utils.set_random_seed(config.seed)
        return runs.build_model(config)


def build_torch(config: configuration.Config, halves: bool = False):
    """Builds the PyTorch model, in training mode."""
    from benchmarks.torch import torch_dgnet

    machine.torch().manual_seed(config.seed)
    return torch_dgnet.DGNet(
        config.skeleton,
        config.blocks,
        config.channels,
        config.spatial_neighbors,
        config.temporal_neighbors,
        config.residual_gamma,
        config.head_scale,
        halves,
    )


def pytorch(times) -> list[str]:
    """Returns PyTorch's contestants among the names, none where it is missing."""
    return [name for name in (PYTORCH, PYTORCH_HALVES) if name in times]


def batch(config: configuration.Config, windows: int | None = None):
    """Returns keypoints (B, T, N, 2), normalised, and positions (B, T, N, 3)."""
    rng = np.random.default_rng(0)
    joints = len(skeletons.get(config.skeleton).joints)
    shape = (windows or config.batch_size, config.frames, joints)
    keypoints = rng.uniform(-0.5, 0.5, size=(*shape, 2))
    positions = rng.normal(scale=0.4, size=(*shape, 3))
    return keypoints.astype(np.float32), positions.astype(np.float32)


def window_rows(config: configuration.Config) -> int:
    """Returns T N, the rows of features of a window."""
    return config.frames * len(skeletons.get(config.skeleton).joints)
