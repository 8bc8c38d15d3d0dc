"""What is made of keypoints before they are lifted, in TensorFlow and in NumPy."""

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, random_video, small_model
from support.marks import slow_but

from dgnet_tf.config.fields import FIELDS
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.frame_smoothing import smooth
from dgnet_tf.inference.keypoint_preparation import prepare
from dgnet_tf.inference.options import InferenceOptions

SIZE = np.array([1000.0, 900.0], np.float32)


@pytest.mark.parametrize("reach", [0, 3])
@pytest.mark.parametrize("inputs", ["xy", "xyc"])
def test_confidence_is_passed_on_if_the_network_takes_it(inputs, reach):
    pixels = random_video(20)
    confidence = np.random.default_rng(1).random((20, 17, 1)).astype(np.float32)
    options = InferenceOptions(inputs=inputs, keypoint_smoothing=reach)
    smoothed = smooth(pixels, reach)
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


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
@pytest.mark.parametrize("flip", slow_but(True, [True, False]))
def test_lifting_is_that_of_smoothed_keypoints(overlap, flip):
    plain = Config(overlap=overlap, frame_stride=2)
    smoothing = Config(overlap=overlap, frame_stride=2, keypoint_smoothing=3)
    model = small_model(plain)
    keypoints = random_video(40)

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
    keypoints = tf.constant(np.stack([random_video(frames, s) for s in range(3)]))
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
