"""Broken source files of every data set: each is converted or refused, no third.

What detectors write is in `test_keypoint_fuzz`, pickles themselves in `test_pickles`.
"""

import json
import shutil

import h5py
import numpy as np
import pytest
import scipy.io
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support import damage
from support.datasets import (
    bvh_documents,
    community_files,
    human36m_sources,
    humaneva_files,
    mpi_inf_3dhp_files,
    pose_archives,
)

from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import pipeline
from preprocessing.datasets import humaneva, mocap
from preprocessing.datasets.bvh import bvh
from preprocessing.datasets.human36m import human36m
from preprocessing.datasets.mpi_inf_3dhp import mpi_inf_3dhp

MANY = 200
CASES = (20, pytest.param(MANY, marks=pytest.mark.slow))
SEQUENCE = ("S5", "Eating", 4)
RIG = Rig(cameras=1)


def human36m_form(form):
    def write(folder):
        human36m_sources.write(folder, form, [SEQUENCE])
        pattern = "data_3d_h36m.npz" if form == "npz" else "S5/*/*/*"
        return next(folder.glob(pattern)), lambda: human36m.read(folder)

    return write


def metadata_xml(folder):
    human36m_sources.write(folder, "npz", [SEQUENCE])
    return folder / "metadata.xml", lambda: human36m.read(folder)


def human36m_keypoints():
    subject, name, frames = SEQUENCE
    arrays = [np.full((frames + 1, 17, 2), 9.0 + c, np.float32) for c in range(4)]
    symmetry = [[4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]]
    return {
        "positions_2d": {subject: {name: arrays}},
        "metadata": {"num_joints": 17, "keypoints_symmetry": symmetry},
    }


def human36m_detections(folder):
    human36m_sources.write(folder, "npz", [SEQUENCE])
    path = folder / "data_2d_h36m_cpn.npz"
    community_files.write(path, **human36m_keypoints())
    return path, lambda: human36m.read(folder, detections=path)


def small_humaneva():
    walk = humaneva_files.world()["Train/S1"]["Walking 1 chunk0"][:8]
    world = {"Train/S1": {"Box 1 chunk0": walk}}
    return world, humaneva_files.keypoints(world)


def humaneva_pair(which):
    def write(folder):
        humaneva_files.write(folder, *small_humaneva())
        return folder / which, lambda: humaneva.read(folder)

    return write


def annot_mat(folder):
    path = mpi_inf_3dhp_files.write_train(folder, "S1/Seq1", 3) / "annot.mat"
    return path, lambda: mpi_inf_3dhp.read(folder)


def camera_calibration(folder):
    path = mpi_inf_3dhp_files.write_train(folder, "S1/Seq1", 3) / "camera.calibration"
    return path, lambda: mpi_inf_3dhp.read(folder, annotation="annot3")


def annot_data_mat(folder):
    path = mpi_inf_3dhp_files.write_test(folder, "TS1", 4) / "annot_data.mat"
    return path, lambda: mpi_inf_3dhp.read(folder)


def p_stmo(name, content):
    def write(folder):
        folder.mkdir(exist_ok=True)
        mpi_inf_3dhp_files.write_npz(folder / name, **content())
        return folder / name, lambda: mpi_inf_3dhp.read(folder)

    return write


def bvh_file(folder):
    tree = bvh_documents.person()
    path = folder / "07_01.bvh"
    bvh_documents.write(path, tree, bvh_documents.motion(tree, 6))
    return path, lambda: bvh.read(folder, RIG)


def mapping():
    names = dict.fromkeys(bvh.SKELETON.joints, "Hips")
    names |= {"hip": ["LeftUpLeg", "RightUpLeg"], "head": {"Head": 1.8, "Neck1": -0.8}}
    names |= {"thorax": "Spine1", "neck": "Neck1", "spine": "Spine"}
    for side in ("left", "right"):
        limbs = ("UpLeg", "Leg", "Foot", "Arm", "ForeArm", "Hand")
        joints = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
        for limb, joint in zip(limbs, joints, strict=True):
            names[f"{side}_{joint}"] = f"{side.capitalize()}{limb}"
    return names


def mapping_json(folder):
    bvh_file(folder)
    path = folder / "mapping.json"
    path.write_text(json.dumps(mapping()))
    return path, lambda: bvh.read(folder, RIG, mapping=str(path))


def pose_archive(folder):
    folder.mkdir(exist_ok=True)
    path = folder / "a.npz"
    pose_archives.write(path)
    return path, lambda: mocap.read(path, RIG)


def human36m_positions():
    return {"positions_3d": human36m_sources.as_community([SEQUENCE])}


def humaneva_keypoints():
    metadata = {"num_joints": 15, "keypoints_symmetry": humaneva_files.SYMMETRY}
    return {"positions_2d": small_humaneva()[1], "metadata": metadata}


def p_stmo_train():
    return {"data": mpi_inf_3dhp_files.train_dict({"S1 Seq1": (3, 0, 25)})}


def p_stmo_test():
    return {"data": mpi_inf_3dhp_files.test_dict({"TS1": (4, 0)})}


FILES = {
    "human36m cdf": human36m_form("cdf"),
    "human36m mat": human36m_form("mat"),
    "human36m h5": human36m_form("h5"),
    "human36m npz": human36m_form("npz"),
    "human36m metadata.xml": metadata_xml,
    "human36m detections": human36m_detections,
    "humaneva 3d": humaneva_pair("data_3d_humaneva15.npz"),
    "humaneva 2d": humaneva_pair("data_2d_humaneva15_gt.npz"),
    "annot.mat": annot_mat,
    "camera.calibration": camera_calibration,
    "annot_data.mat": annot_data_mat,
    "p-stmo train": p_stmo("data_train_3dhp.npz", p_stmo_train),
    "p-stmo test": p_stmo("data_test_3dhp.npz", p_stmo_test),
    "bvh": bvh_file,
    "mapping": mapping_json,
    "pose archive": pose_archive,
}


def pickled(path, content):
    community_files.write(path, **{str(name): value for name, value in content.items()})


def matlab(path, content):
    try:
        scipy.io.savemat(path, content)
    except Exception:  # What MATLAB has no words for.
        assume(False)


def hdf5(path, content):
    path.unlink()  # The library writes no file that is a damaged one.
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in content.items():
            try:
                file[name] = value
            except (TypeError, ValueError, OverflowError):
                assume(False)


def archive(path, content):
    try:
        np.savez(path, **content)
    except (TypeError, ValueError):
        assume(False)


def as_json(path, content):
    path.write_text(json.dumps(content))


# Right names in wrong places.
JOINTS = 9 * ("Head", "Hips", ["Hips", "Neck"], {"Head": 2.0, "Hips": -1.0})
# What a file holds, and how that is written.
CONTENTS = {
    "human36m npz": (human36m_positions, pickled),
    "human36m detections": (human36m_keypoints, pickled),
    "humaneva 3d": (lambda: {"positions_3d": small_humaneva()[0]}, pickled),
    "humaneva 2d": (humaneva_keypoints, pickled),
    "annot.mat": (lambda: mpi_inf_3dhp_files.annot_mat(3), matlab),
    "annot_data.mat": (lambda: mpi_inf_3dhp_files.annot_data(4), hdf5),
    "p-stmo train": (p_stmo_train, pickled),
    "p-stmo test": (p_stmo_test, pickled),
    "mapping": (mapping, as_json),
    "pose archive": (pose_archives.arrays, archive),
}


def refused(read, out) -> bool:
    """Converts; returns whether it was refused. Anything else is an error."""
    try:
        pipeline.convert(
            read(), out, record_frames=16, record_overlap=4, show=lambda line: None
        )
    except UserError as error:
        assert [path.name for path in out.parent.iterdir()] == ["source"]
        assert "\n" not in str(error) and len(str(error)) < 2000
        return True
    assert manifest.read(out).splits
    shutil.rmtree(out)
    return False


def fuzz(tmp_path, write, change, cases) -> int:
    """Tries so many changes of a file; returns how many were refused."""
    path, read = write(tmp_path / "source")
    assert not refused(read, tmp_path / "out")
    whole, count = path.read_bytes(), 0

    @settings(
        max_examples=cases,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def run(rng):
        nonlocal count
        change(path, whole, rng)
        count += refused(read, tmp_path / "out")

    run()
    return count


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("cases", CASES)
@pytest.mark.parametrize("kind", FILES)
def test_odd_bytes_are_converted_or_refused(tmp_path, kind, cases):
    def change(path, whole, rng):
        path.write_bytes(damage.of_bytes(whole, rng))

    count = fuzz(tmp_path, FILES[kind], change, cases)
    assert cases < MANY or count > cases / 4


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("cases", CASES)
@pytest.mark.parametrize("kind", CONTENTS)
def test_odd_content_is_converted_or_refused(tmp_path, kind, cases):
    content, write = CONTENTS[kind]
    odd = damage.PLAIN + (JOINTS if write is as_json else damage.ARRAYS)

    def change(path, whole, rng):
        broken = damage.of_content(content(), rng, odd)
        assume(isinstance(broken, dict) or write is as_json)
        write(path, broken)

    count = fuzz(tmp_path, FILES[kind], change, cases)
    assert cases < MANY or cases / 4 < count < cases
