"""Loads networks with trained weights by name.

The weights lie in the file that `keras.Model.save_weights` writes, which Keras 2.15
and Keras 3 read from each other with the same values. Keras finds tensors in it by
the order of layers, and may pass over what is absent; so the file is compared with the
network before it is read.
"""

from __future__ import annotations

import pathlib
import tempfile

import numpy as np
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.config import config as configuration
from dgnet_tf.errors import UserError
from dgnet_tf.models import runs, weight_folders
from dgnet_tf.models.architectures import precision

keras = tf.keras


def load(weights, *, load_weights: bool = True) -> runs.Run:
    """Loads trained weights into the network that they were trained in.

    Args:
        weights: a name that the package ships, or a folder made by `save_preset`.
        load_weights: False gives the network as it is before training.

    Returns:
        The configuration and the network.

    Raises:
        UserError: if there are no such weights, or they are damaged.
    """
    folder = weight_folders.find(weights)
    config = read_config(folder)
    with precision(config.precision):
        model = runs.build_model(config)
    if load_weights:
        load_into(model, folder)
    return runs.Run(config, model)


def of_flags(workdir, weights) -> tuple[runs.Run, pathlib.Path]:
    """Loads what a command was given: a run, or weights where that is None.

    Returns:
        The run, and the folder that tells its origin.

    Raises:
        UserError: as `runs.load` and `load`.
    """
    if weights is None:
        return runs.load(workdir), pathlib.Path(workdir)
    return load(weights), weight_folders.find(weights)


def read_config(folder) -> configuration.Config:
    """Returns the configuration that a folder's weights were trained with.

    Raises:
        UserError: if `preset.json` is damaged or holds none.
    """
    content = weight_folders.read(folder)
    try:
        config = configuration.make("paper", **content["config"])
        skeletons.get(config.skeleton)
    except (UserError, ValueError) as error:
        path = pathlib.Path(folder) / weight_folders.FILE
        raise UserError(f"{path}: `config`: {error}") from error
    return config


def load_into(model, folder):
    """Gives a network a folder's weights.

    Raises:
        UserError: if the file is damaged, or of another network; the message names
            the tensor that is missing, too many or of another shape.
    """
    path = weight_folders.weights_file(folder)
    try:
        found = tensors(path)
    except OSError as error:
        raise UserError(f"{path}: is no HDF5 file ({error}).") from error
    with tempfile.TemporaryDirectory() as beside:
        wanted = tensors(save(model, pathlib.Path(beside) / weight_folders.WEIGHTS))
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise UserError(
                f"{path}: tensor {name!r} {_difference(wanted, found, name)}. The file "
                "is of another network than its configuration."
            )
    model.load_weights(str(path))


def _difference(wanted, found, name):
    if name not in found:
        return f"of shape {wanted[name]} is missing"
    if name not in wanted:
        return "is not of this network"
    return f"has shape {found[name]} instead of {wanted[name]}"


def tensors(path) -> dict[str, tuple[int, ...]]:
    """Returns the shapes of a weight file's tensors by their paths in it.

    Raises:
        OSError: if it is no HDF5 file.
    """
    import h5py  # TensorFlow's own requirement.

    shapes = {}

    def note(name, node):
        if isinstance(node, h5py.Dataset):
            shapes[name] = node.shape

    with h5py.File(path, "r") as file:
        file.visititems(note)
    return shapes


def save(model, path, *, half: bool = False) -> pathlib.Path:
    """Writes a network's weights; `path` ends in `.weights.h5`.

    Args:
        model: the network.
        path: of the file.
        half: round to float16, for half the size; Keras reads it all the same.

    Raises:
        UserError: if a weight is beyond float16.
    """
    path = pathlib.Path(path)
    if not half:
        model.save_weights(str(path))
        return path
    import h5py

    with tempfile.TemporaryDirectory() as beside:
        whole = pathlib.Path(beside) / weight_folders.WEIGHTS
        model.save_weights(str(whole))
        with h5py.File(whole, "r") as source, h5py.File(path, "w") as target:
            groups = []
            source.visit(groups.append)
            for name in groups:
                if isinstance(source[name], h5py.Dataset):
                    target[name] = _rounded(name, source[name][()])
                else:  # Keras looks into empty ones, too.
                    target.require_group(name)
    return path


def _rounded(name, value):
    if value.dtype.kind != "f":
        return value
    with np.errstate(over="ignore"):
        rounded = value.astype(np.float16)
    if not np.isfinite(rounded).all():
        raise UserError(
            f"Weight {name!r} holds {np.abs(value).max():.3g}, which float16 cannot. "
            "Leave --half out."
        )
    return rounded


def probe(model, config) -> np.ndarray:
    """Returns (N, 3), the newest pose that a network gives for one made-up window.

    Saved with the weights it tells whether another stack computes the same.
    """
    frame = np.arange(config.frames)[:, None]
    joint = np.arange(len(skeletons.get(config.skeleton).joints))
    x = 0.3 * np.sin(1.0 + 2.1 * joint + 0.05 * frame)
    y = 0.5 * np.cos(2.0 + 1.3 * joint - 0.07 * frame)
    window = np.stack([x, y], axis=-1)[None].astype(np.float32)
    pose = model(tf.constant(window), training=False)["pose"]
    return np.asarray(pose, np.float32)[0, -1]
