"""The detectors' files, each written in its true layout, and known pixels in them."""

import json

import detector_files
import numpy as np
import pytest
from detector_files import SIZE, body, walk

from dgnet_tf import keypoint_files, layouts
from dgnet_tf.errors import UserError


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


def test_another_image_size_than_the_files_own_is_refused(tmp_path):
    rows = np.stack([rows for _, _, rows in walk("penn_action_13")])
    path = detector_files.penn_action(tmp_path / "0001.mat", rows)
    with pytest.raises(UserError, match="of a 640x480 video, --image_size says 64x48"):
        keypoint_files.read(path, "penn_action_13", (64, 48))


def test_a_count_of_joints_that_is_not_the_layouts_is_refused(tmp_path):
    folder = detector_files.openpose(tmp_path / "f", walk("openpose_18"))
    with pytest.raises(
        UserError, match="person 0: has 18 joints .*'openpose_25' has 25.*openpose_18"
    ):
        keypoint_files.read(folder, "openpose_25")
    path = detector_files.alphapose(tmp_path / "a.json", walk("halpe_26"))
    with pytest.raises(UserError, match="26 joints there are halpe_26"):
        keypoint_files.read(path, "coco_17")
    path = detector_files.mediapipe(tmp_path / "m.json", walk("mediapipe_33"), 6)
    with pytest.raises(UserError, match="33 joints.*'coco_17' has 17"):
        keypoint_files.read(path, "coco_17", SIZE)
    rows = np.stack([rows for _, _, rows in walk("penn_action_13")])
    path = detector_files.penn_action(tmp_path / "0001.mat", rows)
    with pytest.raises(UserError, match="13 joints"):
        keypoint_files.read(path, "coco_17")


def test_pixels_outside_the_image_and_normalised_ones_are_refused(tmp_path):
    path = detector_files.coco(tmp_path / "a.json", walk("coco_17", x=2000.0))
    with pytest.raises(UserError, match="only 0% .* in the 640x480 image"):
        keypoint_files.read(path, "coco_17", SIZE)
    rows = [(f, p, rows / [640, 640, 1]) for f, p, rows in walk("coco_17")]
    path = detector_files.coco(tmp_path / "a.json", rows)
    with pytest.raises(UserError, match="look normalised. Give pixels"):
        keypoint_files.read(path, "coco_17", SIZE)


MEDIAPIPE = ("frame 0: must be a list, is 5", "has no field 'y'", "has 0 joints")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "no keypoint file that is known.*COCO's.*MMPose's.*OpenPose's.*Media"),
        ({"images": []}, "no keypoint file that is known"),
        ([{"image_id": 1}], "entry 0: has no field 'keypoints', only"),
        ([{"image_id": 1, "keypoints": "x"}], "'keypoints': must be a list, is 'x'"),
        ([{"image_id": 1, "keypoints": [1, 2]}], "holds 2 numbers"),
        ([{"image_id": 1, "keypoints": [1, "2", 3]}], "numbers only, holds '2'"),
        ([{"image_id": 1, "keypoints": [1, True, 3]}], "numbers only, holds True"),
        ([{"image_id": 1, "keypoints": [1, 10**400, 3]}], "beyond all bounds"),
        ([{"image_id": 1, "keypoints": [1e300, 2, 1] * 17}], "not finite pixels"),
        ([{"image_id": "x.jpg", "keypoints": []}], "does not end in a frame's number"),
        ([{"image_id": -1, "keypoints": []}], "whole number from 0 on, is -1"),
        ([{"image_id": 1.5, "keypoints": []}], "whole number from 0 on, is 1.5"),
        ([{"image_id": 1}, 5], "has no field 'keypoints'"),
        ({"people": 5}, "'people': must be a list, is 5"),
        ({"people": [{}]}, "has no field 'pose_keypoints_2d'"),
        ({"people": []}, "every joint is missing"),
        ({"instance_info": {}}, "its frames: must be a list"),
        ([{"instances": []}], "has no field 'frame_id'"),
        ([{"frame_id": 0, "instances": None}], "'instances': must be a list"),
        ([{"pose_landmarks": 5}], "frame 0: must be a list, is 5"),
        ([[[{"x": 1}]]], "has no field 'y'"),
        ([[[]]], "has 0 joints"),
    ],
)
def test_json_of_other_shapes_is_refused_by_place(tmp_path, content, message):
    path = detector_files.write_json(tmp_path / "a.json", content)
    layout = "mediapipe_33" if message in MEDIAPIPE else "coco_17"
    with pytest.raises(UserError, match=message) as error:
        keypoint_files.read(path, layout, SIZE)
    assert str(path) in str(error.value)


def test_what_is_no_json_is_refused(tmp_path):
    path = tmp_path / "a.json"
    for content in (b"", b"[1,", b"\xff\xfe\x00", b"[" * 100_000, b"1" * 10_000):
        path.write_bytes(content)
        with pytest.raises(UserError, match="a.json: is (not readable JSON|no keypoi)"):
            keypoint_files.read(path, "coco_17")


def test_two_videos_in_one_file_or_folder_are_refused(tmp_path):
    path = detector_files.alphapose(tmp_path / "a.json", walk("coco_17", frames=2))
    entries = json.loads(path.read_text())
    entries[1]["image_id"] = "other_0.jpg"
    detector_files.write_json(path, entries)
    with pytest.raises(UserError, match="both '0.jpg' and 'other_0.jpg' are frame 0"):
        keypoint_files.read(path, "coco_17")
    folder = detector_files.openpose(tmp_path / "f", walk("openpose_25", frames=1))
    detector_files.write_json(folder / "b_0_keypoints.json", {"people": []})
    with pytest.raises(UserError, match="has the frame's number of b_0_key"):
        keypoint_files.read(folder, "openpose_25")


def test_files_of_other_kinds_and_missing_ones_are_named(tmp_path):
    with pytest.raises(UserError, match="missing.npz: not found"):
        keypoint_files.read(tmp_path / "missing.npz", "coco_17")
    with pytest.raises(UserError, match=r"must end in \.json, .*OpenPose's"):
        keypoint_files.read(tmp_path / "keypoints.txt", "coco_17")
    with pytest.raises(UserError, match="folder without OpenPose's"):
        keypoint_files.read(tmp_path, "coco_17")
    with pytest.raises(UserError, match="layout must be one of"):
        keypoint_files.read(tmp_path / "a.npz", "coco")


def test_a_folder_that_looks_like_a_file_is_no_file(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(UserError, match="folder without OpenPose's"):
        keypoint_files.read(tmp_path / "a.json", "coco_17")


def test_damaged_label_files_are_refused(tmp_path):
    rows = np.stack([rows for _, _, rows in walk("penn_action_13")])
    path = detector_files.penn_action(tmp_path / "0001.mat", rows)
    whole = path.read_bytes()
    for size in range(0, len(whole) - 100, 211):
        path.write_bytes(whole[:size])
        with pytest.raises(UserError, match="0001.mat: "):
            keypoint_files.read(path, "penn_action_13")
    for wrong, message in (
        ({"x": "abc"}, "'x' must hold numbers"),
        ({"x": np.zeros((5, 13))}, "must have one shape"),
        ({"visibility": np.full((6, 13), np.nan)}, "'confidence' is not finite"),
        ({"dimensions": np.array([[0.0, 5.0]])}, "'dimensions' must start with"),
        ({"dimensions": np.array([[5.5, np.nan]])}, "'dimensions' must start with"),
    ):
        path = detector_files.penn_action(tmp_path / "0002.mat", rows, **wrong)
        with pytest.raises(UserError, match=message):
            keypoint_files.read(path, "penn_action_13")
