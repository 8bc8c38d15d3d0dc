import dataclasses
import errno
import functools
import hashlib

import numpy as np
import pytest
import tensorflow as tf
from support import bars
from support.datasets import pose_archives

from dgnet_tf.command_line import parallel
from dgnet_tf.data import manifest, records
from dgnet_tf.errors import UserError
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import pipeline, recording_files, shards
from preprocessing.datasets import mocap, synthetic

LENGTH, OVERLAP = 16, 5


def convert(dataset, output, **options):
    options = {"record_frames": LENGTH, "record_overlap": OVERLAP, **options}
    return pipeline.convert(dataset, output, show=lambda line: None, **options)


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
    }


def read(folder, split):
    """Returns a split's records as dicts of arrays, in the order of its shards."""
    content = manifest.read(folder)
    paths = manifest.shard_paths(folder, content, split)
    dataset = tf.data.TFRecordDataset(paths).map(
        lambda serialized: records.parse(serialized, LENGTH, content.joints)
    )
    return list(dataset.as_numpy_iterator())


def ids(record):
    return tuple(record[n].decode() for n in ("subject", "action", "take", "camera"))


def key(record):
    return (*ids(record), int(record["first_frame"]))


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return pose_archives.write(tmp_path_factory.mktemp("archive") / "a.npz")


@pytest.fixture(scope="module")
def converted(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("converted") / "out"
    convert(mocap.read(archive), folder, test_subjects=["cleo"])
    return folder


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_workers_or_run(
    archive, converted, tmp_path, monkeypatch
):
    for name, workers in (("again", 1), ("parallel", 2)):
        dataset, found = mocap.read(archive), bars.recorded(monkeypatch)
        convert(dataset, tmp_path / name, test_subjects=["cleo"], workers=workers)
        assert digests(tmp_path / name) == digests(converted)
        assert found[0] == ("convert", 3, 3, "sequence")
        monkeypatch.undo()


def test_progress_counts_recordings_and_then_records(archive, tmp_path, monkeypatch):
    found = bars.recorded(monkeypatch)
    made = convert(mocap.read(archive), tmp_path / "out", validation_subjects=[])
    records = made.splits["train"].records
    assert records > 8 and found == [
        ("convert", 3, 3, "sequence"),
        ("write train", records, records, "record"),
    ]


def test_the_bytes_do_not_depend_on_which_recording_is_ready_first(
    archive, tmp_path, monkeypatch
):
    dataset = mocap.read(archive)
    convert(dataset, tmp_path / "first", validation_subjects=[])

    def backwards(function, tasks, workers):
        return reversed([function(task) for task in tasks])

    monkeypatch.setattr(parallel, "results", backwards)
    convert(dataset, tmp_path / "last", validation_subjects=[])
    assert digests(tmp_path / "first") == digests(tmp_path / "last")


def test_the_folder_holds_the_manifest_and_its_shards_only(converted):
    content = manifest.read(converted)
    files = {s.file for split in content.splits.values() for s in split.shards}
    assert {path.name for path in converted.iterdir()} == files | {"dataset.json"}
    assert content.dataset == "mocap" and content.fps == 50.0
    assert list(content.sources) == ["a.npz"]
    assert (content.record_frames, content.record_overlap) == (LENGTH, OVERLAP)
    people = {name: split.subjects for name, split in content.splits.items()}
    assert people == {"train": ("anna",), "validation": ("ben",), "test": ("cleo",)}
    frames = {name: split.frames for name, split in content.splits.items()}
    assert frames == {"train": 4 * 50, "validation": 4 * 21, "test": 4 * 37}
    assert all(split.sequences == 4 for split in content.splits.values())


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_records_hold_the_source_seen_from_their_camera(converted, split):
    source = pose_archives.arrays()
    views = {}
    for record in read(converted, split):
        views.setdefault(ids(record), []).append(record)
    assert len(views) == 4
    for (_, _, take, _), found in views.items():
        world = source[f"pos/{take}"].astype(float)
        positions = np.full(world.shape, np.nan)
        for record in found:
            first, count = int(record["first_frame"]), int(record["frames"])
            assert record["view_frames"] == len(world)
            assert record["valid"].tolist() == [1] * count + [0] * (LENGTH - count)
            window = slice(first, first + count)
            overlapping = positions[window]
            known = np.isfinite(overlapping)
            np.testing.assert_array_equal(
                overlapping[known], record["positions"][:count][known]
            )
            positions[window] = record["positions"][:count]
            x, y, z = np.moveaxis(record["positions"].astype(float), -1, 0)
            pinhole = np.stack([1145 * x / z + 500, 1145 * y / z + 500], axis=-1)
            np.testing.assert_array_equal(record["keypoints"], pinhole.astype("f4"))
        assert np.isfinite(positions).all(), "a frame is in no record"
        # One rotation and one shift take the source to the camera.
        points = np.hstack([world.reshape(-1, 3), np.ones((world.size // 3, 1))])
        moved, *_ = np.linalg.lstsq(points, positions.reshape(-1, 3), rcond=None)
        np.testing.assert_allclose(moved[:3] @ moved[:3].T, np.eye(3), atol=1e-5)
        assert np.linalg.det(moved[:3]) > 0
        np.testing.assert_allclose(points @ moved, positions.reshape(-1, 3), atol=1e-5)


def test_records_stand_where_the_options_say(converted):
    starts = {}
    for split in manifest.SPLITS:
        for record in read(converted, split):
            starts.setdefault(record["take"].decode(), set()).add(
                int(record["first_frame"])
            )
    assert starts == {
        "clip_a": {0, 11, 22, 33, 44},
        "clip_b": {0, 11},
        "clip_c": {0, 11, 22},
    }


def test_no_record_stands_in_two_splits(converted):
    found = {split: read(converted, split) for split in manifest.SPLITS}
    keys = [key(record) for split in found.values() for record in split]
    poses = {
        record["positions"].tobytes() for split in found.values() for record in split
    }
    assert len(set(keys)) == len(keys) == len(poses) == 40
    people = [{record["subject"] for record in split} for split in found.values()]
    assert sum(len(names) for names in people) == len(set().union(*people))


def test_evaluation_splits_are_in_order_and_training_is_mixed(converted):
    for split in ("validation", "test"):
        keys = [key(record) for record in read(converted, split)]
        assert keys == sorted(keys)
    keys = [key(record) for record in read(converted, "train")]
    assert keys != sorted(keys)


def test_the_mean_pose_counts_each_frame_of_each_view_once(converted):
    content = manifest.read(converted)
    for split in manifest.SPLITS:
        poses = {}
        for record in read(converted, split):
            for frame in range(int(record["frames"])):
                pose = record["positions"][frame].astype(float)
                name = (*ids(record), int(record["first_frame"]) + frame)
                poses[name] = pose - pose[0]
        expected = sum(poses.values()) / len(poses)
        found = np.array(content.splits[split].mean_pose)
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_an_empty_folder_may_be_the_output(archive, tmp_path):
    (tmp_path / "out").mkdir()
    convert(mocap.read(archive, rig=Rig(1)), tmp_path / "out")
    assert manifest.read(tmp_path / "out").splits["train"].sequences == 2


def test_a_folder_in_use_is_refused_and_kept(archive, tmp_path):
    (tmp_path / "note").write_text("mine")
    with pytest.raises(UserError, match="exists and is not an empty folder"):
        convert(mocap.read(archive), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note"]
    with pytest.raises(UserError, match="note: --output exists"):
        convert(mocap.read(archive), tmp_path / "note")


def full_disk(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupt(*args, **kwargs):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("module", "failing"),
    [(recording_files, "write_records"), (shards, "merge"), (manifest, "dumps")],
)
def test_a_full_disk_leaves_nothing(archive, tmp_path, monkeypatch, module, failing):
    monkeypatch.setattr(module, failing, full_disk)
    with pytest.raises(UserError, match="out: .*No space left on device.*left nothing"):
        convert(mocap.read(archive), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_an_interruption_leaves_nothing(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(recording_files, "write_records", interrupt)
    with pytest.raises(KeyboardInterrupt):
        convert(mocap.read(archive), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_an_unwritable_place_is_a_clear_error(archive, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="out: Not a directory; the conversion stopped"):
        convert(mocap.read(archive), tmp_path / "file" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_bad_positions_leave_nothing(tmp_path):
    positions = pose_archives.arrays()["pos/clip_b"]
    positions[3, 2, 1] = np.nan
    source = tmp_path / "source"
    source.mkdir()
    path = pose_archives.write(source / "a.npz", {"pos/clip_b": positions})
    with pytest.raises(UserError, match="clip 'clip_b': 1 of 21 frames.*is frame 3"):
        convert(mocap.read(path), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_warnings_are_shown_and_refused_only_under_strict(tmp_path):
    changes = {
        name: values * 1000
        for name, values in pose_archives.arrays().items()
        if name.startswith("pos/")
    }
    dataset = mocap.read(pose_archives.write(tmp_path / "a.npz", changes), rig=Rig(1))
    lines = []
    pipeline.convert(dataset, tmp_path / "out", show=lines.append)
    assert any(line.startswith("warning: people measure") for line in lines)
    assert manifest.read(tmp_path / "out").splits["train"].frames == 71
    with pytest.raises(UserError, match="--strict.*millimetres"):
        convert(dataset, tmp_path / "strict", strict=True)
    assert not (tmp_path / "strict").exists()


def test_two_recordings_of_one_name_are_an_error(tmp_path):
    dataset = synthetic.read(3, 10, rig=Rig(1))
    twice = dataclasses.replace(
        dataset, recordings=dataset.recordings + dataset.recordings[:1]
    )
    with pytest.raises(UserError, match="both named 'walker_00/walk/take_0/virtual_0/"):
        convert(twice, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def keypoints_only(load):
    """Views without ground truth: valid nowhere, positions and intrinsics zero."""
    return [
        dataclasses.replace(
            view,
            valid=np.zeros(len(view.valid), bool),
            positions=np.zeros_like(view.positions),
            intrinsics=np.zeros(9),
        )
        for view in load()
    ]


def test_views_without_ground_truth_have_a_zero_mean_pose(tmp_path):
    dataset = synthetic.read(3, 10, rig=Rig(1))
    recordings = tuple(
        dataclasses.replace(r, load=functools.partial(keypoints_only, r.load))
        for r in dataset.recordings
    )
    content = convert(
        dataclasses.replace(dataset, recordings=recordings), tmp_path / "out"
    )
    assert content.splits["train"].frames == 30
    assert not np.any(content.splits["train"].mean_pose)


@pytest.mark.parametrize(
    ("name", "options"),
    [("record_overlap", {"record_overlap": 16}), ("workers", {"workers": 0})],
)
def test_wrong_arguments_are_named(tmp_path, name, options):
    with pytest.raises(ValueError, match=f"`{name}`"):
        convert(synthetic.read(3, 10), tmp_path / "out", **options)
    assert not list(tmp_path.iterdir())
