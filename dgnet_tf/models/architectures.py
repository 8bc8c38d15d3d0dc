"""Networks by name: what `--architecture` builds."""

from __future__ import annotations

import contextlib

import tensorflow as tf

from dgnet_tf.config import fields
from dgnet_tf.config.config import Config
from dgnet_tf.models.dgnet import DGNet
from dgnet_tf.models.peers.martinez import Martinez
from dgnet_tf.models.peers.semgcn import SemGCN
from dgnet_tf.models.peers.stgcn import STGCN
from dgnet_tf.models.peers.tcn import TCN

keras = tf.keras


def dgnet(config: Config) -> keras.Model:
    """Builds DG-Net."""
    return DGNet(**_arguments(config))


def baseline(config: Config) -> keras.Model:
    """Builds the paper's baseline: the same network with fixed graphs only.

    FSG stands where DG-Net has DSG, FTG where it has DTG (Sec. IV-D and IV-F name
    the baseline and its "fixed spatial and temporal graph convolutions"; Table VII
    has both replacements as rows). Sizes, non-local blocks and training stay.
    """
    return DGNet(
        **{
            **_arguments(config),
            "spatial_unit": config.spatial_unit.replace("dsg", "fsg"),
            "temporal_unit": config.temporal_unit.replace("dtg", "ftg"),
        }
    )


def martinez(config: Config) -> keras.Model:
    """Builds the fully-connected lifter."""
    return Martinez(**_arguments(config))


def semgcn(config: Config) -> keras.Model:
    """Builds the semantic graph network."""
    return SemGCN(**_arguments(config))


def tcn(config: Config) -> keras.Model:
    """Builds the temporal-convolution lifter."""
    return TCN(**_arguments(config))


def stgcn(config: Config) -> keras.Model:
    """Builds the local-to-global graph network."""
    return STGCN(**_arguments(config))


# By the names that `config.py` allows; each takes a configuration.
BUILDERS = {
    "dgnet": dgnet,
    "baseline": baseline,
    "martinez": martinez,
    "semgcn": semgcn,
    "tcn": tcn,
    "stgcn": stgcn,
}
# What tables and charts call them; an architecture that is not here, by its name.
TITLES = {
    "dgnet": "DG-Net",
    "baseline": "baseline",
    "martinez": "Martinez et al.",
    "semgcn": "SemGCN",
    "tcn": "Pavllo et al.",
    "stgcn": "Cai et al.",
}
# Whose `get_config` and weights are all of them.
PEERS = (Martinez, SemGCN, TCN, STGCN)


def title(name: str) -> str:
    """Returns what tables and charts call an architecture."""
    return TITLES.get(name, name)


@contextlib.contextmanager
def precision(policy: str):
    """Sets Keras' global dtype policy for a while."""
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        yield
    finally:
        keras.mixed_precision.set_global_policy(before)


def _arguments(config):
    """Returns what the constructor of a configuration's network takes."""
    names = ["skeleton", "seed", *fields.names(fields.NETWORK, config.architecture)]
    return {name: getattr(config, name) for name in names if name != "architecture"}
