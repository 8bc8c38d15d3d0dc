"""Files of a network's weights: written, compared with a network, read.

`keras.Model.save_weights` writes them; Keras 2.15 and Keras 3 read them from each other
with the same values. Keras finds tensors by the order of layers, and may pass over what
is absent; so a file is compared with the network before it is read.

A run's `model.keras` is a zip that holds such a file. Keras would build the network
anew from the archive's own description, which can name any code; here the network is
built from the configuration, and of the archive the weights alone are read.
"""

from __future__ import annotations

import contextlib
import io
import pathlib
import tempfile
import zipfile

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import hdf5_files
from dgnet_tf.models import weight_folders

# What a training leaves beside the weights: the optimizer keeps up to four further
# numbers for each of them.
_MOST_TIMES, _MORE = 8, 16 << 20


def load_into(model, folder):
    """Gives a network a folder's weights.

    Raises:
        UserError: if the file is damaged, or of another network; the message names
            the tensor that is missing, too many or of another shape.
    """
    path = weight_folders.weights_file(folder)
    with tempfile.TemporaryDirectory() as beside:
        _load(model, path, path, _wanted(model, beside)[0])


def load_archive_into(model, path):
    """Gives a network the weights of a Keras archive (`.keras`) of the same network.

    Nothing else in the archive is read, whatever it describes.

    Raises:
        UserError: as `load_into`, or if it is no such archive.
    """
    with tempfile.TemporaryDirectory() as beside:
        wanted, size = _wanted(model, beside)
        weights = pathlib.Path(beside) / f"trained.{weight_folders.WEIGHTS}"
        try:
            content = _extracted(path, _MOST_TIMES * size + _MORE)
        except UserError:
            raise
        except Exception as error:  # Damaged archives end in many kinds.
            raise UserError(
                f"{path}: cannot be loaded: is no whole Keras archive "
                f"({type(error).__name__}: {error!s:.80}); nothing in it was run. "
                "Copy it again, or train again."
            ) from error
        with _naming(weights):
            weights.write_bytes(content)
        _load(model, path, weights, wanted, also=("optimizer", "metrics"))


def _extracted(path, most) -> bytes:
    with zipfile.ZipFile(path) as archive:
        # By its own name alone: what else is there stays closed.
        info = archive.getinfo(weight_folders.WEIGHTS)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"compression method {info.compress_type}")
        if info.file_size > most:
            raise UserError(
                f"{path}: cannot be loaded: its weights have {info.file_size} bytes, "
                f"more than {most}, far too many for the network of its configuration."
            )
        return archive.read(info)  # `file_size` bytes at most.


def _wanted(model, folder):
    """Returns the shapes of a network's tensors, and the size of their file."""
    own = save(model, pathlib.Path(folder) / weight_folders.WEIGHTS)
    return tensors(own), own.stat().st_size


def _load(model, path, weights, wanted, also=()):
    """Loads the file `weights`, which messages call `path`.

    It may hold groups named in `also` besides the network's.
    """
    try:
        found = tensors(weights)
    except OSError as error:
        raise UserError(f"{path}: is no HDF5 file ({error!s:.80}).") from error
    except Exception as error:  # h5py leaves it to chance which error damage ends in.
        raise UserError(f"{path}: is no file of weights ({error!s:.120}).") from error
    found = {k: v for k, v in found.items() if k.partition("/")[0] not in also}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise UserError(
                f"{path}: tensor {name!r:.80} {_difference(wanted, found, name)}. The "
                "file is of another network than its configuration."
            )
    try:
        model.load_weights(str(weights))
    except Exception as error:  # As above.
        raise UserError(
            f"{path}: its tensors cannot be read ({type(error).__name__}: "
            f"{error!s:.80}). Copy the file again."
        ) from error
    if not all(np.isfinite(weight).all() for weight in model.get_weights()):
        raise UserError(
            f"{path}: holds weights that are not finite; it is damaged, or the "
            "training diverged. Copy the file again, or train again."
        )


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
        ValueError: if it holds other than numbers, or points beyond itself.
    """
    import h5py  # TensorFlow's own requirement.

    with h5py.File(path, "r") as file:
        return hdf5_files.shapes(file)


def save(model, path, *, half: bool = False) -> pathlib.Path:
    """Writes a network's weights, whose file `path` is.

    `half` rounds to float16, for half the size; Keras reads it all the same.

    Raises:
        UserError: if a weight is beyond float16.
        OSError: if the file cannot be written.
    """
    path = pathlib.Path(path)
    with _naming(path):
        with tempfile.TemporaryDirectory(dir=path.parent) as beside:
            content = _content(model, pathlib.Path(beside) / "model.keras")
        path.write_bytes(_halved(content) if half else content)
    return path


@contextlib.contextmanager
def _naming(path):
    """Gives errors the name of the file, which those of a full disk do not have."""
    try:
        yield
    except OSError as error:
        name = error.filename or str(path)
        raise OSError(error.errno, error.strerror, name) from error


def _content(model, archive) -> bytes:
    """Returns what `save_weights` would write, by way of a Keras archive.

    HDF5 ends the whole process where the disk is full; for an archive Keras lets it
    write to memory.
    """
    model.save(archive)
    with zipfile.ZipFile(archive) as whole:
        return whole.read(weight_folders.WEIGHTS)


def _halved(content) -> bytes:
    import h5py

    rounded = io.BytesIO()
    with h5py.File(io.BytesIO(content), "r") as source, h5py.File(rounded, "w") as file:
        names = []
        source.visit(names.append)
        for name in names:
            if isinstance(source[name], h5py.Dataset):
                file[name] = _rounded(name, source[name][()])
            else:  # Keras looks into empty ones, too.
                file.require_group(name)
    return rounded.getvalue()


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
