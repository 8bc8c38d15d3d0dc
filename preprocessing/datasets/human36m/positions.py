"""Reads Human3.6M's 3-D positions, in every form that people have them in.

| form | files below the source folder | content |
|---|---|---|
| cdf | `S1/MyPoseFeatures/D3_Positions/Walking 1.cdf` | `Pose`: (F, 96) mm |
| mat | `S1/MyPoseFeatures/D3_Positions/Walking 1.cdf.mat` | cell `data`: (F, 96) mm |
| h5 | `S1/MyPoses/3D_positions/Walking 1.h5` | `3D_positions`: (96, F) mm |
| npz | `data_3d_h36m.npz` | `positions_3d`: S1 -> Walking 1 -> (F, 32, 3) m |

All are returned as the community's files hold them, float32 metres, so that all forms
give the same bytes.
"""

from __future__ import annotations

import dataclasses
import functools
import pathlib
from collections.abc import Callable

import numpy as np

from dgnet_tf.errors import UserError
from dgnet_tf.files import listing, npz_files
from preprocessing.conversion.sequences import MissingSource, check_positions
from preprocessing.datasets.community_files import named_items
from preprocessing.datasets.human36m import cdf_files, raw_files

JOINTS = 32
NPZ = "data_3d_h36m.npz"
_FARTHEST = 1000.0  # metres from the world's origin


@dataclasses.dataclass(frozen=True)
class Found:
    """The sequences of a source folder.

    Attributes:
        positions: (subject, sequence) to a picklable function without arguments that
            returns float32 (F, 32, 3), metres, world axes.
        files: the files that they are read from.
    """

    positions: dict[tuple[str, str], Callable[[], np.ndarray]]
    files: tuple[pathlib.Path, ...]


def find(source, subjects: tuple[str, ...]) -> Found:
    """Recognises the form by what is there; the forms are tried in the table's order.

    Raises:
        MissingSource: if no form is there.
        UserError: if the `.npz` is not what it should be.
    """
    source = pathlib.Path(source)
    if not source.is_dir():
        raise MissingSource(
            f"{source}: --source must be Human3.6M's folder; not found."
        )
    for form, (folder, suffix, _) in _FORMS.items():
        paths = {
            (subject, path.name.removesuffix(suffix)): path
            for subject in subjects
            for path in listing.found(source / subject / folder, f"*{suffix}")
        }
        if paths:
            positions = {
                key: functools.partial(read_sequence, str(path), form)
                for key, path in paths.items()
            }
            return Found(positions, tuple(paths.values()))
    if (source / NPZ).is_file():
        arrays = read_npz(source / NPZ, subjects)
        # The arrays themselves: a process that wants one need not read the whole file.
        positions = {key: functools.partial(np.asarray, arrays[key]) for key in arrays}
        return Found(positions, (source / NPZ,))
    looked = ", ".join(
        f"S1/{folder}/*{suffix}" for folder, suffix, _ in _FORMS.values()
    )
    raise MissingSource(f"{source}: holds no Human3.6M: looked for {looked} and {NPZ}.")


def read_sequence(path, form: str) -> np.ndarray:
    """Reads one sequence of millimetres, whose form is "cdf", "mat" or "h5".

    Returns:
        float32 (F, 32, 3), metres, world axes.

    Raises:
        UserError: if the file is damaged or holds anything else.
    """
    path = pathlib.Path(path)
    if path.stat().st_size > cdf_files.MAX_BYTES:
        raise UserError(f"{path}: is too large for one sequence of Human3.6M.")
    values = np.asarray(_FORMS[form][2](path))
    if values.ndim < 2 or values.shape[-1] != JOINTS * 3:
        raise UserError(
            f"{path}: its positions have shape {values.shape}; expected (frames, "
            f"{JOINTS * 3}), three numbers for each of {JOINTS} joints."
        )
    if not np.issubdtype(values.dtype, np.floating):
        raise UserError(f"{path}: its positions are {values.dtype}, not millimetres.")
    with np.errstate(over="ignore", invalid="ignore"):  # Checked right below.
        metres = values.reshape(-1, JOINTS, 3).astype(np.float64) / 1000.0
    return _checked(metres, str(path))


def read_npz(path, subjects) -> dict[tuple[str, str], np.ndarray]:
    """Reads all sequences of some people from the community's `.npz`.

    Returns:
        (subject, sequence) to float32 (F, 32, 3), metres, world axes.

    Raises:
        UserError: if the file is damaged or holds anything else.
    """
    by_subject = npz_files.read(path, ["positions_3d"])["positions_3d"]
    arrays = {}
    for subject, sequences in named_items(by_subject, f"{path}: positions_3d"):
        if subject in subjects:
            where = f"{path}: positions_3d[{subject!r}]"
            for name, array in named_items(sequences, where):
                arrays[subject, name] = _checked(array, f"{where}[{name!r}]")
    return arrays


def _checked(metres, where):
    check_positions(metres, JOINTS, where)
    if len(metres) > raw_files.MAX_FRAMES:
        raise UserError(f"{where}: {len(metres)} frames are too many for Human3.6M.")
    if np.abs(metres).max() > _FARTHEST:
        raise UserError(
            f"{where}: a joint is {np.abs(metres).max():.3g} m from the origin. Files "
            "of Human3.6M hold millimetres, except for the .npz, which holds metres."
        )
    return metres.astype(np.float32, copy=False)


# Name: folder below a person's, suffix, reader that returns (..., 96) millimetres.
_FORMS = {
    "cdf": ("MyPoseFeatures/D3_Positions", ".cdf", raw_files.read_cdf),
    "mat": ("MyPoseFeatures/D3_Positions", ".cdf.mat", raw_files.read_mat),
    "h5": ("MyPoses/3D_positions", ".h5", raw_files.read_h5),
}
