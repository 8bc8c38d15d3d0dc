"""How far a frame's estimates are from their mean, against the estimates themselves."""

import numpy as np
import pytest
import tensorflow as tf
from support.lifting import both_engines
from support.lifting.lifting_stand_ins import Config, small_model

from dgnet_tf import skeletons
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.inference import segments, whole_videos
from dgnet_tf.inference.engines import window_engine
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.window_table import window_table

SIZE = np.array([1000.0, 900.0])
MIRROR = list(skeletons.get("human36m_17").mirror)


def video(frames=41):
    return np.random.default_rng(0).uniform(0, 900, (frames, 17, 2))


def made(flip, **fields):
    config = Config(frame_stride=2, **fields)
    return small_model(config), InferenceOptions.of(config, flip=flip)


def all_estimates(model, options, keypoints):
    """Every estimate of every frame, (F, estimates, 17, 3), a window at a time."""
    slots, reads = window_table(len(keypoints), options)
    windows = keypoints[np.clip(slots, 0, len(keypoints) - 1)]

    def lifted(windows):
        x = (2 * windows - [0.0, SIZE[1]]) / SIZE[0] - [1.0, 0.0]
        pose = model(x.astype(np.float32), training=False)["pose"].numpy()
        return (pose - pose[:, :, :1]).reshape(-1, 17, 3)

    found = [lifted(windows)]
    if options.flip:
        mirrored = [SIZE[0], 0] + windows[:, :, MIRROR] * [-1, 1]
        found.append(lifted(mirrored)[:, MIRROR] * [-1, 1, 1])
    return np.concatenate([poses[reads] for poses in found], axis=1)


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
def test_it_is_that_of_the_estimates_in_every_engine(overlap, flip, monkeypatch):
    model, options = made(flip, overlap=overlap, frames=5)
    estimates = all_estimates(model, options, video())
    assert estimates.shape[1] == options.estimates
    mean = estimates.mean(axis=1)
    off = np.linalg.norm(estimates - mean[:, None], axis=-1)
    expected = np.sqrt((off**2).mean(axis=1))
    for engine in both_engines.of(model, options):
        for segment in (1024, 20):
            monkeypatch.setattr(segments, "SEGMENT_FRAMES", segment)
            positions, found = engine.lift_measured(video(), SIZE)
            np.testing.assert_allclose(positions, mean, atol=1e-5)
            np.testing.assert_array_equal(engine.lift(video(), SIZE), positions)
            if options.estimates == 1:  # Nobody to disagree: no 0 that says "sure".
                assert found is None
                continue
            assert expected[:, 1:].min() > 1e-3
            np.testing.assert_allclose(found, expected, atol=1e-5)


def test_estimates_that_agree_but_for_where_their_root_is_do_not_disagree():
    def model(windows, training):
        slot = tf.range(4, dtype=tf.float32)[None, :, None, None]
        pose = tf.range(17, dtype=tf.float32)[None, None, :, None] + slot
        return {"pose": tf.zeros_like(windows[..., :1]) + [0.0, 1.0, 1.0] * pose}

    options = InferenceOptions.of(Config(), flip=False)
    serve = whole_videos.serving_function(model, options, disagreement=True)
    _, found = TensorFlowEngine(serve, options).lift_measured(video(9), SIZE)
    np.testing.assert_allclose(found, 0, atol=1e-6)


def test_a_file_that_does_not_tell_of_the_mirrored_estimate_shows_none():
    model, options = made(True, overlap="mean")
    _, engine = both_engines.of(model, options)
    older = window_engine.WindowEngine(lambda *x: engine.run(*x)[..., :3], options)
    positions, found = older.lift_measured(video(), SIZE)
    assert found is None
    np.testing.assert_array_equal(positions, engine.lift(video(), SIZE))
