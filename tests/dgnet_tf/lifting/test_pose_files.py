"""The files of lifted poses: every key, column and unit."""

import csv
import json

import numpy as np
import pytest
from support import motions

from dgnet_tf import axes
from dgnet_tf.errors import UserError
from dgnet_tf.lifting import pose_files
from preprocessing.datasets.bvh import files

JOINTS = list(motions.SKELETON.joints)


def person(name="1", frames=3, first_frame=0, seed=0, **options):
    walk = 0.05 * motions.random_walk(frames=frames, seed=seed)
    poses = walk + motions.t_pose(frames)
    return motions.lifted(poses, name, first_frame, **options)


def test_npz_of_one_person(tmp_path):
    one = person(first_frame=4)
    path = tmp_path / "new" / "poses.npz"
    assert pose_files.write([one], path) == [path]
    with np.load(path, allow_pickle=False) as poses:
        assert sorted(poses) == [
            *("axes", "first_frame", "fps", "joints", "layout", "positions", "units")
        ]
        assert poses["first_frame"] == 4
        np.testing.assert_array_equal(poses["positions"], one.positions)
        assert poses["positions"].dtype == np.float32
        assert poses["fps"] == 50.0
        assert poses["joints"].tolist() == JOINTS
        assert poses["layout"] == "human36m_17"
        assert (poses["axes"], poses["units"]) == ("camera", "m")
    assert [p.name for p in path.parent.iterdir()] == ["poses.npz"]


def test_a_suffix_in_capitals_chooses_the_format_too(tmp_path):
    for suffix in pose_files.SUFFIXES:
        path = tmp_path / f"poses{suffix.upper()}"
        assert pose_files.write([person()], path) == [path]
    assert len(list(tmp_path.iterdir())) == len(pose_files.SUFFIXES)
    with np.load(tmp_path / "poses.NPZ") as poses:
        np.testing.assert_array_equal(poses["positions"], person().positions)


def test_npz_of_several_people_goes_by_their_names(tmp_path):
    root = np.tile([0.0, 1.0, 4.0], (3, 1))
    people = [person("7", root=root), person("4", first_frame=2, seed=1, root=root)]
    pose_files.write(people, tmp_path / "poses.npz", "z_up", "mm")
    with np.load(tmp_path / "poses.npz", allow_pickle=False) as poses:
        assert sorted(poses) == [
            *("axes", "first_frame/4", "first_frame/7", "focal_px", "fps", "joints"),
            *("layout", "positions/4", "positions/7", "units"),
        ]
        assert poses["first_frame/4"] == 2
        assert poses["focal_px"] == 1000.0
        expected = axes.place(people[1], "z_up", "mm")
        np.testing.assert_allclose(poses["positions/4"], expected, rtol=1e-6)


def test_json_holds_the_same_as_text(tmp_path):
    people = [person("7"), person("4", first_frame=2, seed=1)]
    pose_files.write(people, tmp_path / "poses.json", "y_up", "cm")
    content = json.loads((tmp_path / "poses.json").read_text())
    rows = content.pop("people")
    assert content == {
        "layout": "human36m_17",
        "joints": JOINTS,
        "parents": list(motions.SKELETON.parents),
        "fps": 50.0,
        "axes": "y_up",
        "units": "cm",
        "root": "none",
        "focal_px": None,
    }
    assert [(r["person"], r["first_frame"]) for r in rows] == [("7", 0), ("4", 2)]
    for row, one in zip(rows, people, strict=True):
        expected = axes.place(one, "y_up", "cm")
        np.testing.assert_allclose(row["positions"], expected, atol=0.00051)


def test_json_says_what_the_root_stands_on(tmp_path):
    one = person(root=np.tile([0.0, 1.0, 4.0], (3, 1)))
    pose_files.write([one], tmp_path / "poses.json")
    content = json.loads((tmp_path / "poses.json").read_text())
    assert (content["root"], content["focal_px"]) == ("fit", 1000.0)
    hip = np.array(content["people"][0]["positions"])[:, 0]
    np.testing.assert_allclose(hip, one.root, atol=1e-5)


def test_csv_has_a_row_for_each_person_and_frame(tmp_path):
    people = [person('Anna "A", 7'), person("4", first_frame=2, seed=1)]
    pose_files.write(people, tmp_path / "poses.csv", "z_up", "mm")
    with open(tmp_path / "poses.csv", newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head[:8] == ["person", "frame", "time_s", "axes", "units"] + [
        *("hip_x", "hip_y", "hip_z")
    ]
    assert head[-1] == "right_wrist_z"
    assert len(head) == 5 + 17 * 3
    assert [row[:2] for row in rows] == [
        *(['Anna "A", 7', "0"], ['Anna "A", 7', "1"], ['Anna "A", 7', "2"]),
        *(["4", "2"], ["4", "3"], ["4", "4"]),
    ]
    assert rows[3][2:5] == ["0.040000", "z_up", "mm"]
    found = np.array([row[5:] for row in rows], float).reshape(2, 3, 17, 3)
    for poses, one in zip(found, people, strict=True):
        np.testing.assert_allclose(poses, axes.place(one, "z_up", "mm"), atol=0.0051)


def test_csv_states_the_focal_length_where_there_is_a_root(tmp_path):
    one = person(root=np.tile([0.0, 1.0, 4.0], (3, 1)))
    pose_files.write([one], tmp_path / "poses.csv")
    with open(tmp_path / "poses.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["focal_px"] for row in rows] == ["1000.000"] * 3
    assert rows[0]["hip_z"] == "4.00000"


def test_bvh_holds_one_person_y_up_on_the_floor(tmp_path):
    path = tmp_path / "poses.bvh"
    one = motions.lifted(motions.t_pose(4), root=[[0, 0, 4 + i] for i in range(4)])
    assert pose_files.write([one], path, units="cm") == [path]
    motion = files.read_motion(path)
    # Hips 0.9 m above the ankles, which are 7 cm above the floor; away is -z.
    expected = [[0, 97, -400 - 100 * i] for i in range(4)]
    np.testing.assert_allclose(motion.values[:, :3], expected, atol=1e-3)
    with pytest.raises(
        ValueError, match="a .bvh file is always y_up, `axes` is 'z_up'"
    ):
        pose_files.write([one], tmp_path / "other.bvh", "z_up")
    assert list(tmp_path.iterdir()) == [path]


def test_several_people_have_a_bvh_file_each_or_none(tmp_path):
    people = [person("7"), person("Anna B", frames=5)]
    paths = pose_files.write(people, tmp_path / "poses.bvh")
    assert [path.name for path in paths] == ["poses-7.bvh", "poses-Anna_B.bvh"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert [len(files.read_motion(path).values) for path in paths] == [3, 5]
    with pytest.raises(UserError, match="would both be written"):
        pose_files.write([person("a b"), person("a,b")], tmp_path / "new" / "p.bvh")
    assert not (tmp_path / "new").exists()


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(
        ValueError, match="`path` must end in .*.glb or .trc, got '.*poses.fbx'"
    ):
        pose_files.write([person()], tmp_path / "poses.fbx")
    assert list(tmp_path.iterdir()) == []
