import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import recording_files
from preprocessing.datasets import synthetic


def task(path, fps=50.0):
    recording = synthetic.read(3, 21, rig=Rig(2)).recordings[0]
    return recording_files.Task(recording, str(path), "human36m_17", fps, 8, 2)


def test_a_part_is_a_tfrecord_file_whose_index_finds_each_record(tmp_path):
    payloads = [b"one", b"", b"three" * 100]
    path = str(tmp_path / "part")
    entries = recording_files.write_records(
        path, [(f"k{i}", p) for i, p in enumerate(payloads)]
    )
    stored = list(tf.data.TFRecordDataset(path).as_numpy_iterator())
    assert stored == payloads
    assert [entry.key for entry in entries] == ["k0", "k1", "k2"]
    (tmp_path / "alone").write_bytes(recording_files.read_record(entries[2]))
    alone = tf.data.TFRecordDataset(str(tmp_path / "alone"))
    assert list(alone.as_numpy_iterator()) == payloads[2:]


def test_a_recording_becomes_its_records_and_a_summary_of_each_view(tmp_path):
    part = recording_files.convert_recording(task(tmp_path / "part"))
    assert part.subject == "walker_00"
    # 21 frames in records of 8 that share 2: starts 0, 6, 12, 18.
    keys = [
        f"walker_00/walk/take_0/virtual_{camera}/{first:08d}"
        for camera in (0, 1)
        for first in (0, 6, 12, 18)
    ]
    assert [entry.key for entry in part.entries] == keys
    assert [view.frames for view in part.views] == [21, 21]


def test_the_pose_sum_is_root_relative_and_leaves_out_invalid_frames(tmp_path):
    views = task(tmp_path).recording.load()
    view = views[0]
    view.valid[[0, 4]] = False
    summary = recording_files._summary(view, skeletons.get("human36m_17"))
    expected = np.zeros((17, 3))
    for frame in range(21):
        if frame not in (0, 4):
            for joint in range(17):
                expected[joint] += view.positions[frame, joint].astype(float)
                expected[joint] -= view.positions[frame, 0].astype(float)
    np.testing.assert_allclose(summary.pose_sum, expected, atol=1e-12)
    assert summary.measures.frames == 19


def test_views_of_another_frame_rate_are_refused(tmp_path):
    with pytest.raises(
        UserError, match="walk/take_0: has 50 frames per second.*has 25"
    ):
        recording_files.convert_recording(task(tmp_path / "part", fps=25.0))


class _Writer:
    """Stands in for TFRecordWriter on a disk without room."""

    def __init__(self, path):
        open(path, "wb").close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def write(self, record):
        pass


def test_a_file_cut_short_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(tf.io, "TFRecordWriter", _Writer)
    with pytest.raises(OSError, match="only 0 of 19 bytes"):
        recording_files.write_records(str(tmp_path / "part"), [("key", b"abc")])


def test_tensorflows_disk_errors_become_file_system_errors(tmp_path):
    with pytest.raises(OSError, match="missing"):
        recording_files.write_records(
            str(tmp_path / "missing" / "part"), [("key", b"abc")]
        )


def test_views_may_have_any_of_the_frame_rates_that_a_data_set_mixes(tmp_path):
    mixed = dataclasses.replace(task(tmp_path / "part", fps=25.0), rates=(25.0, 50.0))
    assert len(recording_files.convert_recording(mixed).views) == 2
    other = dataclasses.replace(mixed, rates=(25.0, 30.0))
    with pytest.raises(UserError, match="has 50 frames per second.*has 25 or 30"):
        recording_files.convert_recording(other)
