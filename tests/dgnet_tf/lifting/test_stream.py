"""Live feeds: the same poses as from whole videos, for any number of people."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, export, small_model

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.lifting.smoothing import OneEuro, Savgol
from dgnet_tf.lifting.stream import Stream
from dgnet_tf.models import runs

SIZE = (1000, 800)
SKELETON = skeletons.get("human36m_17")


def lifter_of(config):
    serve = whole_videos.serving_function(
        small_model(config), InferenceOptions.of(config)
    )
    return lifting.Lifter(TensorFlowEngine(serve, InferenceOptions.of(config)))


@pytest.fixture(scope="module")
def lifter():
    return lifter_of(Config())


def walk(frames, seed=0, joints=17):
    """Keypoints (frames, joints, 2) that wander."""
    rng = np.random.default_rng(seed)
    start = rng.uniform(300, 500, (1, joints, 2))
    return start + rng.normal(0, 4, (frames, joints, 2)).cumsum(axis=0)


def with_engine(lifter, **changes):
    """The lifter with another function in its engine."""
    engine = dataclasses.replace(lifter.engine, **changes)
    return dataclasses.replace(lifter, engine=engine)


def serve(lifter, keypoints):
    """Poses of a whole video by the serving function alone."""
    size = tf.constant([SIZE], tf.float32)
    positions = lifter.engine.serve(
        keypoints=tf.constant(keypoints[None], tf.float32), image_size=size
    )["positions"]
    return positions.numpy()[0]


def echo(fps=50.0, frames=4, frame_stride=1):
    """A lifter that gives the keypoints back, and counts its calls by shape."""
    shapes = []

    def call(keypoints, image_size):
        assert image_size.numpy().tolist() == [list(SIZE)] * len(keypoints)
        shapes.append(tuple(keypoints.shape[:2]))
        return {"positions": tf.pad(keypoints, [[0, 0], [0, 0], [0, 0], [0, 1]])}

    config = Config(fps=fps, frames=frames, frame_stride=frame_stride)
    return lifting.Lifter(TensorFlowEngine(call, InferenceOptions.of(config))), shapes


@pytest.mark.parametrize("frame_stride", [1, 3])
@pytest.mark.parametrize("overlap", ["mean", "center"])
def test_each_pose_is_the_last_one_of_the_video_so_far(overlap, frame_stride):
    lifter = lifter_of(Config(overlap=overlap, frame_stride=frame_stride))
    keypoints = walk(14)
    stream = lifter.stream(SIZE, layout="human36m_17")
    for frame in range(len(keypoints)):
        pose = stream.push(keypoints[frame])
        assert pose.shape == (17, 3)
        assert pose.dtype == np.float32
        expected = serve(lifter, keypoints[: frame + 1])[-1]
        np.testing.assert_allclose(pose, expected, atol=1e-5)


@pytest.mark.parametrize("frame_stride", [1, 2])
def test_with_windows_side_by_side_it_is_the_last_of_the_frames_a_window_holds(
    frame_stride,
):
    lifter = lifter_of(Config(overlap="once", frame_stride=frame_stride))
    keypoints = walk(12)
    stream = lifter.stream(SIZE, layout="human36m_17")
    reach = 3 * frame_stride + 1
    for frame in range(len(keypoints)):
        pose = stream.push(keypoints[frame])
        if frame >= reach - 1:
            expected = serve(lifter, keypoints[frame + 1 - reach : frame + 1])[-1]
            np.testing.assert_allclose(pose, expected, atol=1e-5)


def test_people_come_and_go_without_another_trace(lifter):
    people = {name: walk(30, seed) for seed, name in enumerate("abcdefg")}
    stay = {  # Name to first and last frame.
        "a": (0, 29), "b": (3, 12), "c": (3, 29), "d": (8, 9), "e": (9, 29),
        "f": (10, 29), "g": (20, 25),
    }  # fmt: skip
    stream = lifter.stream(SIZE, layout="human36m_17", forget_seconds=0.1)
    for frame in range(30):
        named = {
            name: people[name][frame]
            for name, (first, last) in stay.items()
            if first <= frame <= last
        }
        poses = stream.push(named)
        assert list(poses) == list(named)
        for name, pose in poses.items():
            seen = people[name][stay[name][0] : frame + 1]
            np.testing.assert_allclose(pose, serve(lifter, seen)[-1], atol=1e-5)
    # g was last named five frames before the end; b and d are forgotten.
    assert stream.people == ("a", "c", "e", "f", "g")
    # Seven different numbers of people, one graph.
    assert lifter.engine.serve.experimental_get_tracing_count() == 1


def test_all_people_of_a_frame_are_lifted_in_one_call():
    lifter, shapes = echo()
    stream = lifter.stream(SIZE, layout="coco_17")
    for people in (1, 5, 2):
        stream.push({name: walk(1, name)[0] for name in range(people)})
    assert shapes == [(1, 4), (5, 4), (2, 4)]
    assert stream.push({}) == {}
    assert len(shapes) == 3


def test_missing_joints_are_held_where_they_were_last_seen():
    lifter, _ = echo()
    keypoints, confidence = walk(6), np.ones((6, 17))
    confidence[2:4, 5] = 0
    keypoints[2, 5] = 0
    keypoints[3, 5] = np.nan
    stream = lifter.stream(SIZE, layout="human36m_17")
    poses = [stream.push(k, c) for k, c in zip(keypoints, confidence, strict=True)]
    for frame, source in enumerate([0, 1, 1, 1, 4, 5]):
        np.testing.assert_allclose(poses[frame][5, :2], keypoints[source, 5], rtol=1e-6)
    # The third column says the same, and so does NaN without confidence.
    again = lifter.stream(SIZE, layout="human36m_17")
    columns = np.concatenate([keypoints, confidence[..., None]], axis=-1)
    for frame, rows in enumerate(columns):
        np.testing.assert_array_equal(again.push(rows), poses[frame])
    third = lifter.stream(SIZE, layout="human36m_17")
    keypoints[2, 5] = np.nan
    for frame, rows in enumerate(keypoints):
        np.testing.assert_array_equal(third.push(rows), poses[frame])


def test_who_never_showed_a_joint_waits_for_it():
    lifter, _ = echo()
    stream = lifter.stream(SIZE, layout="coco_17")
    anna, ben = walk(3), walk(3, 1)
    anna[:2, 16] = np.nan  # Right ankle.
    ben[:, 3] = np.nan  # An ear: nothing is made from it.
    assert list(stream.push({"anna": anna[0], "ben": ben[0]})) == ["ben"]
    assert stream.waiting == ("anna",)
    assert stream.push({"anna": anna[1]}) == {}
    assert list(stream.push({"anna": anna[2], "ben": ben[2]})) == ["anna", "ben"]
    assert stream.waiting == ()
    assert stream.push(anna[0]) is None  # Another person, "1", without a dict.


def test_who_is_out_of_sight_stands_still_and_is_forgotten_after_a_while():
    lifter, _ = echo(frames=3)
    windows = []

    def keep(keypoints, image_size):
        windows.append(keypoints.numpy()[0, :, 0, 0])
        return {"positions": tf.zeros([*keypoints.shape[:3], 3])}

    lifter = with_engine(lifter, serve=keep)
    stream = lifter.stream(SIZE, layout="human36m_17", forget_seconds=0.04)  # 2 frames.
    x = np.zeros((17, 2))
    for frame in range(3):
        stream.push({"anna": x + 10 * frame})
    stream.push({})
    stream.push({})
    stream.push({"anna": x + 50})
    np.testing.assert_allclose(windows[-1], [20, 20, 50])
    for _ in range(3):
        stream.push({})
    assert stream.people == ()
    stream.push({"anna": x + 90})
    np.testing.assert_allclose(windows[-1], [90, 90, 90])


@pytest.mark.parametrize(("fps", "reach"), [(25, 3), (30, 3), (60, 5), (120, 9)])
def test_at_another_rate_the_model_sees_its_own(fps, reach):
    lifter, _ = echo()
    windows = []

    def keep(keypoints, image_size):
        windows.append(keypoints.numpy()[0, :, 0, 0])
        return {"positions": tf.zeros([*keypoints.shape[:3], 3])}

    stream = with_engine(lifter, serve=keep).stream(SIZE, layout="human36m_17", fps=fps)
    speed = 300.0  # Pixels a second.
    for frame in range(20):
        stream.push(np.full((17, 2), 10 + speed * frame / fps))
    newest = 10 + speed * 19 / fps
    expected = newest - speed / 50 * np.arange(4)[::-1]
    np.testing.assert_allclose(windows[-1], expected, rtol=1e-5)
    # Before there are frames enough the first one is repeated.
    np.testing.assert_array_equal(windows[0], np.full(4, 10))
    assert windows[reach][0] > 10


def test_near_rates_are_taken_as_they_are(lifter):
    keypoints = walk(8)
    exact = lifter.stream(SIZE, layout="human36m_17")
    near = lifter.stream(SIZE, layout="human36m_17", fps=49.95)
    for rows in keypoints:
        np.testing.assert_array_equal(near.push(rows), exact.push(rows))


def test_poses_are_smoothed_as_a_whole_video_is(lifter):
    keypoints = walk(10)
    plain = lifter.stream(SIZE, layout="human36m_17")
    smooth = Stream(lifter, SIZE, layout="human36m_17", smooth=OneEuro(2.0, 1.0))
    poses = np.stack([plain.push(rows) for rows in keypoints])
    found = np.stack([smooth.push(rows) for rows in keypoints])
    np.testing.assert_allclose(found, OneEuro(2.0, 1.0).smooth(poses, 50.0), atol=1e-6)
    assert np.abs(found - poses).max() > 1e-4


def test_a_bad_frame_is_refused_and_changes_nothing():
    lifter, _ = echo(frames=1)
    stream = lifter.stream(SIZE, layout="coco_17")
    good = walk(1)[0]
    before = stream.push({"a": good, "b": good + 1})
    for bad, message in (
        (np.zeros((16, 2)), "`keypoints` of b: has 16 joints in a frame"),
        (np.zeros((2, 17, 2)), "must be one frame, .joints, 2., has shape .2, 17, 2."),
        (np.full((17, 2), np.inf), "not finite pixels in joint 0"),
        (np.full((17, 2), "x"), "must hold numbers"),
        (np.zeros(17), "must end in .joints, 2."),
        ([[0.0, 1.0], [2.0]], "parts differ in shape"),
    ):
        with pytest.raises(UserError, match=message):
            stream.push({"a": good + 50, "b": bad, "c": good})
    with pytest.raises(ValueError, match="`confidence` must hold the people"):
        stream.push({"a": good}, {"b": np.ones(17)})
    with pytest.raises(ValueError, match="`confidence` must have shape .17,.*got .16,"):
        stream.push({"a": good}, {"a": np.ones(16)})
    assert stream.people == ("a", "b")
    unseen = {name: np.full((17, 2), np.nan) for name in "ab"}
    for name, pose in stream.push(unseen).items():
        np.testing.assert_array_equal(pose, before[name])


def test_wrong_arguments_are_refused(lifter):
    for options, error, message in (
        ({"layout": "coco"}, UserError, "layout must be one of"),
        ({"layout": "humaneva_15"}, UserError, "no conversion to the model's skeleton"),
        ({"fps": 0}, ValueError, "`fps` must be above 0, got 0"),
        ({"fps": float("nan")}, ValueError, "`fps` must be above 0"),
        ({"forget_seconds": -1}, ValueError, "`forget_seconds` must be 0 or more"),
        ({"smooth": Savgol()}, ValueError, "savgol looks ahead"),
        ({"smooth": "savgol"}, ValueError, "savgol looks ahead"),
        ({"image_size": (0, 5)}, ValueError, "`image_size` must be"),
    ):
        options = {"image_size": SIZE, "layout": "coco_17", **options}
        with pytest.raises(error, match=message):
            Stream(lifter, **options)


def test_a_models_own_stream_is_used_and_gives_the_same(tmp_path, monkeypatch):
    config = Config(frame_stride=2)
    model = small_model(config)
    export(tmp_path, config, model)
    exported = lifting.Lifter.load(tmp_path)
    monkeypatch.setattr(runs, "load", lambda path: runs.Run(config, model))
    (tmp_path / runs.CONFIG).write_text("{}")
    of_run = lifting.Lifter.load(tmp_path)
    assert exported.run is None and of_run.run.model is model
    keypoints, others = walk(9), walk(9, 1)
    for lifter in (exported, of_run):
        assert lifter.engine.newest is not None
        # It would fail if the whole videos' function were called.
        stream = with_engine(lifter, serve=None).stream(SIZE, layout="human36m_17")
        for frame in range(len(keypoints)):
            people = {"a": keypoints[frame]}
            if frame > 2:
                people["b"] = others[frame]
            poses = stream.push(people)
            expected = serve(lifter, keypoints[: frame + 1])[-1]
            np.testing.assert_allclose(poses["a"], expected, atol=1e-5)
        expected = serve(lifter, others[3:])[-1]
        np.testing.assert_allclose(poses["b"], expected, atol=1e-5)
