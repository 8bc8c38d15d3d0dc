"""What no reader of keypoints can use: a clear error, little memory, nothing left.

Random damage is in `fuzzing`, and what a file claims of memory in
`test_keypoint_memory`; here are the other ways in which files go wrong or are made to
do harm, for every kind of file.
"""

import json
import os

import numpy as np
import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, landmarks, walk
from support.keypoints.garbage_files import (
    GIGABYTES_10,
    JSON,
    KINDS,
    refused,
    sparse,
    write,
)
from support.lifting.lifting_stand_ins import command_error, write_run

from dgnet_tf import lift
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files


@pytest.mark.parametrize("kind", KINDS)
def test_whole_files_are_read(tmp_path, kind):
    layout, path = write(tmp_path, kind)
    (person,) = keypoint_files.read(path, layout, SIZE).people
    assert np.isfinite(person.keypoints).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("kind", KINDS)
def test_coordinates_that_are_no_pixels_are_refused(tmp_path, kind, value):
    if kind == "mediapipe csv" and np.isnan(value):
        pytest.skip("NaN is how tables write an empty cell")
    layout, path = write(
        tmp_path, kind, lambda rows: np.where([True, False, False], value, rows)
    )
    assert "'keypoints' are not finite pixels" in refused(path, layout)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("kind", KINDS)
def test_confidences_that_are_not_finite_are_refused(tmp_path, kind, value):
    if kind == "mediapipe csv" and np.isnan(value):
        pytest.skip("NaN is how tables write an empty cell")
    if kind == "penn action":
        layout, ending, _ = KINDS[kind]
        path = detector_files.penn_action(
            tmp_path / f"a{ending}",
            np.stack([rows for *_, rows in walk(layout, 4)]),
            np.full((4, 13), value),
        )
    else:
        layout, path = write(
            tmp_path, kind, lambda rows: np.where([False, False, True], value, rows)
        )
    assert "'confidence' is not finite" in refused(path, layout)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_shows_no_joint_is_refused(tmp_path, kind):
    if kind == "penn action":
        pytest.skip("its visibility is not a column of the rows")
    layout, path = write(tmp_path, kind, lambda rows: rows * [1, 1, 0])
    assert "every joint is missing in every frame" in refused(path, layout)


@pytest.mark.parametrize(
    "content",
    [[], {}, [[]], [None], [{}], None, 5, "keypoints", {"people": []}],
)
def test_empty_json_is_refused(tmp_path, content):
    path = detector_files.write_json(tmp_path / "a.json", content)
    assert refused(path, "coco_17").startswith(f"{path}: ")


@pytest.mark.parametrize("ending", keypoint_files.SUFFIXES)
def test_empty_files_are_refused(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"")
    layout = {".csv": "mediapipe_33", ".mat": "penn_action_13"}.get(ending, "coco_17")
    assert refused(path, layout).startswith(f"{path}: ")


@pytest.mark.parametrize("kind", KINDS)
def test_other_counts_of_joints_than_the_layouts_are_refused(tmp_path, kind):
    _, path = write(tmp_path, kind)
    for layout in ("human36m_16", "openpose_18"):
        assert f"layout {layout!r} has" in refused(path, layout)


@pytest.mark.parametrize("kind", KINDS)
def test_files_cut_short_are_refused(tmp_path, kind):
    layout, path = write(tmp_path, kind)
    whole = path.read_bytes()
    # In the last cell of a table, a shorter number is one, too.
    ends = {1, 2, 7, 9, len(whole) // 3, len(whole) // 2, len(whole) - 40}
    for end in sorted(ends):
        path.write_bytes(whole[:end])
        assert refused(path, layout).startswith(f"{path}: ")


@pytest.mark.parametrize("kind", [*JSON, "mediapipe csv"])
def test_text_in_wrong_encodings_is_refused(tmp_path, kind):
    layout, path = write(tmp_path, kind)
    text = path.read_text()
    for content in (
        text.replace("0", "\xe9", 1).encode("latin-1"),
        text.encode("utf-16")[3:],
        text.encode("cp037"),
        text.encode() + b"\xff",
        b"\x00" * 1000,
    ):
        path.write_bytes(content)
        assert refused(path, layout).startswith(f"{path}: ")


def test_utf_16_json_and_a_byte_order_mark_are_read(tmp_path):
    for kind in ("coco", "mediapipe csv"):
        layout, path = write(tmp_path, kind)
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert keypoint_files.read(path, layout, SIZE).people
    layout, path = write(tmp_path, "coco")
    path.write_bytes(path.read_text().encode("utf-16"))  # As RFC 4627 allowed.
    assert keypoint_files.read(path, layout, SIZE).people


@pytest.mark.parametrize("opening", ["[", '{"people":', '[{"image_id":', '{"a":['])
def test_json_nested_without_end_is_refused(tmp_path, opening):
    path = tmp_path / "a.json"
    for depth in (500, 100_000):
        path.write_text(opening * depth)
        assert "is not readable JSON" in refused(path, "coco_17")
        closing = "".join({"[": "]", "{": "}"}.get(c, "") for c in opening)[::-1]
        path.write_text(opening * depth + "0" + closing * depth)
        assert refused(path, "coco_17").startswith(f"{path}: ")


@pytest.mark.parametrize("name", ["keypoints", "track_id", "image_id"])
def test_depth_within_a_field_is_refused(tmp_path, name):
    layout, path = write(tmp_path, "coco")
    content = json.loads(path.read_text())
    for depth in (100, 900):
        content[1][name] = json.loads("[" * depth + "7.5" + "]" * depth)
        path.write_text(json.dumps(content))
        message = "entry 1" if depth == 100 else "is not readable JSON (recursion limit"
        assert message in refused(path, layout)


def test_pipes_and_devices_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.npy").symlink_to("/dev/zero")
    (tmp_path / "c.csv").symlink_to(tmp_path / "nowhere")
    for name, message in (
        ("a.json", "is not a regular file"),
        ("b.npy", "is not a regular file"),
        ("c.csv", "not found"),
    ):
        assert message in refused(tmp_path / name, "coco_17")


def test_openpose_folders_with_odd_frames_are_refused(tmp_path):
    folder = detector_files.openpose(tmp_path / "f", walk("openpose_25", 3))
    odd = folder / "video_000000000009_keypoints.json"
    for content, message in (
        (5, "is not a known keypoint file"),
        ({"people": {}}, "must be a list"),
        ({"people": [{"pose_keypoints_2d": [1.0] * 74}]}, "holds 74 numbers"),
        ({"people": [{"pose_keypoints_2d": [np.nan, 1, 1] * 25}]}, "not finite"),
    ):
        odd.write_text(json.dumps(content))
        with pytest.raises(UserError, match=message) as error:
            keypoint_files.read(folder, "openpose_25", SIZE)
        assert str(odd) in str(error.value)
    odd.unlink()
    odd.mkdir()
    with pytest.raises(UserError, match="000009_keypoints.json: is not readable JSON"):
        keypoint_files.read(folder, "openpose_25", SIZE)


def test_landmarks_of_another_count_in_one_frame_are_refused(tmp_path):
    rows = walk("mediapipe_33", 2)[0][2]
    frames = [[landmarks(rows)], [landmarks(rows[:32])], [[]]]
    path = detector_files.write_json(tmp_path / "a.json", frames)
    assert "entry 1: has 32 joints" in refused(path, "mediapipe_33")


def test_the_lift_command_refuses_them_and_leaves_nothing(tmp_path, capsys):
    run, out = write_run(tmp_path / "run"), tmp_path / "out"
    capsys.readouterr()
    files = [
        sparse(tmp_path / "big.npy", GIGABYTES_10),
        tmp_path / "deep.json",
        tmp_path / "latin.csv",
    ]
    files[1].write_text("[" * 100_000)
    files[2].write_bytes(b"frame,\xe9\n")
    for path in files:
        line = command_error(
            capsys,
            lift,
            f"--model={run}",
            f"--keypoints={path}",
            "--layout=coco_17",
            "--image_size=640x480",
            f"--output={out / 'poses.npz'}",
        )
        assert line.startswith(f"error: {path}: ")
        assert not out.exists()
