"""Files of the data sets that are converted; each case converts."""

from __future__ import annotations

import functools
import io
import json
import pathlib
from collections.abc import Callable, Iterator

import h5py
import numpy as np
import scipy.io
from support.datasets import (
    bvh_documents,
    community_files,
    human36m_sources,
    humaneva_files,
    mpi_inf_3dhp_files,
    pose_archives,
)

from fuzzing import (
    bomb_damage,
    byte_damage,
    content_damage,
    hdf5_damage,
    json_damage,
    text_damage,
)
from fuzzing.target import Target
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import pipeline
from preprocessing.datasets import humaneva, mocap
from preprocessing.datasets.bvh import bvh
from preprocessing.datasets.human36m import human36m
from preprocessing.datasets.mpi_inf_3dhp import mpi_inf_3dhp

_SEQUENCE = ("S5", "Eating", 4)
_RIG = Rig(cameras=1)
_MOST_FRAMES = 100_000
_BINARY, _TEXT = (byte_damage.of_bytes,), (text_damage.of_text, byte_damage.of_bytes)
_HDF5 = (byte_damage.of_bytes, hdf5_damage.of_hdf5)
_BOMB = bomb_damage.rarely(bomb_damage.of_zip, byte_damage.of_zip)
_ZIP = (byte_damage.of_bytes, _BOMB)


def targets() -> Iterator[Target]:
    """Yields them."""
    yield _target("human36m-cdf", _human36m("cdf"), human36m.read, _BINARY)
    damages = _mat("data") + _contents(_human36m_cell, _matlab)
    yield _target("human36m-mat", _human36m("mat"), human36m.read, damages)
    damages = _HDF5 + _contents(_human36m_h5, _hdf5)
    yield _target("human36m-h5", _human36m("h5"), human36m.read, damages)
    damages = _ZIP + _contents(_human36m_positions, _pickled)
    yield _target("human36m-npz", _human36m("npz"), human36m.read, damages)
    yield _target("human36m-metadata", _metadata_xml, human36m.read, _TEXT)
    damages = _ZIP + _contents(_human36m_keypoints, _pickled)
    yield _target(
        "human36m-detections", _human36m_detections, _with_detections, damages
    )
    for name, contents in (("3d", _humaneva_positions), ("2d", _humaneva_keypoints)):
        damages = _ZIP + _contents(contents, _pickled)
        write = functools.partial(_humaneva, _HUMANEVA[name])
        yield _target(f"humaneva-{name}", write, humaneva.read, damages, cost=10)
    damages = _mat("annot2", "annot3", "univ_annot3", "cameras", "frames")
    damages += _contents(lambda: mpi_inf_3dhp_files.annot_mat(3), _matlab)
    yield _target("mpi_inf_3dhp-annot", _annot_mat, mpi_inf_3dhp.read, damages)
    read = functools.partial(mpi_inf_3dhp.read, annotation="annot3")
    yield _target("mpi_inf_3dhp-calibration", _calibration, read, _TEXT)
    damages = _HDF5 + _contents(lambda: mpi_inf_3dhp_files.annot_data(4), _hdf5)
    yield _target("mpi_inf_3dhp-annot_data", _annot_data, mpi_inf_3dhp.read, damages)
    for name, contents in (("train", _p_stmo_train), ("test", _p_stmo_test)):
        damages = _ZIP + _contents(contents, _pickled)
        write = functools.partial(_p_stmo, f"data_{name}_3dhp.npz", contents)
        yield _target(f"p-stmo-{name}", write, mpi_inf_3dhp.read, damages)
    read = functools.partial(bvh.read, rig=_RIG)
    yield _target("bvh", _bvh, read, _TEXT)
    yield _target("bvh-mapping", _mapping_json, _with_mapping, (json_damage.of_json,))
    damages = _ZIP + _contents(pose_archives.arrays, _npz)
    yield _target("pose-archive", _pose_archive, _archive, damages)


def _target(name, write, read: Callable[[pathlib.Path], object], damages, cost=2):
    return Target(name, write, functools.partial(_convert, read), damages, cost)


def _convert(read, path):
    folder = next(p for p in path.parents if p.name == "source")
    out = folder.parent / "out"
    made = pipeline.convert(
        read(folder), out, record_frames=16, record_overlap=4, show=lambda line: None
    )
    assert made.splits and 0 < made.fps < 1e5
    for split in made.splits.values():
        assert np.isfinite(split.mean_pose).all()
        assert 0 <= split.frames <= _MOST_FRAMES
    assert [p.name for p in folder.parent.iterdir() if p != folder] == ["out"]
    assert not list(out.glob("*/*"))


def _mat(*names):
    """Returns the damages of a MATLAB file with these variables."""
    bomb = bomb_damage.of_mat(*names)
    return (bomb_damage.rarely(bomb, byte_damage.of_bytes),)


def _contents(content, encode):
    return (content_damage.writer(content, encode),)


def _matlab(content) -> bytes:
    found = io.BytesIO()
    scipy.io.savemat(found, content, do_compression=True)
    return found.getvalue()


def _hdf5(content) -> bytes:
    found = io.BytesIO()
    with h5py.File(found, "w", userblock_size=512) as file:
        for name, value in content.items():
            file[name] = value
    return found.getvalue()


def _npz(content) -> bytes:
    found = io.BytesIO()
    np.savez(found, **content)
    return found.getvalue()


def _pickled(content) -> bytes:
    found = io.BytesIO()
    community_files.write(found, **content)
    return found.getvalue()


def _human36m(form):
    def write(folder):
        human36m_sources.write(folder, form, [_SEQUENCE])
        pattern = "data_3d_h36m.npz" if form == "npz" else "S5/*/*/*"
        return next(folder.glob(pattern))

    return write


@functools.cache
def _millimetres():
    return human36m_sources.millimetres(*_SEQUENCE).reshape(-1, 96)


def _human36m_cell():
    cell = np.empty((1, 1), object)
    cell[0, 0] = _millimetres()
    return {"data": cell}


def _human36m_h5():
    return {"3D_positions": _millimetres().T}


@functools.cache
def _human36m_positions():
    return {"positions_3d": human36m_sources.as_community([_SEQUENCE])}


def _metadata_xml(folder):
    human36m_sources.write(folder, "npz", [_SEQUENCE])
    return folder / "metadata.xml"


@functools.cache
def _human36m_keypoints():
    subject, name, frames = _SEQUENCE
    arrays = [np.full((frames + 1, 17, 2), 9.0 + c, np.float32) for c in range(4)]
    symmetry = [[4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]]
    return {
        "positions_2d": {subject: {name: arrays}},
        "metadata": {"num_joints": 17, "keypoints_symmetry": symmetry},
    }


def _human36m_detections(folder):
    human36m_sources.write(folder, "npz", [_SEQUENCE])
    path = folder / "data_2d_h36m_cpn.npz"
    return community_files.write(path, **_human36m_keypoints())


def _with_detections(folder):
    return human36m.read(folder, detections=folder / "data_2d_h36m_cpn.npz")


_HUMANEVA = {"3d": "data_3d_humaneva15.npz", "2d": "data_2d_humaneva15_gt.npz"}


@functools.cache
def _humaneva_world():
    walk = humaneva_files.world()["Train/S1"]["Walking 1 chunk0"][:8]
    return {"Train/S1": {"Box 1 chunk0": walk}}


def _humaneva(name, folder):
    world = _humaneva_world()
    humaneva_files.write(folder, world, humaneva_files.keypoints(world))
    return folder / name


def _humaneva_positions():
    return {"positions_3d": _humaneva_world()}


@functools.cache
def _humaneva_keypoints():
    return {
        "positions_2d": humaneva_files.keypoints(_humaneva_world()),
        "metadata": {
            "num_joints": 15,
            "keypoints_symmetry": humaneva_files.SYMMETRY,
        },
    }


def _annot_mat(folder):
    return mpi_inf_3dhp_files.write_train(folder, "S1/Seq1", 3) / "annot.mat"


def _calibration(folder):
    return mpi_inf_3dhp_files.write_train(folder, "S1/Seq1", 3) / "camera.calibration"


def _annot_data(folder):
    return mpi_inf_3dhp_files.write_test(folder, "TS1", 4) / "annot_data.mat"


def _p_stmo(name, content, folder):
    folder.mkdir()
    return mpi_inf_3dhp_files.write_npz(folder / name, **content())


@functools.cache
def _p_stmo_train():
    return {"data": mpi_inf_3dhp_files.train_dict({"S1 Seq1": (3, 0, 25)})}


@functools.cache
def _p_stmo_test():
    return {"data": mpi_inf_3dhp_files.test_dict({"TS1": (4, 0)})}


def _bvh(folder):
    tree = bvh_documents.person()
    path = folder / "07_01.bvh"
    return bvh_documents.write(path, tree, bvh_documents.motion(tree, 6))


def _mapping_json(folder):
    _bvh(folder)
    names = dict.fromkeys(bvh.SKELETON.joints, "Hips")
    names |= {"hip": ["LeftUpLeg", "RightUpLeg"], "head": {"Head": 1.8, "Neck1": -0.8}}
    names |= {"thorax": "Spine1", "neck": "Neck1", "spine": "Spine"}
    for side in ("left", "right"):
        limbs = ("UpLeg", "Leg", "Foot", "Arm", "ForeArm", "Hand")
        joints = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
        for limb, joint in zip(limbs, joints, strict=True):
            names[f"{side}_{joint}"] = f"{side.capitalize()}{limb}"
    path = folder / "mapping.json"
    path.write_text(json.dumps(names))
    return path


def _with_mapping(folder):
    return bvh.read(folder, _RIG, mapping=str(folder / "mapping.json"))


def _pose_archive(folder):
    folder.mkdir()
    return pose_archives.write(folder / "a.npz")


def _archive(folder):
    return mocap.read(folder / "a.npz", _RIG)
