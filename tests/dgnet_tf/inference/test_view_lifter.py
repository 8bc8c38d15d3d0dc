"""Views lifted as a report's options say."""

import dataclasses

import numpy as np
import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import Config, tracing_model

from dgnet_tf import skeletons
from dgnet_tf.data import views
from dgnet_tf.data.augmentation import body_height
from dgnet_tf.inference import view_lifter
from dgnet_tf.inference.options import InferenceOptions

H36M = skeletons.get("human36m_17")


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    splits = {"test": record_sets.takes(8)}
    data = record_sets.write(tmp_path_factory.mktemp("data"), splits)
    (found,) = views.load_views(data, "test")
    return found


def test_overlap_and_stride_are_the_runs_own_or_those_asked_for(view):
    config = Config(overlap="once")
    own = view_lifter.ViewLifter(tracing_model, InferenceOptions.of(config, flip=False))
    # The tracing model gives each frame's slot: "once" cuts windows of four.
    found = own.positions(view)
    assert found.shape == (8, 17, 3)
    np.testing.assert_allclose(found[:, 3, 1], [0, 1, 2, 3] * 2, atol=1e-5)
    strided = view_lifter.ViewLifter(
        tracing_model, InferenceOptions.of(config, flip=False, frame_stride=2)
    )
    slots = strided.positions(view)[:, 3, 1]
    np.testing.assert_allclose(slots, [0, 0, 1, 1, 2, 2, 3, 3], atol=1e-5)
    mean = view_lifter.ViewLifter(
        tracing_model, InferenceOptions.of(config, flip=False, overlap="mean")
    )
    np.testing.assert_allclose(mean.positions(view)[:, 3, 1], 1.5, atol=1e-5)
    assert (config.overlap, mean.options.overlap) == ("once", "mean")


def test_noise_is_gaussian_and_seeded_by_the_view(view):
    long = dataclasses.replace(view, keypoints=np.zeros((2000, 17, 2)))
    drawn = view_lifter.noise(long, 5.0, seed=0)
    assert drawn.shape == (2000, 17, 2)
    assert drawn.std() == pytest.approx(5.0, abs=0.05)
    assert drawn.mean() == pytest.approx(0.0, abs=0.05)
    np.testing.assert_array_equal(drawn, view_lifter.noise(long, 5.0, seed=0))
    other_ids = dataclasses.replace(long, camera="c1")
    assert np.abs(drawn - view_lifter.noise(other_ids, 5.0, seed=0)).max() > 1.0
    assert np.abs(drawn - view_lifter.noise(long, 5.0, seed=1)).max() > 1.0


@pytest.mark.parametrize("correlation", [0.5, 0.95])
def test_correlated_noise_has_its_correlation_and_the_same_deviation(view, correlation):
    long = dataclasses.replace(view, keypoints=np.zeros((400, 500, 2)))
    white = view_lifter.noise(long, 5.0, seed=0)
    drawn = view_lifter.noise(long, 5.0, 0, correlation) / 5
    np.testing.assert_array_equal(5 * drawn[0], white[0])
    np.testing.assert_allclose(drawn.std(axis=(1, 2)), 1.0, atol=5 / 2000**0.5)
    for lag in (1, 5):
        found = (drawn[:-lag] * drawn[lag:]).mean(axis=(1, 2))
        np.testing.assert_allclose(found, correlation**lag, atol=5.5 / 1000**0.5)
    other = view_lifter.noise(long, 5.0, 1, correlation) / 5
    assert np.abs(drawn - other).max() > 1.0


def test_keypoints_are_what_the_model_sees(view):
    noisy = view_lifter.ViewLifter(
        tracing_model,
        InferenceOptions.of(Config(), flip=False),
        noise_px=5.0,
        noise_correlation=0.9,
        seed=3,
    )
    drawn = view_lifter.noise(view, 5.0, 3, 0.9)
    np.testing.assert_array_equal(noisy.keypoints(view), view.keypoints + drawn)
    plain = view_lifter.ViewLifter(
        tracing_model, InferenceOptions.of(Config(), flip=False)
    )
    np.testing.assert_array_equal(plain.keypoints(view), view.keypoints)


def test_confidence_is_the_record_s_and_under_noise_goes_with_the_error(view):
    options = dataclasses.replace(InferenceOptions.of(Config()), inputs="xyc")
    clean = view_lifter.ViewLifter(tracing_model, options)
    found = clean.network_keypoints(view)
    np.testing.assert_array_equal(found[..., :2], view.keypoints)
    np.testing.assert_array_equal(found[..., 2], view.confidence)
    # A person of many frames, 100 px high and 1.75 m; confidence 0.5 in the records.
    frames = 3000
    rng = np.random.default_rng(0)
    pose = rng.normal(size=(17, 3))
    keypoints = np.tile(100 * pose[:, :2], (frames, 1, 1))
    long = dataclasses.replace(
        view,
        keypoints=keypoints,
        positions=np.tile(pose, (frames, 1, 1)),
        confidence=np.full((frames, 17), 0.5),
        valid=np.arange(frames) > 5,
    )
    noisy = view_lifter.ViewLifter(tracing_model, options, noise_px=10.0, seed=1)
    seen = noisy.network_keypoints(long)
    np.testing.assert_array_equal(seen, noisy.network_keypoints(long))
    np.testing.assert_array_equal(seen[..., :2], noisy.keypoints(long))
    height = float(
        np.squeeze(
            body_height.pixels(
                *(np.float32(part[None, :1]) for part in (keypoints, long.positions)),
                H36M,
            )
        )
    )
    error = np.linalg.norm(seen[..., :2] - keypoints, axis=-1) / height
    assert 0 < seen[..., 2].min() and seen[..., 2].max() <= 0.5
    near, far = error < np.quantile(error, 0.05), error > np.quantile(error, 0.95)
    assert seen[near, 2].mean() - seen[far, 2].mean() > 0.02
    plain = view_lifter.ViewLifter(tracing_model, InferenceOptions.of(Config()))
    assert plain.network_keypoints(view).shape == (8, 17, 2)
