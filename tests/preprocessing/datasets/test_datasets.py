"""Each data set by way of the command line: flags in, records out."""

import dataclasses
import functools
import io
import zipfile

import numpy as np
import pytest
from support.conversions import converted
from support.datasets import (
    bvh_documents,
    human36m_sources,
    humaneva_files,
    mpi_inf_3dhp_files,
    pose_archives,
)
from support.keypoints import detector_files
from support.marks import slow_but

from dgnet_tf.files import provenance
from dgnet_tf.keypoints import layouts
from preprocessing.datasets import registry, sample, walker


def subjects(content):
    return {name: split.subjects for name, split in content.splits.items()}


def test_sample(tmp_path, monkeypatch):
    wheel = tmp_path / "a.whl"
    # The source joints that are hip, legs, spine, neck and head.
    order = (0, 47, 48, 49, 43, 44, 45, 2, 3, 4)
    with zipfile.ZipFile(wheel, "w") as archive:
        for clip, (subject, frames) in enumerate(sample.CLIPS.items()):
            motion = walker.motion(clip, "walk", 25)
            joints = np.zeros((25, sample.SOURCE_JOINTS, 3), np.float32)
            joints[:, order] = motion[:, :10]
            joints[:, [6, 7, 8, 25, 26, 27]] = motion[:, 11:]
            buffer, take = io.BytesIO(), f"mocap_climb_seq_{subject[-1]}"
            np.save(buffer, joints)
            archive.writestr(
                f"holosoma_retargeting/demo_data/climb/{take}/"
                f"{take}_joint_positions_{frames}.npy",
                buffer.getvalue(),
            )
    read = functools.partial(sample.read, sha256=provenance.sha256(wheel))
    definition = dataclasses.replace(sample.DEFINITION, read=read)
    monkeypatch.setitem(registry.DATASETS, "sample", definition)
    content, found = converted(
        tmp_path, "--dataset=sample", f"--source={wheel}", "--cameras=1"
    )
    assert subjects(content) == {
        "train": ("climb_0", "climb_2", "climb_4"),
        "validation": ("climb_1",),
        "test": ("climb_3",),
    }
    view = found["climb_4", "climb", "mocap_climb_seq_4", "virtual_0"]
    bone = np.linalg.norm(view.positions[:, 2] - view.positions[:, 1], axis=1)
    thigh = np.diff(walker.motion(4, "walk", 25)[0, 1:3], axis=0)
    np.testing.assert_allclose(bone, np.linalg.norm(thigh), rtol=1e-3)


def test_synthetic(tmp_path):
    content, found = converted(
        tmp_path, "--dataset=synthetic", "--subjects=3", "--clip_frames=20"
    )
    assert len(found) == 3 * len(walker.ACTIONS) * 4
    assert content.options["clip_frames"] == 20
    assert content.options["cameras"] == 4
    one, other = (found["walker_01", "walk", "take_0", f"virtual_{i}"] for i in (0, 3))
    bones = [
        np.linalg.norm(v.positions[:, 16] - v.positions[:, 15], axis=1)
        for v in (one, other)
    ]
    np.testing.assert_allclose(*bones, atol=1e-5)


def test_mocap(tmp_path):
    source = pose_archives.write(tmp_path / "a.npz")
    content, found = converted(
        tmp_path,
        "--dataset=mocap",
        f"--source={source}",
        "--cameras=2",
        "--camera_distance=3,5",
        "--test_subjects=ben",
        "--validation_subjects=",
    )
    assert subjects(content) == {"train": ("anna", "cleo"), "test": ("ben",)}
    assert content.options["camera_distance"] == [3.0, 5.0]
    view = found["ben", "squat", "clip_b", "virtual_1"]
    truth = walker.motion(1, "squat", 21)
    assert len(view.positions) == 21
    np.testing.assert_allclose(
        np.linalg.norm(view.positions[7, 10] - view.positions[7, 3]),
        np.linalg.norm(truth[7, 10] - truth[7, 3]),
        atol=1e-5,
    )


def test_bvh(tmp_path):
    tree = bvh_documents.person()
    rows = bvh_documents.motion(tree, 41)
    for name in ("07_01", "07_02", "08_01"):
        path = tmp_path / "source" / f"{name}.bvh"
        bvh_documents.write(path, tree, rows, frame_time="0.01")
    content, found = converted(
        tmp_path,
        "--dataset=bvh",
        f"--source={tmp_path / 'source'}",
        "--mapping=cmu",
        "--scale=0.02",
        "--fps=25",
        "--skip_frames=5",
        "--cameras=1",
    )
    assert content.fps == 25.0
    assert content.options["scale"] == 0.02 and content.options["skip_frames"] == [5]
    view = found["07", "motion", "07_02", "virtual_0"]
    assert len(view.positions) == 9  # 36 at 100 a second.
    thigh = np.linalg.norm(view.positions[:, 2] - view.positions[:, 1], axis=1)
    np.testing.assert_allclose(thigh, 2 * 0.41, atol=1e-3)


@pytest.mark.parametrize("form", slow_but("cdf", ["cdf", "mat", "h5", "npz"]))
def test_human36m(tmp_path, form):
    source = human36m_sources.write(tmp_path / "source", form)
    elsewhere = (source / "metadata.xml").rename(tmp_path / "cameras.xml")
    content, found = converted(
        tmp_path,
        "--dataset=human36m",
        f"--source={source}",
        f"--metadata={elsewhere}",
        "--skeleton=human36m_16",
    )
    assert content.skeleton == "human36m_16"
    assert subjects(content) == {
        "train": ("S1",),
        "validation": ("S8",),
        "test": ("S11", "S9"),
    }
    mm = human36m_sources.millimetres("S9", "Walking", 33)
    rotation, center = human36m_sources.placement(9, 2)
    seen = rotation @ (mm[30, 15] / 1000.0 - center)  # The top of the head.
    view = found["S9", "Walking", "Walking", "58860488"]
    np.testing.assert_allclose(view.positions[30, 9], seen, atol=1e-4)


def test_human36m_with_detections(tmp_path):
    source = human36m_sources.write(tmp_path / "source", "npz")
    keypoints = {}
    for subject, name in human36m_sources.TAKES:
        arrays = [np.full((60, 17, 2), 100.0 + c, np.float32) for c in range(4)]
        keypoints.setdefault(subject, {})[name] = arrays
    sides = [4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]
    path = tmp_path / "data_2d_h36m_cpn.npz"
    human36m_sources.write_detections(path, keypoints, 17, *sides)
    content, found = converted(
        tmp_path, "--dataset=human36m", f"--source={source}", f"--detections={path}"
    )
    assert content.skeleton == "human36m_17"
    assert content.options == {"detections": path.name}
    view = found["S1", "Photo", "Photo 1", "60457274"]
    assert view.keypoints.shape == (40, 17, 2) and (view.keypoints == 103.0).all()


def test_humaneva(tmp_path):
    truth = humaneva_files.keypoints()
    source = tmp_path / "source"
    humaneva_files.write(source, detected=humaneva_files.coco(truth))
    name = "data_2d_humaneva15_detectron_pt_coco.npz"
    content, found = converted(
        tmp_path,
        "--dataset=humaneva",
        f"--source={source}",
        f"--detections={source / name}",
        "--validation_subjects=",
    )
    assert subjects(content) == {
        "train": ("S1_train", "S2_train"),
        "test": ("S1_validate", "S2_validate"),
    }
    view = found["S1_validate", "Walking", "Walking 1 chunk1", "C3"]
    wrist = truth["Validate/S1"]["Walking 1 chunk1"][2][:, 4] + 3.0
    np.testing.assert_allclose(view.keypoints[:, 4], wrist, atol=0.01)


def test_mpi_inf_3dhp(tmp_path):
    source = tmp_path / "source"
    mpi_inf_3dhp_files.write_train(source, "S1/Seq2", 20)  # 50 frames a second.
    mpi_inf_3dhp_files.write_train(source, "S2/Seq1", 12)
    mpi_inf_3dhp_files.write_test(source, "TS5", 9)
    content, found = converted(
        tmp_path,
        "--dataset=mpi_inf_3dhp",
        f"--source={source}",
        "--annotation=annot3",
        "--skeleton=human36m_17",
        "--fps=25",
        "--validation_subjects=S2",
    )
    assert content.skeleton == "human36m_17" and content.fps == 25.0
    assert subjects(content) == {
        "train": ("S1",),
        "validation": ("S2",),
        "test": ("TS5",),
    }
    _, positions, _ = mpi_inf_3dhp_files.annotations(20, camera=4)
    view = found["S1", "studio_green_screen", "Seq2", "camera_4"]
    assert view.fps == 25.0 and len(view.positions) == 10
    np.testing.assert_allclose(
        view.positions[3, 0], positions[6, mpi_inf_3dhp_files.PELVIS] / 1e3, atol=1e-4
    )


def test_several_frame_rates_count_by_their_own_seconds(tmp_path, capsys):
    source = tmp_path / "source"
    mpi_inf_3dhp_files.write_train(source, "S1/Seq1", 25)
    mpi_inf_3dhp_files.write_train(source, "S1/Seq2", 50)  # 50 frames a second.
    content, _ = converted(tmp_path, "--dataset=mpi_inf_3dhp", f"--source={source}")
    assert content.splits["train"].seconds == 8 * (1.0 + 1.0)
    row = next(r for r in capsys.readouterr().out.splitlines() if r.startswith("train"))
    assert row.split()[:5] == ["train", "S1", "16", "600", "0.3"]


def test_keypoints(tmp_path):
    sightings = detector_files.walk("openpose_25b", frames=9)
    source = detector_files.openpose(tmp_path / "street", sightings)
    content, found = converted(
        tmp_path,
        "--dataset=keypoints",
        f"--source={source}",
        "--layout=openpose_25b",
        "--fps=12.5",
        "--image_size=640x480",
        "--skeleton=humaneva_15",
    )
    assert content.skeleton == "humaneva_15" and content.fps == 12.5
    (view,) = found.values()
    assert view.subject == "street" and view.image_size.tolist() == [640.0, 480.0]
    ankle = layouts.get("openpose_25b").joints.index("right_ankle")
    expected = [rows[ankle, :2] for *_, rows in sightings]
    np.testing.assert_allclose(view.keypoints[:, 13], expected, atol=1e-3)
