"""MediaPipe's tables: their columns, cells given twice, and pixels in their place."""

import numpy as np
import pytest
from support.keypoints.detector_files import SIZE, walk

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files, layouts
from dgnet_tf.keypoints.readers import mediapipe_csv

NAMES = layouts.get("mediapipe_33").joints


def write(path, table):
    path.write_text("\n".join(",".join(map(str, row)) for row in table))
    return path


def read(path):
    return keypoint_files.read(path, "mediapipe_33", SIZE, 30.0).people


def long(people=1, header=("frame", "person", "landmark", "x", "y", "visibility")):
    table = [list(header)]
    for person in range(people):
        for frame, _, rows in walk("mediapipe_33", 4, x=100 + 200.0 * person):
            for joint, (x, y, v) in enumerate((rows / [*SIZE, 1]).tolist()):
                table.append([frame, person, joint, x, y, v])
    return table


def wide(header):
    rows = walk("mediapipe_33", 4)
    return [header, *((rows / [*SIZE, 1]).ravel().tolist() for *_, rows in rows)]


def test_two_people_of_the_long_form(tmp_path):
    first, second = read(write(tmp_path / "a.csv", long(people=2)))
    assert (first.person, second.person) == ("0", "1")
    for person, x in ((first, 100.0), (second, 300.0)):
        for frame, _, rows in walk("mediapipe_33", 4, x=x):
            np.testing.assert_allclose(person.keypoints[frame], rows[:, :2], atol=1e-9)


@pytest.mark.parametrize(
    "header",
    [
        ("frame_number", "id", "landmark_id", "x", "y", "visibility"),
        ("Frame", "Person ID", "Landmark Name", "X", "Y", "Visibility"),
        ("index", "track", "joint", "x", "y", "v"),
    ],
)
def test_columns_of_the_long_form_have_any_usual_name(tmp_path, header):
    table = long(2, header)
    for row in table[1:]:
        row[2] = NAMES[row[2]].upper().replace("_", " ") if row[0] % 2 else row[2]
    assert [p.keypoints.shape for p in read(write(tmp_path / "a.csv", table))] == [
        (4, 33, 2)
    ] * 2


def test_a_cell_given_twice_is_named(tmp_path):
    table = long()
    table.append(list(table[2 * 33 + 6]))
    with pytest.raises(
        UserError, match=r"row 134: landmark 5 \(right_eye\) of frame 2"
    ):
        read(write(tmp_path / "a.csv", table))
    unnamed = [[row[0], *row[2:]] for row in long(people=2)]
    with pytest.raises(UserError, match="landmark 0 .nose. of frame 0 is given twice"):
        read(write(tmp_path / "a.csv", unnamed))


def test_a_row_number_is_no_frame_of_the_long_form(tmp_path):
    table = [["", *row[2:]] for row in long()]
    for number, row in enumerate(table[1:]):
        row[0] = number
    with pytest.raises(UserError, match="each row is of another ''"):
        read(write(tmp_path / "a.csv", table))
    with pytest.raises(UserError, match="no column of frame numbers. Call it 'frame'"):
        read(write(tmp_path / "a.csv", [row[1:] for row in table]))
    with pytest.raises(UserError, match="none of the landmark's name or number"):
        read(write(tmp_path / "a.csv", [row[2:] for row in table]))


@pytest.mark.parametrize(
    "header",
    [
        [f"{name}_{axis}" for name in NAMES for axis in ("x", "y", "visibility")],
        [f"{name} {axis}" for name in NAMES for axis in ("X", "Y", "Vis")],
        [f"{axis}_{name}" for name in NAMES for axis in ("x", "y", "v")],
        [
            f"landmark_{i}_{axis}"
            for i in range(33)
            for axis in ("x", "y", "visibility")
        ],
        [f"pose_{i}.{axis}" for i in range(33) for axis in ("x", "y", "visibility")],
        [f"{i}_{axis}" for i in range(33) for axis in ("x", "y", "score")],
        [f"{axis}{i}" for i in range(1, 34) for axis in "xyv"],
    ],
)
def test_columns_of_the_wide_form_have_any_usual_name(tmp_path, header):
    (person,) = read(write(tmp_path / "a.csv", wide(header)))
    for frame, _, rows in walk("mediapipe_33", 4):
        np.testing.assert_allclose(person.keypoints[frame], rows[:, :2], atol=1e-9)
        np.testing.assert_allclose(person.confidence[frame], rows[:, 2], atol=1e-9)


def test_columns_that_are_there_twice_are_named(tmp_path):
    table = wide([f"{axis}{i}" for i in range(33) for axis in "xyv"])
    table[0][5] = "v_0"
    with pytest.raises(
        UserError, match="columns 3 and 6, 'v0' and 'v_0', are the same"
    ):
        read(write(tmp_path / "a.csv", table))


def test_pixels_are_told_from_shares_of_the_image(tmp_path):
    header = [f"{axis}{i}" for i in range(33) for axis in "xyv"]
    rows = [rows.ravel().tolist() for *_, rows in walk("mediapipe_33", 4)]
    with pytest.raises(
        UserError,
        match="row 2: MediaPipe's landmarks go from 0 to 1, these up to 24[0-9]",
    ):
        read(write(tmp_path / "a.csv", [header, *rows]))


def test_rows_that_are_too_long_are_not_read_to_their_end(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("frame,landmark,x,y\n" + "," * (1 << 21))
    with pytest.raises(UserError, match="row 2 is longer than 1048576 letters"):
        read(path)
    table = long()
    table[3][0] = "7" * 65
    with pytest.raises(UserError, match="row 4: 'frame' has 65 letters; up to 64"):
        read(write(path, table))
    monkeypatch.setattr(mediapipe_csv, "MAX_TABLES", 3)
    with pytest.raises(UserError, match="row 101: more than 3 people and frames"):
        read(write(path, long()))
    monkeypatch.setattr(mediapipe_csv, "MAX_LINES", 20)
    with pytest.raises(UserError, match="has more than 20 rows"):
        read(path)


@pytest.mark.parametrize(("delimiter", "point"), [(";", "."), (";", ","), ("\t", ",")])
def test_spreadsheets_divide_cells_by_other_signs(tmp_path, delimiter, point):
    table = [
        delimiter.join(map(str, row)).replace(".", point if number else ".")
        for number, row in enumerate(long())
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(table))
    (person,) = read(path)
    for frame, _, rows in walk("mediapipe_33", 4, x=100):
        np.testing.assert_allclose(person.keypoints[frame], rows[:, :2], atol=1e-9)
