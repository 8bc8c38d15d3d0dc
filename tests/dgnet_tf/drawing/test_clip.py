"""Clips and their people: frames are counted, misfits are refused."""

import numpy as np
import pytest

from dgnet_tf import skeletons
from dgnet_tf.drawing.clip import Clip, Person, side_by_side

SKELETON = skeletons.get("human36m_17")


def person(frames=4, joints=17, name="1", first_frame=0, **others):
    return Person(
        name,
        first_frame,
        np.zeros((frames, joints, 2)),
        np.zeros((frames, joints, 3)),
        **others,
    )


def clip(*people, fps=50.0, image_size=(1000, 800)):
    return Clip("walk", fps, image_size, SKELETON, people)


def test_frames_are_those_that_show_anybody():
    shown = clip(person(4, first_frame=7), person(2, first_frame=20), person(3))
    assert (shown.first_frame, shown.last_frame) == (0, 21)
    assert shown.people[0].last_frame == 10
    assert clip(person(1, first_frame=5)).last_frame == 5


def test_people_may_come_as_any_sequence():
    shown = Clip("walk", 25, np.array([640, 480]), SKELETON, [person(), person()])
    assert isinstance(shown.people, tuple) and len(shown.people) == 2
    assert shown.image_size == (640.0, 480.0)


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"target": np.zeros((3, 17, 3))}, r"`target` must be \(4, 17, 3\)"),
        ({"affinity": np.zeros((4, 17, 16))}, r"`affinity` must be \(4, 17, 17\)"),
        ({"first_frame": -1}, "`first_frame` must not be negative, got -1"),
        ({"frames": 0}, r"`positions` must be \(F, N, 3\), F > 0, got \(0, 17, 3\)"),
    ],
)
def test_a_person_whose_arrays_do_not_fit_is_refused(others, message):
    with pytest.raises(ValueError, match=message):
        person(**others)


def test_keypoints_of_other_frames_are_refused():
    with pytest.raises(ValueError, match=r"`keypoints` must be \(4, 17, 2\)"):
        Person("1", 0, np.zeros((5, 17, 2)), np.zeros((4, 17, 3)))


def test_a_clip_that_cannot_be_shown_is_refused():
    with pytest.raises(ValueError, match="`people` must name at least one"):
        clip()
    with pytest.raises(ValueError, match="`fps` must be above 0, got nan"):
        clip(person(), fps=float("nan"))
    with pytest.raises(ValueError, match="`image_size` must be a width and a height"):
        clip(person(), image_size=(0, 800))
    with pytest.raises(ValueError, match="17 joints of human36m_17, 'ann' has 15"):
        clip(person(), person(joints=15, name="ann"))


def standing(name, x, first_frame=0):
    """A person whose joints reach 0.5 m to either side, seen at pixel x."""
    positions = np.zeros((4, 17, 3))
    positions[:, 1, 0], positions[:, 2, 0] = -0.5, 0.5
    return Person(name, first_frame, np.full((4, 17, 2), x), positions)


def test_people_at_the_origin_are_put_side_by_side_in_the_images_order():
    shown = clip(standing("a", 700.0), standing("b", 100.0), standing("c", 400.0))
    # 0.5 m to one side, 0.4 m of air and 0.5 m to the other: 1.4 m apart.
    np.testing.assert_allclose(
        side_by_side(shown), [[1.4, 0, 0], [-1.4, 0, 0], [0, 0, 0]], atol=1e-9
    )


def test_people_who_have_a_place_of_their_own_keep_it():
    moving = standing("b", 100.0)
    moving.positions[2] += [0.0, 0.0, 1.0]
    assert not side_by_side(clip(standing("a", 700.0), moving)).any()
    assert not side_by_side(clip(standing("a", 700.0))).any()
