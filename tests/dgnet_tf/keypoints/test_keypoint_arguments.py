"""Keypoints as Python callers give them, good and bad."""

import numpy as np
import pytest

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_arguments
from dgnet_tf.keypoints.tracks import Track

SIZE = (1000, 800)


def pixels(*shape, seed=0):
    return np.random.default_rng(seed).uniform(50, 750, (*shape, 2))


def tracks(keypoints, confidence=None, layout="coco_17", size=SIZE):
    return keypoint_arguments.tracks(keypoints, confidence, layout, size)


def test_one_persons_array_is_one_track():
    keypoints = pixels(3, 17)
    (track,) = tracks(keypoints)
    assert (track.person, track.first_frame) == ("1", 0)
    np.testing.assert_array_equal(track.keypoints, keypoints)
    np.testing.assert_array_equal(track.confidence, np.ones((3, 17)))


def test_nan_without_confidence_and_zero_with_it_mark_what_is_missing():
    keypoints = pixels(2, 17)
    keypoints[1, 4] = np.nan
    (track,) = tracks(keypoints)
    assert np.argwhere(track.confidence == 0).tolist() == [[1, 4]]
    confidence = np.full((2, 17), 0.7)
    confidence[1, 4] = 0
    for columns in (
        tracks(keypoints, confidence),
        tracks(np.concatenate([keypoints, confidence[..., None]], axis=-1)),
        tracks(keypoints.tolist(), confidence.tolist()),
    ):
        np.testing.assert_array_equal(columns[0].confidence, confidence)
        assert np.isnan(columns[0].keypoints[1, 4]).all()


def test_several_people_are_numbered_or_named():
    keypoints = pixels(2, 3, 17)
    first, second = tracks(keypoints, np.ones((2, 3, 17)))
    assert (first.person, second.person) == ("1", "2")
    np.testing.assert_array_equal(second.keypoints, keypoints[1])
    ready = Track("x", 5, pixels(4, 17), np.ones((4, 17)))
    anna, seven = tracks({"anna": pixels(6, 17), 7: ready})
    assert (anna.person, len(anna.keypoints)) == ("anna", 6)
    assert seven is ready


@pytest.mark.parametrize(
    ("keypoints", "message"),
    [
        (np.zeros((0, 17, 2)), "`keypoints`: has no frame"),
        (np.zeros((0, 3, 17, 2)), "`keypoints`: has no person"),
        ({}, "`keypoints`: is an empty dict"),
        (np.zeros((3, 16, 2)), "has 16 joints in a frame, layout 'coco_17' has 17"),
        (np.zeros((17, 2)), "must have shape .frames, joints, 2., has .17, 2."),
        (np.zeros((3, 17, 4)), "must end in .joints, 2. or .joints, 3.*17, 4"),
        (np.zeros(5), "must end in .joints, 2."),
        (7.0, "must end in .joints, 2."),
        (None, "must end in .joints, 2."),
        ([np.zeros((17, 2)), np.zeros((16, 2))], "parts differ in shape"),
        (np.full((3, 17, 2), "x"), "'keypoints' must hold numbers"),
        (np.full((3, 17, 2), np.nan), "every joint of person 1 is missing"),
        (np.full((3, 17, 2), np.inf), "not finite pixels in frame 0, joint 0"),
        (np.full((3, 17, 2), 1e300), "not finite pixels in frame 0, joint 0"),
        ({"a": np.full((3, 17, 3), np.nan)}, "`keypoints` of a: 'confidence' is not f"),
        (pixels(3, 17) / 1000, "look normalised"),
        (pixels(3, 17) + 3000, "only 0% of the keypoints lie in the 1000x800"),
    ],
)
def test_bad_keypoints_are_refused_with_what_was_found(keypoints, message):
    with pytest.raises(UserError, match=message):
        tracks(keypoints)


def test_confidence_zero_everywhere_is_refused():
    with pytest.raises(UserError, match="every joint of person 1 is missing in every"):
        tracks(pixels(3, 17), np.zeros((3, 17)))
    with pytest.raises(UserError, match="every joint of person 2 is missing in every"):
        tracks(pixels(2, 3, 17), np.stack([np.ones((3, 17)), np.zeros((3, 17))]))


@pytest.mark.parametrize(
    ("keypoints", "confidence", "error", "message"),
    [
        (pixels(3, 17), np.ones((3, 16)), UserError, "'confidence' must have shape"),
        (pixels(3, 17), np.ones((2, 17)), UserError, "'confidence' must have shape"),
        (pixels(3, 17), -np.ones((3, 17)), UserError, "'confidence' is negative"),
        (np.ones((3, 17, 3)), np.ones((3, 17)), ValueError, "must be None where"),
        ({"a": pixels(3, 17)}, np.ones((3, 17)), ValueError, "must be a dict"),
        (
            {"a": pixels(3, 17)},
            {"b": 1},
            ValueError,
            r"\['a', 'b'\] are in only one of",
        ),
        (pixels(2, 3, 17), np.ones((3, 3, 17)), ValueError, "of the 2 people"),
    ],
)
def test_confidence_that_does_not_fit_is_refused(keypoints, confidence, error, message):
    with pytest.raises(error, match=message):
        tracks(keypoints, confidence)


@pytest.mark.parametrize(
    "size",
    [(0, 5), (5, 0), (-1, 5), (np.nan, 5), (np.inf, 5), 5, (1, 2, 3), "ab", None, ()],
)
def test_image_sizes_that_are_none_are_refused(size):
    with pytest.raises(ValueError, match="`image_size` must be"):
        tracks(pixels(3, 17), size=size)


def test_unknown_layouts_are_refused():
    with pytest.raises(UserError, match="layout must be one of .*got 'coco'"):
        tracks(pixels(3, 17), layout="coco")
