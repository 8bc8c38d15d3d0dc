"""Writes a made-up MPI-INF-3DHP in its true layouts: original files and P-STMO's."""

from __future__ import annotations

import math

import h5py
import numpy as np
import scipy.io

CAMERAS = range(14)
INDOOR, OUTDOOR = 0, 14  # cameras of the test set
USED = (0, 1, 2, 4, 5, 6, 7, 8)
SCALE = 0.9  # of the universal skeleton
# The 17 joints of the test set among the 28, as the field lists them.
RELEVANT = [7, 5, 14, 15, 16, 9, 10, 11, 23, 24, 25, 18, 19, 20, 4, 3, 6]
PELVIS = 4

# Right, down, forward of the pelvis in millimetres, seen from the front. Order of the
# data set: spine3, spine4, spine2, spine, pelvis, neck, head, head_top, left arm
# (clavicle to hand), right arm, left leg (hip to toe), right leg.
_LEFT_ARM = [(40, -480, 0), (170, -470, 0), (190, -190, 20), (200, 60, -20)]
_LEFT_ARM += [(205, 140, -30)]
_LEFT_LEG = [(100, 0, 0), (105, 430, -20), (110, 850, 10), (115, 900, -90)]
_LEFT_LEG += [(116, 910, -150)]
_BODY = [(0, -300, 0), (0, -400, 0), (0, -200, 0), (0, -120, 0), (0, 0, 0)]
_BODY += [(0, -500, 0), (0, -600, -30), (0, -720, 0)]
PERSON = np.array(
    _BODY
    + _LEFT_ARM
    + [(-x, y, z) for x, y, z in _LEFT_ARM]
    + _LEFT_LEG
    + [(-x, y, z) for x, y, z in _LEFT_LEG],
    float,
)


def intrinsic(camera: int) -> np.ndarray:
    """Returns the (3, 3) matrix of a camera."""
    if camera == OUTDOOR:
        return np.array([[1500.0, 0, 960], [0, 1500, 540], [0, 0, 1]])
    return np.array(
        [[1497.5 + camera, 0, 1024.75], [0, 1496.25, 1050.5 - camera], [0, 0, 1]]
    )


def annotations(frames: int, camera: int, seed: int = 0):
    """Returns annot2 (F, 28, 2) pixels and annot3, univ_annot3 (F, 28, 3) mm."""
    angles = 0.05 * np.arange(frames) + 2 * math.pi * camera / len(CAMERAS) + seed
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y, z = PERSON.T
    y = y * (1 + 0.01 * seed)  # Another height for each.
    positions = np.stack(
        [cos * x + sin * z, np.broadcast_to(y, (frames, 28)), cos * z - sin * x], -1
    )
    away = np.array([30.0 * camera, -50.0, 4000.0 + 70.0 * camera])
    positions = positions + away + 2.0 * np.arange(frames)[:, None, None]
    projected = np.einsum("ij,fnj->fni", intrinsic(camera), positions)
    root = positions[:, PELVIS : PELVIS + 1]
    universal = root + SCALE * (positions - root)
    return projected[..., :2] / projected[..., 2:], positions, universal


def cells(matrices) -> np.ndarray:
    """Returns an n x 1 cell array."""
    array = np.empty((len(matrices), 1), object)
    for index, matrix in enumerate(matrices):
        array[index, 0] = matrix
    return array


def annot_mat(frames: int, seed: int = 0) -> dict:
    """Returns the variables of an annot.mat."""
    names = "annot2", "annot3", "univ_annot3"
    of_cameras = [annotations(frames, camera, seed) for camera in CAMERAS]
    return {
        **{
            name: cells([found[index].reshape(frames, -1) for found in of_cameras])
            for index, name in enumerate(names)
        },
        "cameras": np.arange(14, dtype=np.uint8)[None],
        "frames": np.arange(frames, dtype=np.int32)[:, None],
    }


def calibration() -> str:
    """Returns the text of a camera.calibration."""
    lines = ["Skeletool Camera Calibration File V1.0"]
    for camera in CAMERAS:
        matrix = np.eye(4)
        matrix[:3, :3] = intrinsic(camera)
        numbers = " ".join(f"{value:.7g}" for value in matrix.ravel())
        unit = " ".join(f"{value:g}" for value in np.eye(4).ravel())
        lines += [
            f"name          {camera}",
            "  sensor      10 10",
            "  size        2048 2048",
            "  animated    0",
            f"  intrinsic   {numbers} ",
            f"  extrinsic   {unit} ",
            "  radial      0",
        ]
    return "\n".join(lines) + "\n"


def write_train(root, name: str, frames: int, seed: int = 0, **changes):
    """Writes S*/Seq*; `changes` replace variables of annot.mat, None removes one."""
    folder = root / name
    folder.mkdir(parents=True)
    content = {**annot_mat(frames, seed), **changes}
    content = {key: value for key, value in content.items() if value is not None}
    scipy.io.savemat(folder / "annot.mat", content, do_compression=True)
    (folder / "camera.calibration").write_text(calibration())
    return folder


def camera_of(name: str) -> int:
    """Returns the camera of a test sequence."""
    return OUTDOOR if name[-1] in "56" else INDOOR


def annot_data(frames: int, seed: int = 0, camera: int = INDOOR) -> dict:
    """Returns the variables of an annot_data.mat; every third frame is not valid."""
    found = annotations(frames, camera, seed)
    names = "annot2", "annot3", "univ_annot3"
    return {
        **{
            name: array[:, None, RELEVANT]
            for name, array in zip(names, found, strict=True)
        },
        "valid_frame": (np.arange(frames)[:, None] % 3 != 2).astype(float),
        "activity_annotation": np.full((frames, 1), 3.0),
    }


def write_test(root, name: str, frames: int, seed: int = 0, **changes):
    """Writes TS*; `changes` replace variables of annot_data.mat, None removes one."""
    folder = root / name
    folder.mkdir(parents=True)
    path = folder / "annot_data.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        arrays = annot_data(frames, seed, camera_of(name))
        for key, value in {**arrays, **changes}.items():
            if value is not None:
                file[key] = value
                file[key].attrs["MATLAB_class"] = np.bytes_("double")
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124))
        file.write(b"\x00\x02IM")
    return folder


def train_dict(sequences: dict[str, tuple[int, int, int]]) -> dict:
    """Returns P-STMO's training dict; name to frames, seed and frames a second."""
    data = {}
    for name, (frames, seed, fps) in sequences.items():
        by_camera = {}
        for camera in USED:
            annot2, _, universal = annotations(frames, camera, seed)
            by_camera[str(camera)] = {
                "data_2d": annot2[:, RELEVANT],
                "data_3d": universal[:, RELEVANT],
            }
        data[name] = [by_camera, fps]
    return data


def test_dict(sequences: dict[str, tuple[int, int]]) -> dict:
    """Returns P-STMO's test dict; name to frames and seed."""
    data = {}
    for name, (frames, seed) in sequences.items():
        found = annot_data(frames, seed, camera_of(name))
        data[name] = {
            "data_2d": np.squeeze(found["annot2"]),
            "data_3d": np.squeeze(found["univ_annot3"]),
            "valid": np.squeeze(found["valid_frame"]),
        }
    return data


def write_npz(path, data: dict):
    """Writes P-STMO's `.npz`: a dict, pickled."""
    np.savez_compressed(path, data=data)
    return path
