"""Lifting keypoint files: layouts, gaps, frame rates, and the files written."""

import shutil

import detector_files
import numpy as np
import pytest
import tensorflow as tf
from lifting_stand_ins import Config, small_model

from dgnet_tf import inference, layouts, lifting, runs, saved_model, skeletons
from dgnet_tf.errors import UserError

SIZE = (1000, 800)
SKELETON = skeletons.get("human36m_17")


def echo(seen=None):
    """A lifter whose positions are the keypoints it gets, with z = 0."""

    def serve(keypoints, image_size):
        assert image_size.numpy().tolist() == [list(SIZE)]
        if seen is not None:
            seen.append(keypoints.shape[1])
        return {"positions": tf.pad(keypoints, [[0, 0], [0, 0], [0, 0], [0, 1]])}

    return lifting.Lifter(serve, SKELETON, 50.0, 4)


def moving(frames, joints=17):
    """Keypoints that move steadily; x and y differ from joint to joint."""
    frame, joint = np.arange(frames)[:, None], np.arange(joints)
    x = 100 + 2.0 * frame + 20 * joint
    return np.stack([x, 700 - 3.0 * frame - 10 * joint], axis=-1)


def save(folder, keypoints, confidence=None):
    path = folder / "keypoints.npz"
    if confidence is None:
        confidence = np.ones(keypoints.shape[:2])
    np.savez(path, keypoints=keypoints, confidence=confidence)
    return path


def test_own_layout_is_lifted_frame_by_frame(tmp_path):
    seen = []
    path = save(tmp_path, moving(9))
    lifted = lifting.lift_file(echo(seen), path, "human36m_17", SIZE)
    assert seen == [9]
    assert lifted.fps == 50.0
    np.testing.assert_array_equal(lifted.positions[..., :2], moving(9))
    np.testing.assert_array_equal(lifted.keypoints, moving(9))


def test_coco_is_converted(tmp_path):
    path = save(tmp_path, moving(3))
    lifted = lifting.lift_file(echo(), path, "coco_17", SIZE)
    coco = layouts.get("coco_17").joints
    for joint, name in enumerate(SKELETON.joints):
        if name in coco:
            expected = moving(3)[:, coco.index(name)]
        elif name == "thorax":
            expected = moving(3)[:, 5:7].mean(axis=1)
        else:
            continue
        np.testing.assert_allclose(lifted.positions[:, joint, :2], expected)


@pytest.mark.parametrize(("fps", "lifted_frames"), [(25, 39), (100, 11), (60, 17)])
def test_other_rates_are_lifted_at_the_models_and_given_back(
    tmp_path, fps, lifted_frames
):
    seen = []
    path = save(tmp_path, moving(20))
    lifted = lifting.lift_file(echo(seen), path, "human36m_17", SIZE, fps=fps)
    assert seen == [lifted_frames]
    assert lifted.fps == fps
    assert lifted.positions.shape == (20, 17, 3)
    assert lifted.positions.dtype == np.float32
    # Steady motion stays as it was, but for the last frame or two at the end.
    np.testing.assert_allclose(lifted.positions[:18, :, :2], moving(20)[:18], rtol=1e-5)
    np.testing.assert_array_equal(lifted.keypoints, moving(20))


def test_resampling_can_be_switched_off_and_near_rates_need_none(tmp_path):
    path = save(tmp_path, moving(20))
    for fps, options in ((25, {"resample": False}), (49.95, {}), (50, {})):
        seen = []
        lifted = lifting.lift_file(
            echo(seen), path, "human36m_17", SIZE, fps=fps, **options
        )
        assert seen == [20]
        assert lifted.fps == fps


def test_missing_joints_are_interpolated_and_never_zero(tmp_path):
    confidence = np.ones((10, 17))
    confidence[3:6, 4] = 0
    keypoints = moving(10)
    keypoints[3:6, 4] = 0
    keypoints[0, 8] = np.nan
    confidence[0, 8] = 0
    path = save(tmp_path, keypoints, confidence)
    positions = lifting.lift_file(echo(), path, "human36m_17", SIZE).positions
    np.testing.assert_allclose(positions[:, 4, :2], moving(10)[:, 4])
    np.testing.assert_allclose(positions[0, 8, :2], moving(10)[1, 8])


def test_a_joint_that_no_frame_shows_is_refused(tmp_path):
    confidence = np.ones((10, 17))
    confidence[:, 3] = 0
    path = save(tmp_path, moving(10), confidence)
    with pytest.raises(UserError, match="no frame shows.*'right_ankle'.*1 such joint"):
        lifting.lift_file(echo(), path, "human36m_17", SIZE)
    # In COCO order that is an ear, which no joint is made from.
    positions = lifting.lift_file(echo(), path, "coco_17", SIZE).positions
    assert np.isfinite(positions).all()


def test_wrong_units_and_sizes_are_refused(tmp_path):
    normalised = save(tmp_path, moving(5) / 1000)
    with pytest.raises(UserError, match="look normalised. Give pixels"):
        lifting.lift_file(echo(), normalised, "human36m_17", SIZE)
    large = save(tmp_path, 4 * moving(5))
    with pytest.raises(
        UserError, match="only .*% of the keypoints lie in the 1000x800"
    ):
        lifting.lift_file(echo(), large, "human36m_17", SIZE)
    unseen = save(tmp_path, moving(5), np.zeros((5, 17)))
    with pytest.raises(UserError, match="every joint is missing"):
        lifting.lift_file(echo(), unseen, "human36m_17", SIZE)


def test_the_poses_file_holds_positions_rate_joints_and_layout(tmp_path):
    path = save(tmp_path, moving(6))
    lifted = lifting.lift_file(echo(), path, "human36m_17", SIZE, fps=50)
    lifting.write([lifted], tmp_path / "new" / "poses.npz")
    with np.load(tmp_path / "new" / "poses.npz", allow_pickle=False) as poses:
        assert sorted(poses) == ["first_frame", "fps", "joints", "layout", "positions"]
        assert poses["first_frame"] == 0
        np.testing.assert_array_equal(poses["positions"], lifted.positions)
        assert poses["positions"].dtype == np.float32
        assert poses["fps"] == 50.0
        assert poses["joints"].tolist() == list(SKELETON.joints)
        assert poses["layout"] == "human36m_17"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["poses.npz"]


def two_people(folder):
    """Person 7 in frames 0 to 2, person 4 in frames 2 to 9."""
    return detector_files.coco(
        folder / "two.json",
        [
            *detector_files.walk("coco_17", frames=3, person=7),
            *detector_files.walk("coco_17", frames=8, person=4, x=400.0, first=2),
        ],
    )


def test_the_person_seen_longest_or_the_one_named_is_lifted(tmp_path):
    path = two_people(tmp_path)
    lifted = lifting.lift_file(echo(), path, "coco_17", SIZE)
    assert (lifted.person, lifted.first_frame, len(lifted.positions)) == ("4", 2, 8)
    wrist = detector_files.body("coco_17", 400.0)[9, :2]
    np.testing.assert_allclose(lifted.positions[0, 13, :2], wrist)
    lifted = lifting.lift_file(echo(), path, "coco_17", SIZE, person="7")
    assert (lifted.person, lifted.first_frame, len(lifted.positions)) == ("7", 0, 3)
    with pytest.raises(UserError, match="shows nobody named '5'; there are 7, 4"):
        lifting.lift_file(echo(), path, "coco_17", SIZE, person="5")


def test_the_poses_of_several_people_are_written_by_name(tmp_path):
    path = two_people(tmp_path)
    people = [
        lifting.lift_file(echo(), path, "coco_17", SIZE, person=person)
        for person in ("7", "4")
    ]
    lifting.write(people, tmp_path / "poses.npz")
    with np.load(tmp_path / "poses.npz", allow_pickle=False) as poses:
        assert sorted(poses) == [
            *("first_frame/4", "first_frame/7", "fps", "joints", "layout"),
            *("positions/4", "positions/7"),
        ]
        assert poses["first_frame/4"] == 2
        np.testing.assert_array_equal(poses["positions/7"], people[0].positions)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Versions 2 and 10 of different models, and the model of version 10."""
    folder = tmp_path_factory.mktemp("exported")
    models = {version: small_model(seed=version) for version in (2, 10)}
    for version, model in models.items():
        saved_model.save(model, Config(), folder, version=version)
    return folder, models


def test_the_highest_version_or_the_one_named_is_loaded(exported, tmp_path):
    folder, models = exported
    path = save(tmp_path, moving(7))
    for name, version in ((folder, 10), (folder / "10", 10), (folder / "2", 2)):
        lifter = lifting.load(name)
        assert lifter.skeleton is SKELETON
        assert lifter.fps == 50.0
        result = lifting.lift_file(lifter, path, "human36m_17", SIZE).positions
        serve = inference.serving_function(models[version], Config(), flip=True)
        expected = inference.lift_view(serve, moving(7), np.array(SIZE), 4)
        np.testing.assert_allclose(result, expected, atol=1e-5)


def test_a_run_lifts_like_its_export(tmp_path, monkeypatch):
    config, model = Config(), small_model()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / runs.CONFIG).write_text("{}")
    monkeypatch.setattr(runs, "load", lambda path: runs.Run(config, model))
    saved_model.save(model, config, tmp_path / "model")
    path = save(tmp_path, moving(7))
    ours, exports = (
        lifting.lift_file(lifting.load(p), path, "human36m_17", SIZE).positions
        for p in (tmp_path / "run", tmp_path / "model")
    )
    np.testing.assert_allclose(ours, exports, atol=1e-5)


def test_what_is_no_model_is_refused(exported, tmp_path):
    with pytest.raises(UserError, match="nowhere: holds no SavedModel. Name a folder"):
        lifting.load(tmp_path / "nowhere")
    damaged = tmp_path / "1"
    shutil.copytree(exported[0] / "2", damaged)
    (damaged / saved_model.CARD).unlink()
    with pytest.raises(UserError, match="model_card.json: not found; .* no whole"):
        lifting.load(tmp_path)
    (damaged / "saved_model.pb").write_bytes(b"\xff\xff")
    with pytest.raises(UserError, match="no whole export of this package"):
        lifting.load(damaged)
