"""Times of frames: rates that are steady, and those that are not."""

import numpy as np
import pytest

from dgnet_tf.keypoints.frame_times import FrameTimes


def test_a_stated_rate_holds_where_the_frames_keep_to_it():
    rounded = np.round(np.arange(90) / 29.97, 3)
    times = FrameTimes(0, rounded, 30000 / 1001)
    assert times.is_steady and times.fps == pytest.approx(29.97, abs=1e-3)
    assert FrameTimes(0, rounded).fps == pytest.approx(29.97, abs=0.01)
    assert FrameTimes(0, rounded, 25.0).fps == pytest.approx(29.97, abs=0.01)


def test_a_dropped_frame_is_not_steady():
    seconds = np.delete(np.arange(50) / 25, 20)
    assert not FrameTimes(0, seconds, 25.0).is_steady


def test_times_are_those_of_the_frames_asked_for():
    times = FrameTimes(8, np.arange(8, 20) / 10)
    np.testing.assert_allclose(times.of(10, 3), [1.0, 1.1, 1.2])
    for first, length in ((7, 2), (18, 3)):
        with pytest.raises(ValueError, match="Times are of frames 8 to 19"):
            times.of(first, length)


@pytest.mark.parametrize("seconds", [[], [0, 0], [1, 0], [np.nan], [[0.0]]])
def test_times_must_rise(seconds):
    with pytest.raises(ValueError, match="`seconds` must"):
        FrameTimes(0, np.array(seconds))
