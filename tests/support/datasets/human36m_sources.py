"""Writes small Human3.6M sources in their true raw layouts, with made-up content."""

from __future__ import annotations

import math
import pathlib

import cdflib.cdfwrite
import h5py
import numpy as np
import scipy.io

from preprocessing.cameras import virtual_cameras
from preprocessing.datasets import walker
from support.datasets import community_files

CAMERAS = ("54138969", "55011271", "58860488", "60457274")
# Subject, name in a source, frames. S1 has names of its own.
SEQUENCES = (
    ("S1", "TakingPhoto 1", 40),
    ("S1", "Directions", 23),
    ("S8", "Sitting 2", 25),
    ("S8", "SittingDown", 31),
    ("S9", "Walking", 33),
    ("S11", "Directions", 20),
    ("S11", "Directions 1", 21),
)
# The same as records name them.
TAKES = {
    ("S1", "Photo 1"): ("S1", "TakingPhoto 1"),
    **{(s, n): (s, n) for s, n, _ in SEQUENCES if n not in ("TakingPhoto 1",)},
}
del TAKES["S11", "Directions"]
OF_32 = (0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27)


def millimetres(subject: str, name: str, frames: int) -> np.ndarray:
    """Returns (F, 32, 3) float64: a walker; the joints nobody uses are elsewhere."""
    person = int(subject[1:])
    body = walker.motion(person, "walk", frames, seed=len(name))
    seed = [person, *name.encode()]
    joints = np.random.default_rng(seed).uniform(-2000.0, 2000.0, (frames, 32, 3))
    joints[:, OF_32] = 1000.0 * body
    return joints


def motions(sequences=SEQUENCES) -> dict[tuple[str, str], np.ndarray]:
    """Returns (subject, name) to (F, 32, 3) millimetres."""
    return {(s, name): millimetres(s, name, frames) for s, name, frames in sequences}


def as_community(sequences=SEQUENCES) -> dict:
    """Returns the nested dict of `data_3d_h36m.npz`: float32 metres."""
    nested = {}
    for (subject, name), mm in motions(sequences).items():
        nested.setdefault(subject, {})[name] = (mm / 1000.0).astype("float32")
    return nested


def write_cdf(path, mm, one_record: bool = True, compressed: bool = False):
    """Writes `Pose`, as one record of (F, 96) or as F records of 96."""
    values = np.asarray(mm).reshape(len(mm), 96)
    file = cdflib.cdfwrite.CDF(path, {"Compressed": 6 if compressed else 0})
    file.write_var(
        {
            "Variable": "Pose",
            "Data_Type": file.CDF_DOUBLE,
            "Num_Elements": 1,
            "Rec_Vary": True,
            "Dim_Sizes": list(values.shape) if one_record else [96],
        },
        var_data=values[None] if one_record else values,
    )
    file.close()


def write_mat(path, mm, compressed: bool = False):
    """Writes a 1 x 1 cell `data`, as MATLAB's cdfread and save leave it."""
    cell = np.empty((1, 1), object)
    cell[0, 0] = np.asarray(mm).reshape(len(mm), 96)
    with open(path, "wb") as file:
        scipy.io.savemat(file, {"data": cell}, do_compression=compressed)


def write_h5(path, mm):
    """Writes `3D_positions` of (96, F)."""
    with h5py.File(path, "w") as file:
        file["3D_positions"] = np.asarray(mm).reshape(len(mm), 96).T


_FORMS = {
    "cdf": ("MyPoseFeatures/D3_Positions", ".cdf", write_cdf),
    "mat": ("MyPoseFeatures/D3_Positions", ".cdf.mat", write_mat),
    "h5": ("MyPoses/3D_positions", ".h5", write_h5),
}


def write(folder, form: str, sequences=SEQUENCES, **options):
    """Writes a source of one form, with metadata.xml, and returns its folder."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_metadata(folder / "metadata.xml")
    if form == "npz":
        path = folder / "data_3d_h36m.npz"
        community_files.write(path, positions_3d=as_community(sequences))
        return folder
    below, suffix, write_one = _FORMS[form]
    for (subject, name), mm in motions(sequences).items():
        path = folder / subject / below / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_one(path, mm, **options)
    return folder


def write_detections(path, positions_2d: dict, joints: int, left, right):
    """Writes the community's 2-D file."""
    metadata = {"num_joints": joints, "keypoints_symmetry": [list(left), list(right)]}
    return community_files.write(path, positions_2d=positions_2d, metadata=metadata)


def placement(person: int, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns rotation (3, 3) and centre (3,) in metres of a person's camera."""
    azimuth = 0.4 + 0.1 * person + index * math.pi / 2
    center = np.array([5 * math.cos(azimuth), 5 * math.sin(azimuth), 1.5])
    return virtual_cameras.look_at(center, (0.0, 0.0, 0.9)), center


def intrinsics(index: int) -> list[float]:
    """Returns a camera's nine: focal, principal, radial, tangential."""
    focal = [1145.0 + index, 1143.5 + index]
    principal = [512.5 - index, 508.25 + 2 * index]
    return [*focal, *principal, -0.2, 0.24, -0.002, -0.0009 + 0.001 * index, -0.0016]


def numbers() -> list[float]:
    """Returns the 300 of `<w0>`."""
    extrinsics = []
    for index in range(4):
        for person in range(1, 12):
            rotation, center = placement(person, index)
            extrinsics += [*angles(rotation), *(1000.0 * center)]
    return extrinsics + [number for i in range(4) for number in intrinsics(i)]


def angles(rotation) -> tuple[float, float, float]:
    """Returns a, b, c of Rx(a) Ry(b) Rz(c)."""
    return (
        math.atan2(-rotation[1][2], rotation[2][2]),
        math.asin(rotation[0][2]),
        math.atan2(-rotation[0][1], rotation[0][0]),
    )


def write_metadata(path, values=None):
    """Writes metadata.xml: `<w0>` among elements of other kinds."""
    values = numbers() if values is None else values
    text = " ".join(f"{value:.12g}" for value in values)
    pathlib.Path(path).write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<metadata><db_basename>/x/'
        "</db_basename><mapping><tr><td>S1</td><td>S5</td></tr></mapping>\n"
        f"<w0>[{text}]</w0>\n<w1>[1 2 3]</w1></metadata>\n"
    )
