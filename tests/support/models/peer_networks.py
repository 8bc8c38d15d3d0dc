"""The peers by name, small."""

from dgnet_tf.config import config
from dgnet_tf.models import architectures

NAMES = ("martinez", "semgcn", "tcn", "stgcn")


def build(name, preset="smoke", **overrides):
    chosen = config.make(
        preset, architecture=name, **{"skeleton": "human36m_17", **overrides}
    )
    return architectures.build(chosen)
