"""Views lifted as a report's options say."""

import dataclasses

import numpy as np
import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import Config, tracing_model

from dgnet_tf.data import views
from dgnet_tf.inference import view_lifter
from dgnet_tf.inference.options import InferenceOptions


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
