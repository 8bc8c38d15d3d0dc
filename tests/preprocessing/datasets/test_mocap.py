import numpy as np
import pytest
from support.datasets import pose_archives

from dgnet_tf.errors import UserError
from preprocessing.cameras.camera_rig import Rig
from preprocessing.datasets import mocap


def load_all(path):
    return [recording.load() for recording in mocap.read(path, rig=Rig(1)).recordings]


def test_an_archive_gives_one_recording_per_clip(tmp_path):
    path = pose_archives.write(tmp_path / "a.npz")
    dataset = mocap.read(path, rig=Rig(2, seed=3))
    names = [(r.take, r.subject, r.action) for r in dataset.recordings]
    assert names == [clip[:3] for clip in pose_archives.CLIPS]
    assert dataset.fps == 50.0
    assert dataset.options == Rig(2, seed=3).options()
    assert list(dataset.sources) == ["a.npz"]
    assert dataset.test_subjects == dataset.validation_subjects == ()
    views = dataset.recordings[1].load()
    assert [view.camera for view in views] == ["virtual_0", "virtual_1"]
    assert views[0].positions.shape == (21, 17, 3)


def test_views_keep_the_clips_bone_lengths(tmp_path):
    path = pose_archives.write(tmp_path / "a.npz")
    world = pose_archives.arrays()["pos/clip_a"].astype(float)
    (view,) = mocap.read(path, rig=Rig(1)).recordings[0].load()
    for joint, parent in ((3, 2), (10, 9), (16, 15)):
        lengths = np.linalg.norm(
            view.positions[:, joint] - view.positions[:, parent], axis=1
        )
        expected = np.linalg.norm(world[:, joint] - world[:, parent], axis=1)
        np.testing.assert_allclose(lengths, expected, atol=2e-6)


def test_a_missing_archive_is_a_clear_error(tmp_path):
    with pytest.raises(UserError, match="none.npz: .*not found"):
        mocap.read(tmp_path / "none.npz")


def test_a_file_that_is_no_archive_is_a_clear_error(tmp_path):
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(UserError, match="text.npz: is not a readable .npz"):
        mocap.read(tmp_path / "text.npz")
    np.save(tmp_path / "single.npy", np.zeros(3))
    with pytest.raises(UserError, match="single.npy: is not a readable .npz"):
        mocap.read(tmp_path / "single.npy")


def test_a_truncated_archive_is_a_clear_error(tmp_path):
    path = pose_archives.write(tmp_path / "a.npz")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UserError, match="a.npz: is not a readable .npz"):
        mocap.read(path)


def test_a_damaged_clip_is_a_clear_error(tmp_path):
    path = pose_archives.write(tmp_path / "a.npz")
    content = bytearray(path.read_bytes())
    content[content.index(b"pos/clip_b.npy") + 2000] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="a.npz: .*(damaged|not a readable)"):
        load_all(path)


@pytest.mark.parametrize("key", ["clips", "subjects", "actions", "fps"])
def test_a_missing_key_is_named(tmp_path, key):
    path = pose_archives.write(tmp_path / "a.npz", {key: None})
    with pytest.raises(UserError, match=f"has no entry '{key}'"):
        mocap.read(path)


def test_a_listed_clip_without_positions_is_named(tmp_path):
    path = pose_archives.write(tmp_path / "a.npz", {"pos/clip_b": None})
    with pytest.raises(UserError, match="no array 'pos/clip_b'.*1 of 3"):
        mocap.read(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subjects": np.array(["anna"])}, "'subjects': 1"),
        (
            {"clips": np.array(["clip_a", "clip_a", "clip_b"])},
            "'clip_a' more than once",
        ),
        ({"subjects": np.array([1, 2, 3])}, "'subjects' must be a list of strings"),
        (
            {"subjects": np.array(["a", "\ud800", "c"])},
            "'subjects' holds .* not a name",
        ),
        ({"clips": np.array(["a", "", "c"])}, "'clips' holds '', which is not a name"),
        ({"fps": np.float64(0.0)}, "'fps' must be one number"),
        ({"fps": np.array([50.0, 50.0])}, "'fps' must be one number"),
        ({"fps": np.array("fast")}, "'fps' must be one number"),
        ({"fps": np.float64("nan")}, "'fps' must be one number"),
        (
            {"actions": np.array(["a", "b", None])},
            "'actions' must be a list of strings",
        ),
        (
            {key: np.array([], "U1") for key in ("clips", "subjects", "actions")},
            "'clips' is empty",
        ),
    ],
)
def test_lists_that_do_not_fit_are_clear_errors(tmp_path, changes, message):
    path = pose_archives.write(tmp_path / "a.npz", changes)
    with pytest.raises(UserError, match=message):
        mocap.read(path)


def with_nan():
    positions = pose_archives.arrays()["pos/clip_b"]
    positions[[7, 9], 4, 1] = np.nan
    return positions


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        (with_nan(), "clip 'clip_b': 2 of 21 frames hold NaN.*first is frame 7"),
        (np.zeros((5, 16, 3), "f4"), r"has shape \(5, 16, 3\).*\(frames, 17, 3\)"),
        (np.zeros((5, 17, 2), "f4"), r"has shape \(5, 17, 2\)"),
        (np.zeros((0, 17, 3), "f4"), "clip 'clip_b': has no frames"),
        (np.full((5, 17, 3), 1e30), "1e\\+30 m away. Are these metres"),
        (np.ones((5, 17, 3), "i4"), "is int32; positions must be"),
    ],
)
def test_bad_positions_are_clear_errors_that_name_the_clip(
    tmp_path, positions, message
):
    path = pose_archives.write(tmp_path / "a.npz", {"pos/clip_b": positions})
    with pytest.raises(UserError, match=message):
        load_all(path)
