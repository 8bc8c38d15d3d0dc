"""DG-Net in TensorFlow: 3-D human pose from 2-D keypoints in video."""

import importlib

__version__ = "0.1.0"

# Resolved on first use: TensorFlow takes seconds to import, `--help` should not.
_PUBLIC = {
    "AUC": ("dgnet_tf.training_metrics", "AUC"),
    "DGNet": ("dgnet_tf.model", "DGNet"),
    "Lifter": ("dgnet_tf.lifting", "Lifter"),
    "MPJPE": ("dgnet_tf.losses", "MPJPE"),
    "NMPJPE": ("dgnet_tf.training_metrics", "NMPJPE"),
    "PCK": ("dgnet_tf.training_metrics", "PCK"),
    "PMPJPE": ("dgnet_tf.training_metrics", "PMPJPE"),
    "Stream": ("dgnet_tf.stream", "Stream"),
    "SumSquaredError": ("dgnet_tf.losses", "SumSquaredError"),
    "block_loss_weights": ("dgnet_tf.losses", "block_loss_weights"),
    "load_windows": ("dgnet_tf.windows", "load_windows"),
    "layers": ("dgnet_tf.layers", None),
    "metrics": ("dgnet_tf.metrics", None),
    "pretrained": ("dgnet_tf.pretrained", None),
}

__all__ = [*_PUBLIC, "__version__"]


def __getattr__(name):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'dgnet_tf' has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    found = importlib.import_module(module)
    return getattr(found, attribute) if attribute else found


def __dir__():
    return sorted(__all__)
