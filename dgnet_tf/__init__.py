"""DG-Net in TensorFlow: 3-D human pose from 2-D keypoints in video."""

import importlib
import importlib.abc
import importlib.util
import sys
from typing import TYPE_CHECKING

from dgnet_tf import keras_classes

__version__ = "0.1.0"

# Resolved on first use: TensorFlow takes seconds to import, `--help` should not.
_PUBLIC = {
    "AUC": "training.keras_metrics",
    "DGNet": "models.dgnet",
    "Lifter": "lifting.lifter",
    "MPJPE": "training.keras_metrics",
    "NMPJPE": "training.keras_metrics",
    "PCK": "training.keras_metrics",
    "PMPJPE": "training.keras_metrics",
    "Stream": "lifting.stream",
    "SumSquaredError": "training.losses",
    "block_loss_weights": "training.losses",
    "load_windows": "data.windows",
}

# Modules that users import from here, and where they live.
_MODULES = {
    "affinities": "inference.affinities",
    "architectures": "models.architectures",
    "augmentation": "data.augmentation.augmentation",
    "clip": "drawing.clip",
    "edge_lifter": "exporting.edge_lifter",
    "figures": "drawing.figures",
    "joint_groups": "layers.peers.joint_groups",
    "keypoint_files": "keypoints.keypoint_files",
    "layouts": "keypoints.layouts",
    "losses": "training.losses",
    "manifest": "data.manifest",
    "multiply_adds": "models.multiply_adds",
    "pairing": "evaluation.pairing",
    "placement": "axes",
    "pose_files": "lifting.pose_files",
    "pretrained": "models.pretrained",
    "published": "reproduction.published",
    "records": "data.records",
    "report": "evaluation.report",
    "root_trajectory": "inference.root_trajectory",
    "runs": "models.runs",
    "smoothing": "lifting.smoothing",
    "stream": "lifting.stream",
    "viewer": "pages.viewer",
    "views": "data.views",
    "windows": "data.windows",
}

_PLAIN_MODULES = (
    *("axes", "cameras", "config", "errors", "evaluation", "layers", "metrics"),
    "skeletons",
)

__all__ = [*_PUBLIC, *_MODULES, *_PLAIN_MODULES, "__version__"]

# The same for type checkers, which do not follow names in tables.
if TYPE_CHECKING:
    from dgnet_tf import axes as axes
    from dgnet_tf import axes as placement
    from dgnet_tf import cameras as cameras
    from dgnet_tf import config as config
    from dgnet_tf import errors as errors
    from dgnet_tf import evaluation as evaluation
    from dgnet_tf import layers as layers
    from dgnet_tf import metrics as metrics
    from dgnet_tf import skeletons as skeletons
    from dgnet_tf.data import manifest as manifest
    from dgnet_tf.data import records as records
    from dgnet_tf.data import views as views
    from dgnet_tf.data import windows as windows
    from dgnet_tf.data.augmentation import augmentation as augmentation
    from dgnet_tf.data.windows import load_windows as load_windows
    from dgnet_tf.drawing import clip as clip
    from dgnet_tf.drawing import figures as figures
    from dgnet_tf.evaluation import pairing as pairing
    from dgnet_tf.evaluation import report as report
    from dgnet_tf.exporting import edge_lifter as edge_lifter
    from dgnet_tf.inference import affinities as affinities
    from dgnet_tf.inference import root_trajectory as root_trajectory
    from dgnet_tf.keypoints import keypoint_files as keypoint_files
    from dgnet_tf.keypoints import layouts as layouts
    from dgnet_tf.layers.peers import joint_groups as joint_groups
    from dgnet_tf.lifting import pose_files as pose_files
    from dgnet_tf.lifting import smoothing as smoothing
    from dgnet_tf.lifting import stream as stream
    from dgnet_tf.lifting.lifter import Lifter as Lifter
    from dgnet_tf.lifting.stream import Stream as Stream
    from dgnet_tf.models import architectures as architectures
    from dgnet_tf.models import multiply_adds as multiply_adds
    from dgnet_tf.models import pretrained as pretrained
    from dgnet_tf.models import runs as runs
    from dgnet_tf.models.dgnet import DGNet as DGNet
    from dgnet_tf.pages import viewer as viewer
    from dgnet_tf.reproduction import published as published
    from dgnet_tf.training import losses as losses
    from dgnet_tf.training.keras_metrics import AUC as AUC
    from dgnet_tf.training.keras_metrics import MPJPE as MPJPE
    from dgnet_tf.training.keras_metrics import NMPJPE as NMPJPE
    from dgnet_tf.training.keras_metrics import PCK as PCK
    from dgnet_tf.training.keras_metrics import PMPJPE as PMPJPE
    from dgnet_tf.training.losses import SumSquaredError as SumSquaredError
    from dgnet_tf.training.losses import block_loss_weights as block_loss_weights


class _PublicModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets `import dgnet_tf.report` find the module where it lives."""

    def find_spec(self, fullname, path=None, target=None):
        package, _, name = fullname.rpartition(".")
        if package == __name__ and name in _MODULES:
            return importlib.util.spec_from_loader(fullname, self)
        return None

    def create_module(self, spec):
        name = spec.name.rpartition(".")[2]
        module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module):
        # The import system has put the spec of the public name in its place.
        module.__spec__ = module.__spec__.loader_state


sys.meta_path.append(_PublicModules())
keras_classes.announce()


if not TYPE_CHECKING:  # To type checkers it would promise any name.

    def __getattr__(name):
        if name in _PUBLIC:
            return getattr(_module(f"{__name__}.{_PUBLIC[name]}"), name)
        if name in _MODULES or name in _PLAIN_MODULES:
            return _module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _module(name):
    from dgnet_tf.errors import not_installed

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise not_installed(error) from error


def __dir__():
    return sorted(__all__)
