"""What is read of Pose2Sim's wheels."""

import numpy as np
import pytest
from support.footage import stand_ins as footage
from support.footage.synthetic_rig import rig, seen

from benchmarks.footage import pose2sim_trials, triangulation
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files


def test_qualisys_cameras_are_read_into_our_axes_and_units():
    for found, camera in zip(
        pose2sim_trials.cameras(footage.calibration(rig())), rig(), strict=True
    ):
        assert (found.name, found.image_size) == (camera.name, (1088, 1920))
        np.testing.assert_allclose(
            triangulation.project(found, footage.person()),
            triangulation.project(camera, footage.person()),
            atol=1e-6,
        )


def test_each_trial_has_its_videos_and_detections(tmp_path, monkeypatch):
    people = [footage.person(), footage.person(1)]
    footage.write_wheels(tmp_path, monkeypatch, people)
    one, two = pose2sim_trials.unpack(tmp_path, tmp_path / "out")
    assert (one.name, one.people, two.name, two.people) == (
        *("one person", 1),
        *("two people", 2),
    )
    assert [path.name for path in one.videos] == [f"cam0{i}.mp4" for i in (1, 2, 3, 4)]
    for trial, count in ((one, 1), (two, 2)):
        found = keypoint_files.read(trial.detections[2], "openpose_25b", (1088, 1920))
        assert len(found.people) == count
    np.testing.assert_allclose(
        found.people[1].keypoints, seen(rig(), people[1])[2], atol=1e-6
    )


def test_another_file_than_the_published_wheel_is_refused(tmp_path):
    (tmp_path / pose2sim_trials.VIDEOS.name).write_bytes(b"x")
    with pytest.raises(UserError, match=r"pose2sim-0.10.49-.*has sha256 2d71"):
        pose2sim_trials.unpack(tmp_path, tmp_path / "out")
    with pytest.raises(UserError, match="none.whl: not found. Name pose2sim-0.10.49"):
        pose2sim_trials.unpack(tmp_path, tmp_path / "out", tmp_path / "none.whl")
