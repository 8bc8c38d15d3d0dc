"""TRC files, column by column as OpenSim and Pose2Sim read them."""

import numpy as np
import pytest
from support import motions

from dgnet_tf import axes
from dgnet_tf.lifting import pose_files
from dgnet_tf.lifting.writers import trc


def walking(name="1", frames=3, first_frame=0, **options):
    walk = 0.05 * motions.random_walk(frames=frames) + motions.t_pose(frames)
    return motions.lifted(walk, name, first_frame, **options)


def test_the_header_is_pose2sims(tmp_path):
    path = tmp_path / "poses.trc"
    assert pose_files.write([walking(first_frame=12, fps=29.97)], path) == [path]
    head = path.read_text().split("\n")[:5]
    assert head[0] == "PathFileType\t4\t(X/Y/Z)\tposes.trc"
    assert head[1].split("\t") == [
        *("DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units"),
        *("OrigDataRate", "OrigDataStartFrame", "OrigNumFrames"),
    ]
    values = ["29.97", "29.97", "3", "17", "m", "29.97", "12", "3"]
    assert head[2].split("\t") == values
    markers = head[3].split("\t")
    assert markers[:2] == ["Frame#", "Time"] and len(markers) == 2 + 17 * 3
    assert markers[2::3][:4] == ["hip", "RHip", "RKnee", "RAnkle"]
    assert markers[-3] == "RWrist"
    assert set(markers[3::3] + markers[4::3]) == {""}
    columns = head[4].split("\t")
    assert columns[:5] == ["", "", "X1", "Y1", "Z1"] and columns[-1] == "Z17"
    assert len(columns) == len(markers)


@pytest.mark.parametrize("units, scale", [("m", 1), ("cm", 100), ("mm", 1000)])
def test_rows_hold_frame_time_and_places_y_up(tmp_path, units, scale):
    person = walking(first_frame=12, fps=29.97, root=[[0.0, 1.0, 4.0]] * 3)
    pose_files.write([person], tmp_path / "poses.trc", units=units)
    rows = np.loadtxt(tmp_path / "poses.trc", delimiter="\t", skiprows=5)
    np.testing.assert_array_equal(rows[:, 0], [12, 13, 14])
    np.testing.assert_allclose(rows[:, 1], np.arange(12, 15) / 29.97, atol=5e-7)
    places = axes.place(person, "y_up").reshape(3, -1)
    np.testing.assert_allclose(rows[:, 2:] / scale, places, atol=6e-6)


def test_each_person_has_a_file_and_axes_are_fixed(tmp_path):
    people = [walking("7"), walking("Anna B", frames=5)]
    found = pose_files.write(people, tmp_path / "poses.trc")
    assert [path.name for path in found] == ["poses-7.trc", "poses-Anna_B.trc"]
    assert [len(path.read_text().splitlines()) for path in found] == [8, 10]
    with pytest.raises(ValueError, match="a .trc file is always y_up, `axes` is"):
        pose_files.write(people, tmp_path / "other.trc", "camera")


def test_a_files_name_stays_in_its_line():
    text = trc.text(walking(), "a\tb\nc.trc")
    assert text.startswith("PathFileType\t4\t(X/Y/Z)\ta b c.trc\nDataRate")
