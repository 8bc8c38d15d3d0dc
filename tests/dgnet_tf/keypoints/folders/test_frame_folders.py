"""Folders with a JSON file for each frame, under any name and in any format."""

import json

import numpy as np
import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, landmarks, walk

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files
from dgnet_tf.keypoints.folders import frame_folders


def openpose_frame(rows):
    people = [
        {"person_id": [-1], "pose_keypoints_2d": r.ravel().tolist()} for r in rows
    ]
    return {"version": 1.3, "people": people}


def mmpose_frame(rows):
    return [
        {"keypoints": r[:, :2].tolist(), "keypoint_scores": r[:, 2].tolist()}
        for r in rows
    ]


def coco_frame(rows):
    # Each image of its own: its number says nothing.
    return [{"image_id": 7, "keypoints": r.ravel().tolist()} for r in rows]


def mediapipe_frame(rows):
    return {"pose_landmarks": [landmarks(r) for r in rows]}


def write_frames(folder, sightings, name, make=openpose_frame, frames=None):
    folder.mkdir(parents=True, exist_ok=True)
    for frame in frames or range(max(f for f, *_ in sightings) + 1):
        rows = [rows for f, _, rows in sightings if f == frame]
        (folder / name.format(frame)).write_text(json.dumps(make(rows)))
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "camA_{:06}.json", "{}.json", "{:012}_keypoints.json", "frame{}.jpg.json",
        "clip.mp4_{}_kp17.json", "2024-05-06 take3 ({}).json", "cam1.{:03}.json",
    ],
)  # fmt: skip
def test_frames_of_any_name_are_one_video_with_its_gaps(tmp_path, name):
    sightings = walk("halpe_26", frames=12)
    shown = [one for one in sightings if one[0] not in (4, 5, 8)]
    folder = write_frames(
        tmp_path / "f", shown, name, frames=[*range(8), *range(9, 12)]
    )
    for leftover in ("._1.json", ".DS_Store", "__MACOSX", ".1.json"):
        (folder / leftover).write_bytes(b"\x00\x05\x16\x07")
    (person,) = keypoint_files.read(folder, "halpe_26", SIZE).people
    assert person.first_frame == 0 and len(person.keypoints) == 12
    seen = person.confidence.any(axis=1)
    assert np.flatnonzero(~seen).tolist() == [4, 5, 8]
    for frame, _, rows in shown:  # In order of the numbers, 10 after 9.
        np.testing.assert_allclose(person.keypoints[frame], rows[:, :2], atol=1e-9)


@pytest.mark.parametrize(
    ("layout", "make"),
    [
        ("coco_17", mmpose_frame), ("coco_17", coco_frame),
        ("mediapipe_33", mediapipe_frame),
        ("coco_17", lambda rows: {"instances": mmpose_frame(rows)}),
        ("coco_17", lambda rows: [mmpose_frame(rows)]),
        ("coco_17", lambda rows: {"instance_info": mmpose_frame(rows)}),
    ],
)  # fmt: skip
def test_files_of_every_format_may_be_frames(tmp_path, layout, make):
    sightings = [one for one in walk(layout, frames=6, first=3) if one[0] != 5]
    folder = write_frames(tmp_path / "f", sightings, "img_{}.json", make, range(3, 9))
    (person,) = keypoint_files.read(folder, layout, SIZE).people
    assert person.first_frame == 3
    assert person.confidence.any(axis=1).tolist() == [1, 1, 0, 1, 1, 1]
    np.testing.assert_allclose(person.keypoints[5], sightings[-1][2][:, :2], atol=1e-9)


def test_several_videos_in_a_folder_are_named(tmp_path):
    for name in ("camA_{:04}.json", "camB_{:04}.json", "take2_{:04}.json"):
        write_frames(tmp_path, walk("coco_17", frames=5), name)
    with pytest.raises(
        UserError, match=r"3 videos: 'camA' \(5 frames\), 'camB' \(5 frames\), 'take2'"
    ):
        keypoint_files.read(tmp_path, "coco_17", SIZE)


def test_the_number_that_changes_most_is_the_frames(tmp_path):
    for camera in (1, 2):
        write_frames(tmp_path, walk("coco_17", frames=4), f"{{:03}}_cam{camera}.json")
    videos, _ = frame_folders.find(tmp_path)
    assert [video.name for video in videos] == ["cam1", "cam2"]
    assert [frame for frame, _ in videos[0].frames] == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["f{0:03}_t{1}.json", "{1}_{0}.json"])
def test_a_time_beside_the_frames_number_tells_no_videos_apart(tmp_path, name):
    for camera in ("cam1", "cam2"):
        for frame in (0, 1, 2, 5):
            detector_files.write_json(
                tmp_path / f"{camera}_{name.format(frame, 1699999999000 + 40 * frame)}",
                openpose_frame([walk("coco_17", frames=6)[frame][2]]),
            )
    videos, _ = frame_folders.find(tmp_path)
    assert [len(video.frames) for video in videos] == [4, 4]
    assert [frame for frame, _ in videos[1].frames] == [0, 1, 2, 5]
    for path in tmp_path.glob("cam2*"):
        path.unlink()
    (person,) = keypoint_files.read(tmp_path, "coco_17", SIZE).people
    assert person.confidence.any(axis=1).tolist() == [1, 1, 1, 0, 0, 1]


@pytest.mark.parametrize("fps", [5, 25, 29.97, 120])
@pytest.mark.parametrize("form", ["frame_{:.3f}", "t{}", "cam{1}_{0}", "{:.3f}_{}"])
def test_names_that_hold_seconds_are_refused(tmp_path, fps, form):
    # Few frames of many seconds, or many of few.
    count = int(max(3 * fps, 40))
    seconds = [0.5 + frame / fps for frame in range(count) if frame != 4]
    cameras = (1, 2) if form.count("{") > 1 else (1,)
    times = [(round(second, 4), one) for second in seconds for one in cameras]
    names = [form.format(*time) for time in times]
    folder = tmp_path / "frames"
    for name in names:
        detector_files.write_json(folder / f"{name}.json", openpose_frame([]))
    with pytest.raises(UserError, match="frames: names hold seconds .* by frame num"):
        frame_folders.find(folder)
    rows = walk("coco_17", frames=1)[0][2].ravel().tolist()
    content = [{"image_id": f"{name}.jpg", "keypoints": rows} for name in names]
    path = detector_files.write_json(tmp_path / "a.json", content)
    with pytest.raises(UserError, match="entry 0: 'image_id': names hold seconds"):
        keypoint_files.read(path, "coco_17", SIZE)


@pytest.mark.parametrize("digits", [30, 5000])
def test_numbers_too_long_to_be_counted_end_in_one_line(tmp_path, digits):
    rows = walk("coco_17", frames=1)[0][2].ravel().tolist()
    names = [f"{second}.{frame}" for second in "12" for frame in ("1", "2" * digits)]
    names += [f"{'3' * digits}.1"]
    content = [{"image_id": f"{name}.jpg", "keypoints": rows} for name in names]
    path = detector_files.write_json(tmp_path / "a.json", content)
    with pytest.raises(UserError, match="a.json: .*frame") as error:
        keypoint_files.read(path, "coco_17", SIZE)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("step", [1, 5])
def test_numbered_videos_hold_no_seconds(tmp_path, step):
    for camera in (1, 2, 3):
        for frame in range(0, 40, step):
            name = f"cam{camera}.{frame:03}.json"
            detector_files.write_json(tmp_path / name, openpose_frame([]))
    videos, _ = frame_folders.find(tmp_path)
    assert [video.name for video in videos] == ["cam1", "cam2", "cam3"]
    assert [frame for frame, _ in videos[2].frames] == list(range(0, 40, step))


@pytest.mark.parametrize("cameras", [1, 2, 3, 9, 12])
def test_cameras_behind_a_frames_number_are_no_decimals(tmp_path, cameras):
    for camera in range(1, cameras + 1):
        for frame in range(20):
            name = f"frame_{frame:03}.{camera}.json"
            detector_files.write_json(tmp_path / name, openpose_frame([]))
    videos, _ = frame_folders.find(tmp_path)
    assert [len(video.frames) for video in videos] == [20] * cameras


def test_frames_too_far_apart_for_following_get_a_word(tmp_path, capsys):
    folder = write_frames(
        tmp_path / "ms", walk("coco_17", frames=4), "{}.json", frames=range(4)
    )
    for path in list(folder.iterdir()):
        path.rename(folder / f"{40 * int(path.stem)}ms.json")
    assert len(keypoint_files.read(folder, "coco_17", SIZE).people) == 4
    assert f"{folder}: frames are numbered 40 apart" in capsys.readouterr().err


def test_files_that_are_no_frames_of_the_folder_are_named(tmp_path, capsys):
    folder = write_frames(tmp_path / "f", walk("openpose_25", frames=3), "{}.json")
    (folder / "camera.json").write_text("{}")
    keypoint_files.read(folder, "openpose_25", SIZE)
    assert capsys.readouterr().err == (
        f"warning: {folder}: camera.json has no frame number in its name; left out.\n"
    )
    detector_files.coco(folder / "7.json", walk("openpose_25", frames=2))
    with pytest.raises(UserError, match="7.json: shows 2 frames; in a folder each fil"):
        keypoint_files.read(folder, "openpose_25", SIZE)
    (folder / "7.json").unlink()
    (folder / "03.json").write_text("{}")
    (folder / "3.json").write_text("{}")
    with pytest.raises(UserError, match="3.json: has the frame number of 03?.json"):
        keypoint_files.read(folder, "openpose_25", SIZE)
    (folder / f"{10**20}.json").write_text("{}")
    with pytest.raises(UserError, match="is no frame number"):
        keypoint_files.read(folder, "openpose_25", SIZE)


def test_a_json_file_without_a_number_hides_no_labels(tmp_path, capsys):
    for frame, _, rows in walk("coco_17", frames=3):
        shares = [0, 0.5, 0.5, 0.1, 0.4, *(rows / [*SIZE, 1]).ravel()]
        (tmp_path / f"clip_{frame}.txt").write_text(" ".join(map(str, shares)))
    (tmp_path / "args.json").write_text("{}")
    (person,) = keypoint_files.read(tmp_path, "coco_17", SIZE).people
    assert person.keypoints.shape == (3, 17, 2)
    assert "args.json has no frame number in its name" in capsys.readouterr().err


def test_numbered_videos_are_no_frames(tmp_path):
    for number in (1, 2):
        detector_files.coco(tmp_path / f"video{number}.json", walk("coco_17"))
    (video,), _ = frame_folders.find(tmp_path)
    assert not frame_folders.hold_frames(video)
    detector_files.mmpose(tmp_path / "video3.json", walk("coco_17", frames=40))
    (video,), _ = frame_folders.find(tmp_path)
    assert not frame_folders.hold_frames(video)
    (tmp_path / "video3.json").unlink()
    with pytest.raises(UserError, match="video1.json: shows 6 frames.*Name this file"):
        keypoint_files.read(tmp_path, "coco_17", SIZE)
