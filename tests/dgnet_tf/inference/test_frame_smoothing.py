"""Keypoints and poses smoothed over frames, in TensorFlow and in NumPy."""

import numpy as np
import pytest
import scipy.signal
import tensorflow as tf
from support.lifting import both_engines
from support.lifting.lifting_stand_ins import Config, random_video, small_model

from dgnet_tf.config import config as configuration
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.inference import frame_smoothing, segments, whole_videos
from dgnet_tf.inference.options import InferenceOptions

SIZE = np.array([1000.0, 900.0], np.float32)


def smooth(values, reach):
    """By both forms, which must agree to float32's digits of a pixel."""
    theirs = frame_smoothing.smooth(values, reach)
    ours = frame_smoothing.smooth(tf.constant(values[None]), reach)[0].numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-3)
    return ours


@pytest.mark.parametrize("reach", [0, 1, 2, 5, 25])
@pytest.mark.parametrize("frames", [1, 2, 3, 4, 9, 10, 11, 60])
def test_it_is_the_filter_of_savitzky_and_golay(frames, reach):
    keypoints = random_video(frames)
    window = min(2 * reach + 1, frames - 1 + frames % 2)
    expected = keypoints
    if window > 2:  # Of three frames the parabola goes through all.
        expected = scipy.signal.savgol_filter(
            keypoints.astype(float), window, 2, axis=0, mode="interp"
        )
    np.testing.assert_allclose(smooth(keypoints, reach), expected, atol=1e-3)


def test_five_frames_by_hand():
    # The centre's weights are (-3, 12, 17, 12, -3) / 35; one frame stands out by 35.
    keypoints = np.zeros((9, 17, 2), np.float32)
    keypoints[4] = 35.0
    found = smooth(keypoints, 2)[:, 0, 0]
    np.testing.assert_allclose(found[2:7], [-3, 12, 17, 12, -3], atol=1e-4)
    # At the start, the first parabola's values: weight of its last frame.
    np.testing.assert_allclose(found[:2], [3, -5], atol=1e-4)


def test_a_parabola_stays_as_it_is():
    t = np.arange(30, dtype=np.float32)[:, None, None]
    keypoints = 500 + 8 * t - 0.5 * t**2 + np.zeros((30, 17, 2), np.float32)
    np.testing.assert_allclose(smooth(keypoints, 6), keypoints, atol=1e-3)


def test_noise_falls_as_the_weights_say():
    noise = np.random.default_rng(0).normal(0, 10, (4000, 17, 2)).astype(np.float32)
    found = smooth(noise, 5)[5:-5]
    # The centre's weight is the sum of all weights' squares: 89 / 429 of 11 frames.
    assert found.std() == pytest.approx(10 * (89 / 429) ** 0.5, rel=0.02)


@pytest.mark.parametrize("reach", [-1, 26, 2.0])
@pytest.mark.parametrize("name", ["keypoint_smoothing", "position_smoothing"])
def test_a_reach_out_of_range_is_refused(name, reach):
    with pytest.raises(ValueError, match=f"`{name}` must be"):
        InferenceOptions.of(configuration.make("smoke"), **{name: reach})


def test_people_do_not_mix():
    batch = np.stack([random_video(12, seed=seed) for seed in range(3)])
    together = frame_smoothing.smooth(tf.constant(batch), 4).numpy()
    for person, keypoints in enumerate(batch):
        np.testing.assert_allclose(together[person], smooth(keypoints, 4), atol=1e-3)


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
def test_poses_are_those_of_no_smoothing_smoothed(overlap, monkeypatch):
    config = Config(overlap=overlap, frame_stride=2)
    model = small_model(config)
    rough = InferenceOptions.of(config)
    options = InferenceOptions.of(rough, position_smoothing=3)
    keypoints = random_video(90)
    for plain, smoothing in zip(
        both_engines.of(model, rough), both_engines.of(model, options), strict=True
    ):
        positions, unsure = plain.lift_measured(keypoints, SIZE)
        expected = scipy.signal.savgol_filter(positions.astype(float), 7, 2, axis=0)
        assert np.abs(expected - positions)[:, 1:].max() > 0.05
        for segment in (1024, 20):
            monkeypatch.setattr(segments, "SEGMENT_FRAMES", segment)
            found, still_unsure = smoothing.lift_measured(keypoints, SIZE)
            np.testing.assert_allclose(found, expected, atol=1e-5)
            # How far estimates of one frame disagree is no matter of its neighbours.
            np.testing.assert_allclose(still_unsure, unsure, atol=1e-5)


def test_a_stream_which_cannot_look_ahead_does_without():
    config = Config(frame_stride=2)
    model = small_model(config)
    frames = InferenceOptions.of(config).reach
    keypoints = tf.constant(np.stack([random_video(frames, s) for s in range(3)]))
    size = tf.constant(np.stack([SIZE] * 3))
    newest = [
        whole_videos.lift_newest(
            model,
            InferenceOptions.of(config, position_smoothing=reach),
            keypoints,
            size,
        )
        for reach in (0, 3)
    ]
    np.testing.assert_array_equal(*newest)


def test_both_smoothings_reach_as_far_as_the_parabolas_of_a_videos_ends():
    options = InferenceOptions(keypoint_smoothing=2, position_smoothing=3)
    assert frame_smoothing.reach(options) == 10
    most = {f"{name}_smoothing": 25 for name in ("keypoint", "position")}
    assert frame_smoothing.reach(InferenceOptions(**most)) == frame_smoothing.MOST_REACH
