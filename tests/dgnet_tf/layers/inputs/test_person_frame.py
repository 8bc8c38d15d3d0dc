"""Keypoints relative to the person."""

import math

import numpy as np
import pytest
from support.layer_checks import check_config, check_saving, features

from dgnet_tf.layers import PersonFrame

# One frame of two joints at (1, 1) and (3, 1): the mean is (2, 1), both are 1 off.
PAIR = np.array([[[[1.0, 1.0], [3.0, 1.0]]]], np.float32)


def test_by_hand():
    np.testing.assert_allclose(PersonFrame()(PAIR), [[[[-1, 0], [1, 0]]]])
    # Twice as far and elsewhere: the same person, whose place is told apart.
    other = 2.0 * PAIR + [5.0, -7.0]
    np.testing.assert_allclose(PersonFrame()(other), [[[[-1, 0], [1, 0]]]], atol=1e-6)
    found = PersonFrame("person_and_place")(other.astype(np.float32))
    place = [9.0, -5.0, math.log(2.0)]
    expected = [[[[-1, 0, *place], [1, 0, *place]]]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_movement_within_a_window_stays():
    # A point at 0, then at 2: c = 1, r = 1 over both frames.
    x = np.array([[[[0.0, 0.0]], [[2.0, 0.0]]]], np.float32)
    np.testing.assert_allclose(PersonFrame()(x)[0, :, 0, 0], [-1.0, 1.0])


def test_further_channels_are_left_alone():
    x = features(2, 3, 17, 3)
    found = PersonFrame("person_and_place")(x).numpy()
    assert found.shape == (2, 3, 17, 6)
    np.testing.assert_array_equal(found[..., 2], x[..., 2])
    np.testing.assert_array_equal(found[..., :2], PersonFrame()(x[..., :2]))


def test_a_mirrored_window_stays_the_mirrored_one():
    x = features(2, 3, 17, 2)
    mirrored = x * np.float32([-1, 1])
    expected = PersonFrame()(x) * [-1, 1]
    np.testing.assert_allclose(PersonFrame()(mirrored), expected, atol=1e-6)


def test_people_without_size_are_zero():
    np.testing.assert_array_equal(
        PersonFrame()(np.full((2, 3, 17, 2), 0.25, np.float32)), np.zeros((2, 3, 17, 2))
    )


@pytest.mark.parametrize("frame", ["person", "person_and_place"])
def test_it_survives_saving(frame, tmp_path):
    check_config(PersonFrame, {"frame": frame})
    check_saving(PersonFrame(frame), (features(2, 3, 17, 2),), tmp_path)


def test_an_unknown_frame_is_refused():
    with pytest.raises(ValueError, match="`frame` must be one of .*'screen'"):
        PersonFrame("screen")
