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
PYTORCH_COMPILED = "PyTorch, torch.compile, scores in halves"


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


def pytorch(config: configuration.Config) -> dict:
    """Returns PyTorch's models by name, none where it is missing.

    The compiled one takes part where `torch.compile` finds a C++ compiler.
    """
    if machine.torch() is None:
        return {}
    models = {
        PYTORCH: build_torch(config, halves=False),
        PYTORCH_HALVES: build_torch(config, halves=True),
    }
    if machine.torch_compiles():
        compiled = machine.torch().compile(build_torch(config, halves=True))
        models[PYTORCH_COMPILED] = compiled
    return models


def pytorch_names(times) -> list[str]:
    """Returns PyTorch's contestants among the names."""
    known = (PYTORCH, PYTORCH_HALVES, PYTORCH_COMPILED)
    return [name for name in known if name in times]


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
