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
    scores = np.array([0.75, 0.6, 0.73, 0.01])
    points = person_finder.surest(boxes, scores, anchors)
    np.testing.assert_allclose(
        points[0], [0.5 + 0.1 * 0.75 / 1.35, 0.5 + 0.1 * 0.6 / 1.35]
    )


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


def test_the_networks_own_3d_turns_with_the_region():
    world = np.zeros((39, 3), np.float32)
    world[0], world[1] = (0.3, 0.0, 0.2), (0.0, -0.5, 0.1)  # Right; above.
    found = landmark_finder.LandmarkFinder.__new__(landmark_finder.LandmarkFinder)
    found._network = lambda image: {
        "points": np.zeros(195, np.float32),
        "presence": np.ones(1, np.float32),
        "heatmaps": np.full((64, 64, 39), -50.0, np.float32),
        "world": world.ravel(),
    }
    # Lying with the head to the right: what is above in the region is right.
    lying = Region(80, 45, 60, math.pi / 2)
    positions = found.find(IMAGE, lying).positions
    assert positions.shape == (33, 3)
    np.testing.assert_allclose(positions[0], [0.0, 0.3, 0.2], atol=1e-6)
    np.testing.assert_allclose(positions[1], [0.5, 0.0, 0.1], atol=1e-6)


@pytest.mark.parametrize(
    "size, expected",
    [
        ((100, 100), []),
        ((100, 110), [(50, 50), (60, 50)]),
        ((100, 178), [(50, 50), (89, 50), (128, 50)]),
        ((200, 100), [(50, 50), (50, 100), (50, 150)]),
    ],
)
def test_a_long_image_is_searched_in_squares_that_overlap(size, expected):
    whole, *parts = person_finder.squares(np.zeros((*size, 3), np.uint8))
    assert whole == Region.whole(np.zeros((*size, 3)))
    assert [(round(part.x), round(part.y)) for part in parts] == expected
    assert all(part.side == min(size) for part in parts)


class _Person:
    """Stands for the detection network: sees a person where it is told to."""

    def __init__(self, seen=True):
        self.calls, self.seen = [], seen

    def find(self, image, squares):
        self.calls.append(squares)
        return Region(1, 1, 1) if self.seen else None


class _Landmarks:
    """Stands for the landmark network: call k has the presence of this frame."""

    def __init__(self, *presences):
        self.regions, self.presences = [], list(presences)

    def find(self, image, region):
        self.regions.append(region)
        presence = self.presences.pop(0)
        if presence == 0:
            return None
        return Landmarks(np.ones((33, 3)), Region(len(self.regions), 0, 9), presence)


def detector(person, landmarks):
    found = BlazePose.__new__(BlazePose)
    found._person, found._landmarks, found._region = person, landmarks, None
    found._lost = found._track = 0
    return found


IMAGE = np.zeros((90, 160, 3), np.uint8)


def test_the_whole_image_is_searched_only_for_somebody_new():
    # Found and looked at again; followed; lost, and found nearby; followed.
    person, landmarks = _Person(), _Landmarks(1, 1, 1, 0, 1, 1, 1)
    found = detector(person, landmarks)
    seen = [found.detect(IMAGE) for _ in range(4)]
    assert [one.track for (one,) in seen] == [1, 1, 1, 1]
    first, second = person.calls
    assert len(first) == 4  # The image and three parts.
    assert second == [Region(3, 0, 18)]  # Around the region of the last frame.
    assert [region.x for region in landmarks.regions] == [1, 1, 2, 3, 1, 5, 6]


def test_a_doubtful_person_is_searched_nearby_and_kept_if_nobody_surer_is():
    person, landmarks = _Person(), _Landmarks(1, 1, 0.6, 1, 0.8, 0.7, 1, 0.95)
    found = detector(person, landmarks)
    for _ in range(3):
        assert len(found.detect(IMAGE)) == 1
    # The second frame's own region is kept, the third's is the one searched.
    assert [region.x for region in landmarks.regions] == [1, 1, 2, 1, 4, 3, 1, 7]


def test_a_passer_by_is_not_taken_for_who_is_lost():
    class There(_Landmarks):
        def find(self, image, region):
            found = super().find(image, region)
            seen = Region(region.x, region.y, 100.0)
            return found and Landmarks(found.rows, seen, found.presence)

    # Found; doubtful, and somebody surer passes; lost, the same; himself again.
    places = [Region(1, 1, 1), Region(70, 1, 1), Region(70, 1, 1), Region(2, 1, 1)]
    person, landmarks = _Person(), There(1, 1, 0.6, 1, 1, 0, 1, 1, 0, 1, 1)
    person.find = lambda image, squares: places.pop(0)
    found = detector(person, landmarks)
    found.detect(IMAGE)
    (doubtful,) = found.detect(IMAGE)
    assert doubtful.track == 1 and found._region.x == 1
    assert found.detect(IMAGE) == []
    (again,) = found.detect(IMAGE)
    assert again.track == 1 and found._region.x == 2


def test_a_new_person_must_be_surely_there():
    found = detector(_Person(), _Landmarks(1, 0.8, 0.99, 0.95))
    assert found.detect(IMAGE) == []
    assert len(found.detect(IMAGE)) == 1


def test_who_is_lost_for_long_is_somebody_new():
    person, landmarks = _Person(), _Landmarks(1, 1, *15 * [0, 0], 1, 1)
    found = detector(person, landmarks)
    seen = [found.detect(IMAGE) for _ in range(17)]
    assert [len(one) for one in seen] == [1, *15 * [0], 1]
    assert (seen[0][0].track, seen[-1][0].track) == (1, 2)
    assert [len(squares) for squares in person.calls] == [4, *15 * [1], 4]


def test_nobody_is_an_empty_list():
    person = _Person(seen=False)
    found = detector(person, _Landmarks())
    assert found.detect(IMAGE) == [] and found.detect(IMAGE) == []
    assert len(person.calls) == 2
