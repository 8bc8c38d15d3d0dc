"""Keypoints smoothed before they are lifted, in TensorFlow and in NumPy."""

import numpy as np
import pytest
import scipy.signal
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, small_model
from support.marks import slow_but

from dgnet_tf.config import config as configuration
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.keypoint_preparation import prepare, smooth_keypoints
from dgnet_tf.inference.options import InferenceOptions

SIZE = np.array([1000.0, 900.0], np.float32)


def video(frames, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 900, (frames, 17, 2)).astype(np.float32)


def smooth(keypoints, reach):
    """By both forms, which must agree to float32's digits of a pixel."""
    theirs = smooth_keypoints(keypoints, reach)
    ours = smooth_keypoints(tf.constant(keypoints[None]), reach)[0].numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-3)
    return ours


@pytest.mark.parametrize("reach", [0, 3])
@pytest.mark.parametrize("inputs", ["xy", "xyc"])
def test_confidence_is_passed_on_if_the_network_takes_it(inputs, reach):
    pixels = video(20)
    confidence = np.random.default_rng(1).random((20, 17, 1)).astype(np.float32)
    options = InferenceOptions(inputs=inputs, keypoint_smoothing=reach)
    smoothed = smooth_keypoints(pixels, reach)
    for given in (confidence, None):
        x = pixels if given is None else np.concatenate([pixels, given], axis=-1)
        ours = prepare(x, options)
        theirs = prepare(tf.constant(x[None]), options)[0].numpy()
        np.testing.assert_allclose(theirs, ours, atol=1e-3)
        np.testing.assert_allclose(ours[..., :2], smoothed, atol=1e-3)
        assert ours.dtype == np.float32
        if inputs == "xy":
            assert ours.shape == (20, 17, 2)
        else:
            expected = np.ones_like(confidence) if given is None else given
            np.testing.assert_array_equal(ours[..., 2:], expected)


@pytest.mark.parametrize("reach", [0, 1, 2, 5, 25])
@pytest.mark.parametrize("frames", [1, 2, 3, 4, 9, 10, 11, 60])
def test_it_is_the_filter_of_savitzky_and_golay(frames, reach):
    keypoints = video(frames)
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
def test_a_reach_out_of_range_is_refused(reach):
    with pytest.raises(ValueError, match="`keypoint_smoothing` must be"):
        InferenceOptions.of(configuration.make("smoke"), keypoint_smoothing=reach)


def test_people_do_not_mix():
    batch = np.stack([video(12, seed=seed) for seed in range(3)])
    together = smooth_keypoints(tf.constant(batch), 4).numpy()
    for person, keypoints in enumerate(batch):
        np.testing.assert_allclose(together[person], smooth(keypoints, 4), atol=1e-3)


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
@pytest.mark.parametrize("flip", slow_but(True, [True, False]))
def test_lifting_is_that_of_smooth_keypoints(overlap, flip):
    plain = Config(overlap=overlap, frame_stride=2)
    smoothing = Config(overlap=overlap, frame_stride=2, keypoint_smoothing=3)
    model = small_model(plain)
    keypoints = video(40)

    def lift(config, seen):
        serve = whole_videos.serving_function(
            model, InferenceOptions.of(config, flip=flip)
        )
        return whole_videos.lift_view(serve, seen, SIZE, 8)

    found = lift(smoothing, keypoints)
    np.testing.assert_allclose(found, lift(plain, smooth(keypoints, 3)), atol=1e-5)
    assert np.abs(found - lift(plain, keypoints)).max() > 0.05


def test_a_stream_smooths_the_frames_that_it_has():
    config = Config(frame_stride=2, keypoint_smoothing=2)
    model = small_model(config)
    frames = InferenceOptions.of(config).reach
    assert frames == 7
    keypoints = tf.constant(np.stack([video(frames, seed=seed) for seed in range(3)]))
    size = tf.constant(np.stack([SIZE] * 3))
    newest = whole_videos.lift_newest(
        model, InferenceOptions.of(config), keypoints, size
    )
    whole = whole_videos.lift_keypoints(
        model, InferenceOptions.of(config), keypoints, size
    )
    np.testing.assert_allclose(newest, whole[:, -1], atol=1e-5)
    rough = whole_videos.lift_newest(
        model, InferenceOptions.of(Config(frame_stride=2), flip=True), keypoints, size
    )
    assert np.abs(newest - rough).max() > 0.05
