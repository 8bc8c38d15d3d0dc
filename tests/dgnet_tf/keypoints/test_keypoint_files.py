"""The detectors' files, each written in its true layout, and known pixels in them."""

import numpy as np
import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, body, walk

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files, layouts
from dgnet_tf.keypoints.folders import keypoint_folders


def check(path, layout, sightings, first=0, image_size=None, atol=1e-9):
    """Reads a file of one person and compares every joint of every frame."""
    (person,) = keypoint_files.read(path, layout, image_size).people
    assert person.first_frame == first
    assert len(person.keypoints) == sightings[-1][0] - sightings[0][0] + 1
    for frame, _, rows in sightings:
        row = frame - sightings[0][0]
        np.testing.assert_allclose(person.keypoints[row], rows[:, :2], atol=atol)
        np.testing.assert_allclose(person.confidence[row], rows[:, 2], atol=1e-7)
    return person


def test_endings_may_be_in_capitals(tmp_path):
    sightings = walk("coco_17")
    rows = np.stack([rows for _, _, rows in sightings])
    detector_files.coco(tmp_path / "a.json", sightings).rename(tmp_path / "a.JSON")
    np.savez(tmp_path / "b.npz", keypoints=rows[..., :2], confidence=rows[..., 2])
    (tmp_path / "b.npz").rename(tmp_path / "b.NPZ")
    folder = detector_files.openpose(tmp_path / "c", sightings)
    for path in list(folder.iterdir()):
        path.rename(path.with_suffix(".Json"))
    found = keypoint_folders.in_folder(tmp_path)
    assert [one.name for one in found] == ["a", "b", "c"]
    assert [one.video is None for one in found] == [True, True, False]
    for one in found:
        check(one.path, "coco_17", sightings)


def test_coco_results(tmp_path):
    path = detector_files.coco(tmp_path / "a.json", walk("coco_17", first=3))
    person = check(path, "coco_17", walk("coco_17", first=3), first=3)
    assert person.person == "1"
    wrist = layouts.get("coco_17").joints.index("left_wrist")
    assert person.keypoints[2, wrist].tolist() == [200 + 8 + 333 % 50, 150 + 477 % 100]


def test_alphapose_of_26_and_17_joints(tmp_path):
    for layout in ("halpe_26", "coco_17"):
        sightings = walk(layout, first=9, frames=4)
        path = detector_files.alphapose(tmp_path / "a.json", sightings)
        check(path, layout, sightings, first=9)


def test_frames_without_anybody_are_missing_not_zero(tmp_path):
    sightings = walk("halpe_26", frames=8)
    path = detector_files.alphapose(tmp_path / "a.json", sightings[:3] + sightings[6:])
    (person,) = keypoint_files.read(path, "halpe_26").people
    assert person.keypoints.shape == (8, 26, 2)
    assert np.isnan(person.keypoints[3:6]).all()
    assert not person.confidence[3:6].any()
    np.testing.assert_allclose(person.keypoints[6], sightings[6][2][:, :2])


def test_openpose_folders(tmp_path):
    for layout in ("openpose_18", "openpose_25", "openpose_25b"):
        sightings = walk(layout)
        folder = detector_files.openpose(tmp_path / layout, sightings, frames=9)
        check(folder, layout, sightings)
    one = sorted((tmp_path / "openpose_25").iterdir())[0]
    check(one, "openpose_25", sightings=walk("openpose_25", frames=1))


def test_the_layouts_name_tells_openposes_25_points_apart(tmp_path):
    folder = detector_files.openpose(tmp_path / "f", walk("openpose_25"))
    made = {}
    for layout in ("openpose_25", "openpose_25b"):
        (person,) = keypoint_files.read(folder, layout).people
        keypoints, _ = layouts.convert(
            person.keypoints, person.confidence, layout, "human36m_17"
        )
        made[layout] = keypoints[0]
    pixels = body("openpose_25")[:, :2]
    right_ankle, left_wrist = 3, 13
    # BODY_25 has them at 11 and 7, BODY_25B at 16 and 9.
    np.testing.assert_array_equal(made["openpose_25"][right_ankle], pixels[11])
    np.testing.assert_array_equal(made["openpose_25"][left_wrist], pixels[7])
    np.testing.assert_array_equal(made["openpose_25b"][right_ankle], pixels[16])
    np.testing.assert_array_equal(made["openpose_25b"][left_wrist], pixels[9])


def test_openposes_zeros_are_missing_joints(tmp_path):
    sightings = walk("openpose_25", frames=3)
    sightings[1][2][4] = 0
    folder = detector_files.openpose(tmp_path / "f", sightings)
    (person,) = keypoint_files.read(folder, "openpose_25").people
    assert np.isnan(person.keypoints[1, 4]).all()
    assert np.isnan(person.keypoints).sum() == 2
    assert person.confidence[1, 4] == 0


def test_a_low_confidence_joint_keeps_its_pixels_and_its_confidence(tmp_path):
    sightings = walk("coco_17", frames=2)
    sightings[1][2][7] = [321.5, 123.25, 0.01]
    sightings[0][2][7] = [320.0, 120.0, 3.5]  # A score beyond 1 is 1.
    path = detector_files.coco(tmp_path / "a.json", sightings)
    (person,) = keypoint_files.read(path, "coco_17").people
    assert person.keypoints[1, 7].tolist() == [321.5, 123.25]
    assert person.confidence[:, 7].tolist() == [1.0, 0.01]


@pytest.mark.parametrize("demo", [True, False])
def test_mmpose_as_demo_and_inferencer_save_it(tmp_path, demo):
    path = detector_files.mmpose(tmp_path / "a.json", walk("coco_17"), demo)
    check(path, "coco_17", walk("coco_17"), first=int(demo))


def test_mediapipe_json_in_its_many_wrappings(tmp_path):
    sightings = walk("mediapipe_33", frames=3)
    people = [[detector_files.landmarks(rows)] for _, _, rows in sightings]
    for content in (
        [{"pose_landmarks": entry} for entry in people],
        [{"poseLandmarks": entry[0]} for entry in people],
        [{"landmarks": {"landmark": entry[0]}} for entry in people],
        people,
        [entry[0] for entry in people],
    ):
        path = detector_files.write_json(tmp_path / "a.json", content)
        check(path, "mediapipe_33", sightings, image_size=SIZE)
    path = detector_files.mediapipe(tmp_path / "a.json", sightings[1:], frames=4)
    check(path, "mediapipe_33", sightings[1:], first=1, image_size=SIZE)


def csv_tables(sightings):
    names = layouts.get("mediapipe_33").joints
    wide = [f"{name}_{axis}" for name in names for axis in ("x", "y", "visibility")]
    numbered = [f"{axis}{i}" for i in range(1, 34) for axis in "xyv"]
    rows = [(rows / [*SIZE, 1]).ravel().tolist() for _, _, rows in sightings]
    yield [wide, *rows]
    yield [["class", *numbered], *(["squat", *row] for row in rows)]
    long = [["frame", "landmark", "x", "y", "z", "visibility"]]
    for frame, _, person in sightings:
        for joint, (x, y, v) in enumerate((person / [*SIZE, 1]).tolist()):
            long.append([frame, names[joint] if frame % 2 else joint, x, y, 0.5, v])
    yield long


@pytest.mark.parametrize("kind", range(3))
def test_mediapipe_csv_with_a_row_for_each_frame_or_landmark(tmp_path, kind):
    sightings = walk("mediapipe_33", frames=3)
    table = list(csv_tables(sightings))[kind]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in table))
    check(path, "mediapipe_33", sightings, image_size=SIZE)


def test_empty_cells_of_a_csv_are_missing_landmarks(tmp_path):
    table = next(csv_tables(walk("mediapipe_33", frames=2)))
    table[1][3:6] = ["", "", ""]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in table))
    (person,) = keypoint_files.read(path, "mediapipe_33", SIZE).people
    assert np.isnan(person.keypoints[0, 1]).all()
    assert np.isnan(person.keypoints).sum() == 2


def test_mediapipe_needs_the_image_size(tmp_path):
    path = detector_files.mediapipe(tmp_path / "a.json", walk("mediapipe_33"), 6)
    with pytest.raises(UserError, match="from 0 to 1. Give the video's --image_size"):
        keypoint_files.read(path, "mediapipe_33")


@pytest.mark.parametrize("older", [False, True])
def test_detectron_npz_states_its_image_size(tmp_path, older):
    sightings = walk("coco_17", frames=6)
    path = detector_files.detectron(
        tmp_path / "a.npz", sightings[:2] + sightings[4:], 8, older
    )
    found = keypoint_files.read(path, "coco_17")
    assert found.image_size == SIZE
    (person,) = found.people
    np.testing.assert_allclose(person.keypoints[5], sightings[5][2][:, :2], atol=1e-4)
    np.testing.assert_allclose(person.confidence[5], sightings[5][2][:, 2], atol=1e-6)
    assert np.isnan(person.keypoints[2:4]).all()
    assert len(person.keypoints) == 6


def test_penn_action_labels(tmp_path):
    sightings = walk("penn_action_13", frames=5)
    rows = np.stack([rows for _, _, rows in sightings])
    visibility = np.ones((5, 13))
    visibility[2, 4] = 0
    path = detector_files.penn_action(tmp_path / "0001.mat", rows, visibility)
    found = keypoint_files.read(path, "penn_action_13")
    assert found.image_size == SIZE
    assert found.action == "baseball_pitch"
    (person,) = found.people
    expected = rows[..., :2].copy()
    expected[2, 4] = np.nan
    np.testing.assert_array_equal(person.keypoints, expected)
    np.testing.assert_array_equal(person.confidence, visibility)
