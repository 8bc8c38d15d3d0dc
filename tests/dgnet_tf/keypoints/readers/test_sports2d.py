"""Sports2D's and Pose2Sim's files, as they write them."""

import numpy as np
import pytest
from support.keypoints import pose2sim_files
from support.keypoints.detector_files import SIZE, walk
from support.keypoints.pose2sim_files import HALPE_MARKERS

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files, layouts

JOINTS = layouts.get("halpe_26").joints


def places(sightings):
    """(F, 22, 3) of Pose2Sim's markers: pixels, z = 0."""
    found = np.zeros((len(sightings), len(HALPE_MARKERS), 3))
    for frame, (_, _, rows) in enumerate(sightings):
        for index, joint in enumerate(HALPE_MARKERS.values()):
            found[frame, index, :2] = rows[JOINTS.index(joint), :2]
    return found


def test_markers_go_by_name_and_state_the_rate(tmp_path):
    sightings = walk("halpe_26", 5)
    path = tmp_path / "demo_Sports2D_px_person03.trc"
    pose2sim_files.trc(path, list(HALPE_MARKERS), places(sightings), rate=59.94)
    found = keypoint_files.read(path, "halpe_26", SIZE)
    assert found.fps == 59.94
    (person,) = found.people
    assert (person.person, person.first_frame) == ("3", 0)
    for frame, _, rows in sightings:
        for joint, name in enumerate(JOINTS):
            shown = name in HALPE_MARKERS.values()
            assert person.confidence[frame, joint] == shown, name
            if shown:
                np.testing.assert_array_equal(
                    person.keypoints[frame, joint], rows[joint, :2]
                )


def test_frames_are_the_videos_and_empty_cells_are_missing(tmp_path):
    pixels = places(walk("halpe_26", 6))
    pixels[1, 2] = np.nan
    pixels[2, 3] = 0
    pixels[3] = np.nan
    path = tmp_path / "a.trc"
    pose2sim_files.trc(path, list(HALPE_MARKERS), pixels, first=90)
    (person,) = keypoint_files.read(path, "halpe_26", SIZE).people
    assert (person.person, person.first_frame, len(person.keypoints)) == ("1", 90, 6)
    knee, ankle = JOINTS.index("right_knee"), JOINTS.index("right_ankle")
    assert person.confidence[:, knee].tolist() == [1, 0, 1, 0, 1, 1]
    assert person.confidence[:, ankle].tolist() == [1, 1, 0, 0, 1, 1]
    assert not person.confidence[3].any()


def test_another_rate_than_the_files_is_told(tmp_path, capsys):
    path = tmp_path / "a.trc"
    pose2sim_files.trc(path, list(HALPE_MARKERS), places(walk("halpe_26", 3)))
    assert keypoint_files.read(path, "halpe_26", SIZE, 60.0).fps == 60.0
    assert "is of 30 frames a second, --fps is 60." in capsys.readouterr().err
    assert keypoint_files.read(path, "halpe_26", SIZE, 30.0).fps == 30.0
    assert capsys.readouterr().err == ""


def test_positions_in_metres_are_no_keypoints(tmp_path):
    flat = places(walk("halpe_26", 4)) / 100  # A person of a metre or two.
    deep = flat + np.random.default_rng(0).normal(0, 0.1, flat.shape)
    for name, metres in (("a_m_person00.trc", flat), ("pose-3d.trc", deep)):
        path = pose2sim_files.trc(tmp_path / name, list(HALPE_MARKERS), metres)
        with pytest.raises(UserError, match="holds positions in metres.*_px_ file"):
            keypoint_files.read(path, "halpe_26", SIZE)


def test_other_detectors_markers_are_taken_by_name(tmp_path):
    markers = ["RHip", "LHip", "Nose", "REye", "Hip", "Neck"]
    pixels = np.zeros((2, 6, 3))
    pixels[..., 0], pixels[..., 1] = np.arange(100, 160, 10), np.arange(50, 350, 50)
    path = pose2sim_files.trc(tmp_path / "a.trc", markers, pixels)
    (person,) = keypoint_files.read(path, "coco_17", SIZE).people
    names = layouts.get("coco_17").joints
    seen = {name for name, c in zip(names, person.confidence[0], strict=True) if c}
    assert seen == {"right_hip", "left_hip", "nose", "right_eye"}
    (person,) = keypoint_files.read(path, "openpose_25", SIZE).people
    middle = layouts.get("openpose_25").joints.index("mid_hip")
    np.testing.assert_array_equal(person.keypoints[0, middle], [140, 250])
    strange = [f"M{index}" for index in range(6)]
    path = pose2sim_files.trc(tmp_path / "b.trc", strange, pixels)
    with pytest.raises(UserError, match="none of its markers .M0, M1.* is a keypoint"):
        keypoint_files.read(path, "coco_17", SIZE)


def test_damaged_files_are_refused(tmp_path):
    path = tmp_path / "a.trc"
    pose2sim_files.trc(path, list(HALPE_MARKERS), places(walk("halpe_26", 3)))
    whole = path.read_text()

    def error(change):
        path.write_text(change(whole))
        with pytest.raises(UserError) as found:
            keypoint_files.read(path, "halpe_26", SIZE)
        return str(found.value)

    lines = whole.split("\n")
    assert "first line must begin with PathFileType" in error(lambda text: "a,b\n1,2\n")
    assert "'DataRate' must be frames a second, is 'x'" in error(
        lambda text: text.replace("\n30\t", "\nx\t")
    )
    assert "must name each marker once" in error(
        lambda text: text.replace("LHip", "RHip")
    )
    assert "line 7: has 69 columns, 22 markers have 68" in error(
        lambda text: text.replace(lines[6], lines[6] + "\t1")
    )
    assert "line 7: must hold numbers only" in error(
        lambda text: text.replace(lines[6], lines[6] + "x")
    )
    assert "has no frame" in error(lambda text: "\n".join(lines[:5]))
    assert "line 8: is frame 1 at 30 a second, as is line 7" in error(
        lambda text: text.replace(lines[7], lines[6])
    )
    assert "'Time' is -1" in error(lambda text: text.replace("\n0\t0.0\t", "\n0\t-1\t"))


def test_pose2sims_frames_without_matches_and_with_nan_are_gaps(tmp_path):
    sightings = walk("halpe_26", 5)
    rows = [rows for *_, rows in sightings]
    people = [[rows[0]], [None, rows[1]], [np.full((26, 3), np.nan)], [], [rows[4]]]
    folder = tmp_path / "cam01_json"
    for frame, shown in enumerate(people):
        pose2sim_files.openpose_frame(folder / f"cam01_{frame:06}.json", shown)
    (person,) = keypoint_files.read(folder, "halpe_26", SIZE).people
    assert person.confidence.any(axis=1).tolist() == [True, True, False, False, True]
    np.testing.assert_array_equal(person.keypoints[1], rows[1][:, :2])
