"""Networks by name: what `--architecture` builds."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator

import tensorflow as tf

from dgnet_tf.config.config import Config
from dgnet_tf.models import network_arguments
from dgnet_tf.models.dgnet import DGNet
from dgnet_tf.models.peers.martinez import Martinez
from dgnet_tf.models.peers.semgcn import SemGCN
from dgnet_tf.models.peers.stgcn import STGCN
from dgnet_tf.models.peers.tcn import TCN

keras = tf.keras

# Whose `get_config` and weights are all of them.
PEERS = (Martinez, SemGCN, TCN, STGCN)
_CLASSES = {network.__name__: network for network in (DGNet, *PEERS)}


def build(config: Config) -> keras.Model:
    """Builds a configuration's network.

    Raises:
        ValueError: if its fields do not fit together.
    """
    network = network_arguments.derive(dataclasses.asdict(config))
    return _CLASSES[network["class"]](**network["arguments"])


@contextlib.contextmanager
def precision(policy: str) -> Iterator[None]:
    """Sets Keras' global dtype policy for a while."""
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        yield
    finally:
        keras.mixed_precision.set_global_policy(before)
