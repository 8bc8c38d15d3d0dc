"""Frames, times and people that tables and lists name, whatever they call them."""

import json

import numpy as np
import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, landmarks, walk

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import entry_names, keypoint_files, layouts

NAMES = layouts.get("mediapipe_33").joints
SHOWN = [0, 1, 2, 3, 4, 12, 13, 14, 15, 16, 17, 18, 19]  # 13 of 20 frames
SIGHTINGS = walk("mediapipe_33", frames=20, step=0.5)


def cells(rows):
    return (rows / [*SIZE, 1]).ravel().tolist()


def wide(path, columns, frames=SHOWN):
    """A table of a row for each frame, with these columns before the landmarks'."""
    header = [f"{name}_{axis}" for name in NAMES for axis in ("x", "y", "visibility")]
    table = [[*columns, *header]]
    for index, frame in enumerate(frames):
        own = [values[index] for values in columns.values()]
        table.append([*own, *cells(SIGHTINGS[frame][2])])
    path.write_text("\n".join(",".join(map(str, row)) for row in table))
    return path


def entries(path, keys, frames=SHOWN):
    """A list of an object for each frame, with these keys beside the landmarks."""
    content = [
        {
            **{name: values[index] for name, values in keys.items()},
            "pose_landmarks": landmarks(SIGHTINGS[frame][2]),
        }
        for index, frame in enumerate(frames)
    ]
    return detector_files.write_json(path, content)


WRITERS = {"wide.csv": wide, "entries.json": entries}


def read(path, fps=30.0):
    return keypoint_files.read(path, "mediapipe_33", SIZE, fps).people


def check_frames(path, fps=30.0, first=0, apart=1):
    (person,) = read(path, fps)
    assert person.first_frame == first
    assert len(person.keypoints) == 19 * apart + 1
    seen = np.flatnonzero(person.confidence.any(axis=1))
    assert seen.tolist() == [apart * frame for frame in SHOWN]
    for frame in SHOWN:
        np.testing.assert_allclose(
            person.keypoints[apart * frame], SIGHTINGS[frame][2][:, :2], atol=1e-9
        )


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(
    "name",
    [
        "frame", "Frame", "frame_number", "Frame Number", "frameIdx", "FRAME-ID",
        "frame #", "image_id", "image index", "img", "index", "idx", "number", "n",
        "", "Unnamed: 0", "pose_id", "id", "video_frame", "f",
    ],
)  # fmt: skip
def test_frame_numbers_count_whatever_they_are_called(tmp_path, form, name):
    check_frames(WRITERS[form](tmp_path / form, {name: SHOWN}))
    numbers = [frame + 1 for frame in SHOWN]
    check_frames(WRITERS[form](tmp_path / form, {name: numbers}), first=1)


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(
    ("name", "scale", "digits"),
    [
        ("time", 1, 4), ("timestamp", 1, 6), ("t", 1, 3), ("time_s", 1, 3),
        ("Time (s)", 1, 3), ("seconds", 1, 4), ("timestamp", 1e3, 0),
        ("time_ms", 1e3, 0), ("timestampMs", 1e3, 2), ("time in ms", 1e3, 0),
        ("t_us", 1e6, 0), ("timestamp", 1e6, 0), ("time_\u00b5s", 1e6, 0),
        ("ts", 1e9, 0),
    ],
)  # fmt: skip
def test_times_in_any_unit_are_frames(tmp_path, form, name, scale, digits, capsys):
    for fps in (30.0, 29.97):
        times = [round(frame / fps * scale, digits) for frame in SHOWN]
        check_frames(WRITERS[form](tmp_path / form, {name: times}), fps)
        assert not capsys.readouterr().err
        check_frames(tmp_path / form, None)
        assert "frames a second. Give --fps=30.\n" in capsys.readouterr().err


def test_times_of_other_rates_than_the_videos(tmp_path, capsys):
    every_third = {"time": [frame / 10 for frame in SHOWN]}
    check_frames(wide(tmp_path / "a.csv", every_third), 30.0, apart=3)
    assert "'time' are 10 frames a second, --fps is 30." in capsys.readouterr().err
    (person,) = read(wide(tmp_path / "a.csv", {"time": [f / 20 for f in SHOWN]}), 30.0)
    assert len(person.keypoints) == round(19 * 1.5) + 1  # Not whole frames apart.
    since_1970 = {"timestamp": [1.7e12 + round(frame / 0.03) for frame in SHOWN]}
    check_frames(wide(tmp_path / "a.csv", since_1970))
    late = {"time_ms": [round((frame + 90) / 0.03) for frame in SHOWN]}
    check_frames(wide(tmp_path / "a.csv", late), first=90)


def test_times_rounded_to_milliseconds_add_no_gaps(tmp_path):
    times = [round(frame * 1000 / 30) for frame in range(20)] * 1
    many = entries(tmp_path / "a.json", {"time": times}, range(20))
    content = json.loads(many.read_text())
    rows = [
        {**content[frame % 20], "time": round(frame * 1000 / 30)}
        for frame in range(3000)
    ]
    detector_files.write_json(many, rows)
    for fps in (30.0, 29.97, None):
        (person,) = read(many, fps)
        assert len(person.keypoints) == 3000 and person.confidence.any(axis=1).all()


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("foo", SHOWN, r"what is 'foo', with values such as '0', '1', '2'\?"),
        ("camera", [*"ab"] * 6 + ["a"], "what is 'camera', with values such as 'a'"),
        ("frame", [0, *SHOWN[:12]], "frame 0 occurs twice, first in (row 2|entry 0)"),
        ("frame", [-1, *SHOWN[1:]], "'frame': must be a whole number .* is -1"),
        ("frame", [0.5, *SHOWN[1:]], "'frame': must be a whole number .* is 0.5"),
        ("frame", [*SHOWN[:12], 10**9], "frame 1000000000 follows frame 18"),
        ("frame", ["x", *SHOWN[1:]], "'x', which does not end in a frame number"),
        ("time", SHOWN, "times that are 1 apart are no times of frames at --fps=30"),
        ("time_s", [f / 90 for f in SHOWN], "--fps=30"),
        ("time", ["x", *SHOWN[1:]], "'time': must be a number, is 'x'"),
        ("id", [0, 1] * 6 + [0], "has 'id', but nothing that tells frames"),
        ("person", [0, 1] * 6 + [0], "has 'person', but nothing that tells frames"),
    ],
)
def test_what_cannot_be_frames_is_refused_by_name(
    tmp_path, form, name, values, message
):
    path = WRITERS[form](tmp_path / form, {name: values})
    with pytest.raises(UserError, match=message) as error:
        read(path)
    assert str(path) in str(error.value) and len(str(error.value)) < 400


@pytest.mark.parametrize("form", WRITERS)
def test_what_stays_the_same_or_describes_poses_is_passed_over(tmp_path, form):
    keys = {
        "frame": SHOWN,
        "class": ["up", "down"] * 6 + ["up"],
        "left_knee_angle": [f / 7 for f in SHOWN],
        "score": [f / 20 for f in SHOWN],
        "tool": ["mine"] * 13,
        "file": ["squat 4.mp4"] * 13,
        "width": [SIZE[0]] * 13,
    }
    check_frames(WRITERS[form](tmp_path / form, keys))


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(
    "name", ["person", "person_id", "track_id", "pose_index", "id"]
)
def test_people_are_told_apart_by_their_column(tmp_path, form, name):
    keys = {"frame": [f // 2 for f in range(20)], name: [5, 8] * 10}
    five, eight = read(WRITERS[form](tmp_path / form, keys, range(20)))
    assert (five.person, eight.person) == ("5", "8")
    for person, first in ((five, 0), (eight, 1)):
        assert person.keypoints.shape == (10, 33, 2)
        for frame in range(10):
            expected = SIGHTINGS[2 * frame + first][2][:, :2]
            np.testing.assert_allclose(person.keypoints[frame], expected, atol=1e-9)
    twice = WRITERS[form](tmp_path / form, {**keys, name: [5] * 20}, range(20))
    with pytest.raises(UserError, match="frame 0( of person 5)? occurs twice"):
        read(twice)


def test_names_of_images_number_frames(tmp_path):
    images = [f"video2_{frame}.jpg" for frame in SHOWN]
    for name in ("image_name", "filename", "image", "frame"):
        check_frames(wide(tmp_path / "a.csv", {name: images}))


@pytest.mark.parametrize("name", ["frame", "timestamp", "person"])
def test_lists_in_the_place_of_numbers_are_refused(tmp_path, name):
    path = entries(tmp_path / "a.json", {name: [[f] for f in SHOWN]})
    with pytest.raises(UserError, match=f"entry 0: '{name}' must be a number or a"):
        read(path)


def test_numbers_in_an_object_of_the_entry_count(tmp_path):
    meta = [{"frame": f, "tool": "mine"} for f in SHOWN]
    check_frames(entries(tmp_path / "a.json", {"meta": meta}))
    stamps = [{"ms": 1000 / 30 * f} for f in SHOWN]
    check_frames(entries(tmp_path / "a.json", {"time": stamps}))
    boxes = [{"l": f, "t": 2 * f, "width": 7, "x": f / 3} for f in SHOWN]
    keys = {"id": SHOWN, "bbox": boxes, "angles": [{"knee": f} for f in SHOWN]}
    check_frames(entries(tmp_path / "a.json", keys))


def test_a_streams_own_units_are_no_time(tmp_path):
    path = wide(tmp_path / "a.csv", {"pts": [512 * f for f in SHOWN]})
    with pytest.raises(UserError, match="what is 'pts'"):
        read(path)
    check_frames(wide(tmp_path / "a.csv", {"pts_time": [f / 30 for f in SHOWN]}))


def test_entries_that_say_only_here_and_there_of_what_frame_they_are(tmp_path):
    path = entries(tmp_path / "a.json", {"frame": SHOWN})
    content = json.loads(path.read_text())
    del content[3]["frame"]
    detector_files.write_json(path, content)
    with pytest.raises(UserError, match="entry 3 has no number or text as 'frame'"):
        read(path)
    content[3] = content[3]["pose_landmarks"]
    detector_files.write_json(path, content)
    with pytest.raises(UserError, match="others are lists. Write all in one form"):
        read(path)
    content[3] = None  # Nobody, in a frame that is not named.
    detector_files.write_json(path, content)
    (person,) = read(path)
    assert not person.confidence[3].any() and person.confidence[4].any()
    detector_files.write_json(path, [{f"k{i}": i for i in range(101)} | content[0]])
    with pytest.raises(UserError, match="entry 0: has more than 100 fields"):
        read(path)


@pytest.mark.parametrize("image_id", [7, None])
def test_coco_entries_of_one_image_go_by_their_frames(tmp_path, image_id):
    content = [
        {
            "image_id": frame if image_id is None else image_id,
            "frame_id": 3 if image_id is None else frame,
            "keypoints": rows.ravel().tolist(),
        }
        for frame, _, rows in walk("coco_17", frames=6, step=0.5)
        if frame != 2
    ]
    path = detector_files.write_json(tmp_path / "a.json", content)
    (person,) = keypoint_files.read(path, "coco_17", SIZE).people
    assert person.confidence.any(axis=1).tolist() == [1, 1, 0, 1, 1, 1]


def coco_entries(path, **fields):
    """Frames 0, 1, 3, 4, 5 of a walk, with (function of the frame) fields."""
    content = [
        {name: make(frame) for name, make in fields.items()}
        | {"keypoints": rows.ravel().tolist()}
        for frame, _, rows in walk("coco_17", frames=6, step=0.5)
        if frame != 2
    ]
    return detector_files.write_json(path, content)


@pytest.mark.parametrize(
    "fields",
    [
        {"image_id": lambda f: f"f{f:04}_{1000 + 40 * f}.jpg"},
        {"image_id": lambda f: f"{f:02}_at_{f}{f}.jpg"},
        {"image_id": lambda f: 500 + 7 * f, "frame": lambda f: f},
        {"image_id": lambda f: f, "frame_id": lambda f: f // 3},
    ],
)
def test_coco_entries_keep_their_gaps(tmp_path, fields):
    path = coco_entries(tmp_path / "a.json", **fields)
    (person,) = keypoint_files.read(path, "coco_17", SIZE).people
    assert person.confidence.any(axis=1).tolist() == [1, 1, 0, 1, 1, 1]


def test_coco_entries_of_one_image_are_no_video(tmp_path, capsys):
    same = {"image_id": lambda f: "clip1.mp4"}
    path = coco_entries(tmp_path / "a.json", **same, timestamp=lambda f: f / 25)
    with pytest.raises(UserError, match="'image_id' is the same.*'timestamp' is not"):
        keypoint_files.read(path, "coco_17", SIZE)
    content = json.loads(coco_entries(tmp_path / "a.json", **same).read_text())
    detector_files.write_json(path, content * 2)
    assert len(keypoint_files.read(path, "coco_17", SIZE).people) == 10
    assert f"{path}: shows 10 people in one frame, 1." in capsys.readouterr().err


def test_kinds_of_names():
    for name, kind in {
        "Frame No.": entry_names.FRAME, "timestamp_ms": entry_names.TIME,
        "Track ID": entry_names.PERSON, "": entry_names.ROW, "foo": None,
        "label": entry_names.OTHER, "left_hip_angle": entry_names.OTHER,
    }.items():  # fmt: skip
        assert entry_names.kind(name) == kind
    for name, unit in {"time": None, "times": None, "time_s": 1, "tms": 1e-3}.items():
        assert entry_names.seconds(name) == unit
