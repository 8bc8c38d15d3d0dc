"""Writes HumanEva-I's `.npz` pair with procedural walkers before known cameras."""

from __future__ import annotations

import numpy as np

from dgnet_tf import cameras, skeletons
from preprocessing.cameras import virtual_cameras
from preprocessing.datasets import walker
from support.datasets import community_files

# Key and chunks: name, action of the walker, frames.
SEQUENCES = {
    "Train/S1": (("Walking 1 chunk0", "walk", 40), ("Walking 1 chunk2", "walk", 23)),
    "Validate/S1": (("Walking 1 chunk1", "walk", 31), ("Box 1 chunk0", "wave", 30)),
    "Train/S2": (("Jog 1 chunk4", "walk", 50), ("Gestures 1 chunk0", "wave", 12)),
    "Validate/S2": (("Jog 1 chunk0", "squat", 33),),
}
SYMMETRY = [[2, 3, 4, 8, 9, 10], [5, 6, 7, 11, 12, 13]]
COCO_SYMMETRY = [list(range(1, 17, 2)), list(range(2, 17, 2))]
INTRINSICS = (
    (745.5, 744.25, 324.0, 232.5, 0, 0, 0, 0, 0),
    (738.0, 739.5, 310.25, 250.0, -0.2, 0.1, 0, 0, 0),
    (751.0, 750.0, 318.0, 241.0, -0.21, 0.12, -0.01, 0.001, -0.0005),
)
# The walker's joints are those of Human3.6M.
_NAMES = {"pelvis": "hip"}


def world() -> dict:
    """Returns positions_3d: key -> chunk -> float32 (F, 15, 3) metres."""
    source = skeletons.get("human36m_17").joints
    joints = skeletons.get("humaneva_15").joints
    order = [source.index(_NAMES.get(joint, joint)) for joint in joints]
    found = {}
    for key, chunks in SEQUENCES.items():
        found[key] = {}
        for index, (name, action, frames) in enumerate(chunks):
            person = int(key[-1])
            motion = walker.motion(person, action, frames + 40 * index)[-frames:]
            found[key][name] = motion[:, order].astype(np.float32)
    return found


def camera(person: str, index: int):
    """Returns intrinsics, rotation and centre of a camera."""
    angle = 2.1 * index + {"S1": 0.0, "S2": 0.4}[person]
    center = np.array([5.5 * np.cos(angle), 5.5 * np.sin(angle), 1.5])
    rotation = virtual_cameras.look_at(center, (0.0, 0.0, 0.9))
    return np.array(INTRINSICS[index], float), rotation, center


def in_camera(positions, person: str, index: int) -> np.ndarray:
    """Returns (F, 15, 3) positions in the axes of a camera."""
    _, rotation, center = camera(person, index)
    return cameras.world_to_camera(positions.astype(np.float64), rotation, center)


def pixels(positions, person: str, index: int) -> np.ndarray:
    """Returns float32 (F, 15, 2) keypoints of a camera."""
    seen = in_camera(positions, person, index)
    return cameras.project(seen, camera(person, index)[0]).astype(np.float32)


def keypoints(positions=None) -> dict:
    """Returns positions_2d: key -> chunk -> one array per camera."""
    return {
        key: {
            name: [pixels(chunk, key[-2:], index) for index in range(3)]
            for name, chunk in chunks.items()
        }
        for key, chunks in (positions or world()).items()
    }


def coco(truth) -> dict:
    """Returns detections of 17 keypoints, with more frames and an unlabeled part."""
    found = {"Unlabeled/S4": {"Walking 1 chunk0": [np.zeros((5, 17, 2), "f4")] * 3}}
    for key, chunks in truth.items():
        found[key] = {
            name: [_coco(array) for array in arrays] for name, arrays in chunks.items()
        }
    return found


def _coco(truth) -> np.ndarray:
    """Puts the 15 joints where COCO has them; what it has not is far away."""
    array = np.full((len(truth) + 2, 17, 2), 9999.0, np.float32)
    places = {0: 14, 5: 2, 6: 5, 7: 3, 8: 6, 9: 4, 10: 7}
    places |= {11: 8, 12: 11, 13: 9, 14: 12, 15: 10, 16: 13}
    for joint, own in places.items():
        array[: len(truth), joint] = truth[:, own] + 3.0
    return array


def write(folder, positions=None, truth=None, detected=None):
    """Writes the pair, and detections if they are given; returns the folder."""
    folder.mkdir(exist_ok=True)
    positions = world() if positions is None else positions
    truth = keypoints(positions) if truth is None else truth
    write_2d(folder / "data_2d_humaneva15_gt.npz", truth, 15, SYMMETRY)
    community_files.write(folder / "data_3d_humaneva15.npz", positions_3d=positions)
    if detected is not None:
        path = folder / "data_2d_humaneva15_detectron_pt_coco.npz"
        write_2d(path, detected, 17, COCO_SYMMETRY)
    return folder


def write_2d(path, found, joints, symmetry):
    """Writes a file of keypoints."""
    metadata = {"num_joints": joints, "keypoints_symmetry": symmetry}
    community_files.write(path, positions_2d=found, metadata=metadata)
