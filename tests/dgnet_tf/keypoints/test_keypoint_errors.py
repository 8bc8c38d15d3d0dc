"""What the readers of the detectors' files refuse, and the place that they name."""

import json

import numpy as np
import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, walk

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files


def test_another_image_size_than_the_files_own_is_refused(tmp_path):
    rows = np.stack([rows for _, _, rows in walk("penn_action_13")])
    path = detector_files.penn_action(tmp_path / "0001.mat", rows)
    with pytest.raises(UserError, match="of a 640x480 video, --image_size is 64x48"):
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


MEDIAPIPE = ("entry 0: must be a list, is 5", "has no field 'y'", "has 0 joints")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "not a known keypoint file.*COCO's.*MMPose.*OpenPose.*MediaP"),
        ({"images": []}, "not a known keypoint file"),
        ([{"image_id": 1}], "entry 0: has no field 'keypoints', only"),
        ([{"image_id": 1, "keypoints": "x"}], "'keypoints': must be a list, is 'x'"),
        ([{"image_id": 1, "keypoints": [1, 2]}], "holds 2 numbers"),
        ([{"image_id": 1, "keypoints": [1, "2", 3]}], "numbers only, holds '2'"),
        ([{"image_id": 1, "keypoints": [1, True, 3]}], "numbers only, holds True"),
        ([{"image_id": 1, "keypoints": [1, 10**400, 3]}], "too large"),
        ([{"image_id": 1, "keypoints": [1e300, 2, 1] * 17}], "not finite pixels"),
        (
            [{"image_id": "x.jpg", "keypoints": [1, 2, 1] * 17}],
            "does not end in a frame number",
        ),
        ([{"image_id": -1, "keypoints": []}], "whole number from 0 on, is -1"),
        ([{"image_id": 1.5, "keypoints": []}], "whole number from 0 on, is 1.5"),
        ([{"image_id": 1}, 5], "has no field 'keypoints'"),
        ({"people": 5}, "'people': must be a list, is 5"),
        ({"people": [{"person_id": [-1]}]}, "has no field 'pose_keypoints_2d'"),
        ({"people": []}, "every joint is missing"),
        ({"instance_info": {}}, "its frames: must be a list"),
        ([{"instances": []}], "has no field 'frame_id'"),
        ([{"frame_id": 0, "instances": None}], "'instances': must be a list"),
        ([{"pose_landmarks": 5}], "entry 0: must be a list, is 5"),
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
    with pytest.raises(
        UserError, match=r"2 videos: 'b_keypoints' \(1 frames\), 'video_keyp"
    ):
        keypoint_files.read(folder, "openpose_25")
    detector_files.write_json(folder / "b_00_keypoints.json", {"people": []})
    with pytest.raises(UserError, match="has the frame number of b_00_key"):
        keypoint_files.read(folder, "openpose_25")


def test_files_of_other_kinds_and_missing_ones_are_named(tmp_path):
    with pytest.raises(UserError, match="missing.npz: not found"):
        keypoint_files.read(tmp_path / "missing.npz", "coco_17")
    with pytest.raises(UserError, match=r"must end in \.json, .*one for each frame"):
        keypoint_files.read(tmp_path / "keypoints.txt", "coco_17")
    with pytest.raises(UserError, match="folder without .* named by frame numbers"):
        keypoint_files.read(tmp_path, "coco_17")
    with pytest.raises(UserError, match="layout must be one of"):
        keypoint_files.read(tmp_path / "a.npz", "coco")


def test_a_folder_that_looks_like_a_file_is_no_file(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(UserError, match="folder without .* named by frame numbers"):
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
