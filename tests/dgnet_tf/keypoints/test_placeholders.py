"""Keypoints at exactly 0,0 or -1,-1 are missing, in every file and array."""

import numpy as np
import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, walk
from support.keypoints.garbage_files import KINDS

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_arguments, keypoint_files

FRAMES, JOINTS = (1, 2), (3, 7)


def marked(rows, value, joints=JOINTS):
    rows = rows.copy()
    rows[list(joints), :2] = value
    return rows


def write(folder, kind, value, joints=JOINTS):
    layout, ending, writer = KINDS[kind]
    path = folder / f"keypoints{ending}"
    scale = SIZE if kind.startswith("mediapipe") else (1, 1)  # Files have shares of it.
    sightings = [
        (f, p, marked(rows, np.multiply(value, scale), joints) if f in FRAMES else rows)
        for f, p, rows in walk(layout, 4)
    ]
    writer(path, sightings)
    return layout, path


@pytest.mark.parametrize("value", [0.0, -1.0])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "openpose"])
def test_every_reader_takes_them_as_missing_and_says_so(tmp_path, capsys, kind, value):
    layout, path = write(tmp_path, kind, value)
    (person,) = keypoint_files.read(path, layout, SIZE, 1000 / 33).people
    missing = np.argwhere(person.confidence == 0)
    assert missing.tolist() == [[f, j] for f in FRAMES for j in JOINTS]
    assert np.isnan(person.keypoints[person.confidence == 0]).all()
    assert capsys.readouterr().err == (
        f"warning: {path}: 4 keypoints in 2 frames are at exactly 0,0, -1,-1 or the "
        "like and count as missing.\n"
    )


@pytest.mark.parametrize("value", [-2, -100, -999, -9999, 9999, 65535, 1e6])
@pytest.mark.parametrize("kind", ["coco", "npy"])
def test_other_marks_of_missing_joints_are_taken_too(tmp_path, capsys, kind, value):
    layout, path = write(tmp_path, kind, float(value))
    (person,) = keypoint_files.read(path, layout, SIZE).people
    missing = np.argwhere(person.confidence == 0)
    assert missing.tolist() == [[f, j] for f in FRAMES for j in JOINTS]
    assert f"{path}: 4 keypoints in 2 frames" in capsys.readouterr().err


@pytest.mark.parametrize("value", [(-0.25, -0.25), (-3, -4), (700, 700), (5, 5)])
def test_places_beside_the_image_are_no_marks(tmp_path, value):
    layout, path = write(tmp_path, "npy", value, [3])
    (person,) = keypoint_files.read(path, layout, SIZE).people
    assert person.confidence.all()


def test_openposes_zeros_without_a_score_need_no_word(tmp_path, capsys):
    sightings = walk("openpose_25", 3)
    for *_, rows in sightings:
        rows[4] = 0
    folder = detector_files.openpose(tmp_path / "f", sightings)
    (person,) = keypoint_files.read(folder, "openpose_25", SIZE).people
    assert not person.confidence[:, 4].any() and not capsys.readouterr().err
    for *_, rows in sightings[:2]:
        rows[5, :2] = 0  # With one.
    folder = detector_files.openpose(tmp_path / "f", sightings)
    (person,) = keypoint_files.read(folder, "openpose_25", SIZE).people
    assert (person.confidence[:, 5] == 0).tolist() == [True, True, False]
    assert f"{folder}: 2 keypoints in 2 frames are at" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["coco", "npy", "npz", "mediapipe csv"])
def test_a_frame_of_zeros_is_a_frame_without_anybody(tmp_path, capsys, kind):
    joints = range(33 if kind == "mediapipe csv" else 17)
    layout, path = write(tmp_path, kind, 0.0, joints)
    (person,) = keypoint_files.read(path, layout, SIZE).people
    assert person.confidence.any(axis=1).tolist() == [True, False, False, True]
    assert f"{2 * len(joints)} keypoints in 2 frames" in capsys.readouterr().err


def test_half_of_a_pair_is_a_place(tmp_path, capsys):
    layout, path = write(tmp_path, "npy", (0.0, 200.0), [3])
    (person,) = keypoint_files.read(path, layout, SIZE).people
    assert person.confidence.all() and "missing" not in capsys.readouterr().err


def test_arrays_of_python_callers_are_treated_alike(capsys):
    array = np.stack([rows[:, :2] for *_, rows in walk("coco_17", 4)])
    array[2, 5] = -1
    array[1] = 0
    for confidence in (None, np.full((4, 17), 0.4)):
        (person,) = keypoint_arguments.tracks(array, confidence, "coco_17", SIZE)
        assert (person.confidence == 0).sum() == 18
        assert "`keypoints`: 18 keypoints in 2 frames" in capsys.readouterr().err
    with pytest.raises(UserError, match="every joint of person 1 is missing in every"):
        keypoint_arguments.tracks(np.zeros((4, 17, 2)), None, "coco_17", SIZE)
