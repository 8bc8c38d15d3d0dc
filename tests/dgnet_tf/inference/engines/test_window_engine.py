"""What runs single windows lifts as TensorFlow's functions of whole videos do."""

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, small_model

from dgnet_tf.config.fields import FIELDS
from dgnet_tf.exporting import window_graph
from dgnet_tf.inference import segments, whole_videos
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.engines.window_engine import WindowEngine
from dgnet_tf.inference.options import InferenceOptions

SIZE = np.array([1000.0, 900.0])


def engines(options, model):
    """Both kinds of engine of one model."""
    function = window_graph.window_function(model, options)

    def run(windows, image_size):
        assert windows.dtype == image_size.dtype == np.float32
        sizes = tf.tile(tf.constant(image_size)[None], [len(windows), 1])
        return function(tf.constant(windows), sizes)["positions"].numpy()

    serve = whole_videos.serving_function(model, options)
    newest = whole_videos.newest_function(model, options)
    return WindowEngine(run, options), TensorFlowEngine(serve, options, newest)


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
def test_it_gives_what_tensorflow_gives(overlap, monkeypatch):
    config = Config(frame_stride=3, overlap=overlap, keypoint_smoothing=2)
    options = InferenceOptions.of(config)
    ours, theirs = engines(options, small_model(config))
    video = np.random.default_rng(0).uniform(0, 900, (150, 17, 2))
    expected = theirs.lift(video, SIZE)
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(ours.lift(video, SIZE), expected, atol=1e-5)
    # In segments too: 60 frames, and the margins that they bring.
    monkeypatch.setattr(segments, "SEGMENT_FRAMES", 60)
    np.testing.assert_allclose(ours.lift(video, SIZE), expected, atol=1e-5)
    people = video[: 3 * options.reach].reshape(3, options.reach, 17, 2)
    newest = theirs.lift_newest(people, SIZE)
    assert newest.shape == (3, 17, 3)
    np.testing.assert_allclose(ours.lift_newest(people, SIZE), newest, atol=1e-5)
    # The function of whole videos must do where there is none of the newest.
    whole = TensorFlowEngine(theirs.serve, options).lift_newest(people, SIZE)
    np.testing.assert_allclose(whole, newest, atol=1e-5)
