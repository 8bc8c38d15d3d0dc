"""BlazePose's geometry, by numbers that can be checked by hand."""

import math

import numpy as np
import pytest

from dgnet_tf.detection import landmark_finder, person_finder
from dgnet_tf.detection.blazepose import BlazePose
from dgnet_tf.detection.landmark_finder import Landmarks
from dgnet_tf.detection.regions import Region


def test_a_region_is_turned_so_that_its_rim_is_above():
    upright = Region.around((100, 200), (100, 150), 1.25)
    assert upright == Region(100, 200, 125, 0)
    lying = Region.around((100, 200), (150, 200), 1.0)  # The head to the right.
    assert lying.angle == pytest.approx(math.pi / 2)
    np.testing.assert_allclose(lying.to_image([0.5, 0.0]), [150, 200])
    np.testing.assert_allclose(lying.to_image([1.0, 0.5]), [100, 250])


def test_a_crop_shows_what_lies_at_its_places():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (40, 60, 3), np.uint8)
    whole = Region(30, 20, 40).crop(image, 40, "edge")
    np.testing.assert_allclose(whole, image[:, 10:50], atol=1e-3)
    turned = Region(30, 20, 40, math.pi / 2).crop(image, 40, "edge")
    np.testing.assert_allclose(turned, np.rot90(image[:, 10:50]), atol=1e-3)
    between = Region(30.5, 20, 40).crop(image, 40, "edge")[:, :-1]
    mean = (image[:, 10:49].astype(float) + image[:, 11:50]) / 2
    np.testing.assert_allclose(between, mean, atol=1e-3)


def test_beyond_the_image_is_black_or_its_edge():
    image = np.full((40, 60, 3), 200, np.uint8)
    whole = Region.whole(image)
    assert whole == Region(30, 20, 60)
    black, edge = whole.crop(image, 60, "black"), whole.crop(image, 60, "edge")
    assert not black[:9].any() and (black[11:49] == 200).all()
    np.testing.assert_allclose(edge, 200, rtol=1e-6)


def test_there_are_as_many_anchors_as_the_network_has_boxes():
    anchors = person_finder.anchors()
    assert anchors.shape == (2254, 2)
    np.testing.assert_allclose(anchors[:2], [[4 / 224, 4 / 224]] * 2)
    np.testing.assert_allclose(anchors[2], [12 / 224, 4 / 224])
    np.testing.assert_allclose(anchors[28 * 28 * 2], [8 / 224, 8 / 224])
    np.testing.assert_allclose(anchors[-6:], [[208 / 224, 208 / 224]] * 6)


def test_overlapping_boxes_give_one_person_and_others_do_not_move_it():
    anchors = np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.1], [0.5, 0.5]])
    boxes = np.zeros((4, 12))
    boxes[:, 2:4] = 44.8  # A fifth of the side.
    boxes[0, 4:6], boxes[1, 4:6] = (22.4, 0), (0, 22.4)
    boxes[2, 4:6] = 100
    boxes[3, 4:6] = 100
    scores = np.array([math.log(3), math.log(1.5), 1.0, -5.0])  # 0.75, 0.6, 0.73, 0.007
    points = person_finder.surest(boxes, scores, anchors)
    np.testing.assert_allclose(
        points[0], [0.5 + 0.1 * 0.75 / 1.35, 0.5 + 0.1 * 0.6 / 1.35]
    )
    assert person_finder.surest(boxes, scores - 9, anchors) is None


def test_heat_moves_a_point_where_there_is_enough():
    heat = np.full((64, 64, 4), -50.0)
    heat[10, 21, 0] = 50.0
    heat[10, 20:22, 1] = 50.0
    heat[10, 21, 2] = -1.0  # Not enough.
    heat[10, 30, 3] = 50.0  # Out of reach.
    places = np.repeat([[20.4 / 64, 10.2 / 64]], 4, axis=0)
    moved = landmark_finder.refined(places, heat)
    np.testing.assert_allclose(moved[0] * 64, [21, 10])
    np.testing.assert_allclose(moved[1] * 64, [20.5, 10])
    np.testing.assert_allclose(moved[2:], places[2:])
    outside = np.array([[1.2, 0.5], [-0.1, 0.5], [0.5, 1.0], [0.5, -0.01]])
    np.testing.assert_array_equal(landmark_finder.refined(outside, heat), outside)


class _Person:
    """Stands for the detection network: sees a person where it is told to."""

    def __init__(self, seen=True):
        self.calls, self.seen = 0, seen

    def find(self, image):
        self.calls += 1
        return Region(1, 1, 1) if self.seen else None


class _Landmarks:
    """Stands for the landmark network: loses the person where it is told to."""

    def __init__(self, lost=()):
        self.regions, self.lost = [], lost

    def find(self, image, region):
        self.regions.append(region)
        if len(self.regions) in self.lost:
            return None
        return Landmarks(np.ones((33, 3)), Region(len(self.regions), 0, 9))


def detector(person, landmarks):
    found = BlazePose.__new__(BlazePose)
    found._person, found._landmarks, found._region = person, landmarks, None
    return found


def test_the_whole_image_is_searched_only_where_the_person_is_not_known():
    person, landmarks = _Person(), _Landmarks(lost=(3,))
    found = detector(person, landmarks)
    seen = [len(found.detect(None)) for _ in range(4)]
    assert seen == [1, 1, 1, 1]
    assert person.calls == 2  # In the first frame, and where the region was empty.
    assert [region.x for region in landmarks.regions] == [1, 1, 2, 1, 4]


def test_nobody_is_an_empty_list():
    person = _Person(seen=False)
    found = detector(person, _Landmarks())
    assert found.detect(None) == [] and found.detect(None) == []
    assert person.calls == 2
