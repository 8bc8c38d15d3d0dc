"""Missing joints and other frame rates, by hand."""

import numpy as np
import pytest

from dgnet_tf.keypoints import interpolation


def test_gaps_are_bridged_and_ends_held():
    keypoints = np.full((6, 3, 2), np.nan)
    keypoints[:, 0] = np.arange(12).reshape(6, 2)  # Never missing.
    keypoints[1, 1] = [10, 100]
    keypoints[4, 1] = [40, 70]
    before = keypoints.copy()
    filled = interpolation.fill_gaps(keypoints)
    np.testing.assert_array_equal(filled[:, 0], keypoints[:, 0])
    np.testing.assert_allclose(filled[:, 1, 0], [10, 10, 20, 30, 40, 40])
    np.testing.assert_allclose(filled[:, 1, 1], [100, 100, 90, 80, 70, 70])
    assert np.isnan(filled[:, 2]).all()  # Never seen, never invented.
    np.testing.assert_array_equal(keypoints, before)


def test_half_seen_joints_are_missing():
    keypoints = np.array([[[0.0, 0.0]], [[np.nan, 50.0]], [[2.0, 4.0]]])
    np.testing.assert_allclose(interpolation.fill_gaps(keypoints)[1, 0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("length", "fps", "other", "expected"),
    [
        (4, 25, 50, [0, 0.5, 1, 1.5, 2, 2.5, 3]),
        (5, 50, 25, [0, 2, 4]),
        (4, 50, 25, [0, 2, 4]),  # Reaches past frame 3.
        (3, 60, 50, [0, 1.2, 2.4]),
        (3, 50, 50, [0, 1, 2]),
        (1, 30, 50, [0]),
    ],
)
def test_frames_at_another_rate(length, fps, other, expected):
    np.testing.assert_allclose(interpolation.frame_times(length, fps, other), expected)


def test_samples_lie_on_the_line_between_frames_and_ends_are_held():
    values = np.array([[0.0, 10.0], [1.0, 20.0], [3.0, 40.0]])
    times = np.array([0, 0.25, 1, 1.5, 2, 2.4])
    expected = [[0, 10], [0.25, 12.5], [1, 20], [2, 30], [3, 40], [3, 40]]
    np.testing.assert_allclose(interpolation.sample(values, times), expected)


@pytest.mark.parametrize("fps", [24, 29.97, 60, 120])
@pytest.mark.parametrize("length", [1, 2, 7, 100])
def test_there_and_back_keeps_steady_motion_and_the_number_of_frames(fps, length):
    steady = np.arange(length, dtype=float)[:, None] * [1.0, -2.0]
    times = interpolation.frame_times(length, fps, 50)
    there = interpolation.sample(steady, times)
    back = interpolation.sample(there, np.arange(length) * 50 / fps)
    assert back.shape == steady.shape
    # All but what follows the last frame that the other rate shares.
    whole = int((len(times) - 2) * fps / 50) + 1 if len(times) > 1 else 1
    np.testing.assert_allclose(back[:whole], steady[:whole], atol=1e-9)
