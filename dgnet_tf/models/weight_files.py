"""Files of a network's weights: written, compared with a network, read.

`keras.Model.save_weights` writes them; Keras 2.15 and Keras 3 read them from each other
with the same values. Keras finds tensors by the order of layers, and may pass over what
is absent; so a file is compared with the network before it is read.
"""

from __future__ import annotations

import pathlib
import tempfile

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.models import weight_folders


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

    `half` rounds to float16, for half the size; Keras reads it all the same.

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
