"""Axes, floor and units, by hand."""

import numpy as np
import pytest
from support import motions

from dgnet_tf import axes as placement


@pytest.mark.parametrize("axes", placement.AXES)
def test_axes_are_right_handed_and_keep_lengths(axes):
    turned = placement.turn(np.eye(3), axes)
    np.testing.assert_allclose(turned @ turned.T, np.eye(3))
    assert np.linalg.det(turned) == pytest.approx(1.0)


def test_right_up_and_away_go_where_the_names_say():
    right, up, away = np.eye(3) * [1, -1, 1]  # In camera axes, y down.
    assert placement.turn(right, "y_up").tolist() == [1, 0, 0]
    assert placement.turn(up, "y_up").tolist() == [0, 1, 0]
    assert placement.turn(away, "y_up").tolist() == [0, 0, -1]
    assert placement.turn(right, "z_up").tolist() == [1, 0, 0]
    assert placement.turn(up, "z_up").tolist() == [0, 0, 1]
    assert placement.turn(away, "z_up").tolist() == [0, 1, 0]


def test_camera_axes_leave_everything_where_it_is():
    person = motions.lifted(motions.t_pose(3))
    np.testing.assert_array_equal(placement.place(person), person.positions)
    walked = motions.lifted(motions.t_pose(2), root=[[1, 2, 5], [1, 2, 6]])
    np.testing.assert_allclose(placement.place(walked)[1, 0], [1, 2, 6])


@pytest.mark.parametrize(("axes", "height"), [("y_up", 1), ("z_up", 2)])
def test_feet_stand_on_the_floor_by_the_low_percentile_of_the_lower_ankle(axes, height):
    poses = motions.t_pose(101)
    # The left foot lifts off by 0, 1, ... 100 cm, the right one stays up high.
    poses[:, 6, 1] += np.arange(101) / 100
    poses[:, 3, 1] += 3.0
    placed = placement.place(motions.lifted(poses), axes)
    ankle = placed[:, 6, height]
    # 5 % of the frames have the ankle lower than 7 cm.
    assert np.percentile(ankle, 5) == pytest.approx(0.07, abs=1e-6)
    assert ankle[0] == pytest.approx(0.02, abs=1e-6)
    # One shift for all frames: the motion is kept.
    np.testing.assert_allclose(np.diff(ankle), 0.01, atol=1e-6)
    np.testing.assert_allclose(placed[:, 0, height], placed[0, 0, height])
    np.testing.assert_allclose(placed[:, 0, 0], 0, atol=1e-6)


def test_units_scale_everything():
    person = motions.lifted(motions.t_pose(2), root=[[1, 2, 5], [1, 2, 6]])
    metres = placement.place(person, "z_up")
    for units, factor in (("cm", 100), ("mm", 1000)):
        placed = placement.place(person, "z_up", units)
        np.testing.assert_allclose(placed, factor * metres)


def test_unknown_axes_and_units_are_refused():
    person = motions.lifted(motions.t_pose())
    with pytest.raises(ValueError, match="`axes` must be one of .*z_up.*got 'up'"):
        placement.place(person, "up")
    with pytest.raises(ValueError, match="`units` must be one of .*got 'inch'"):
        placement.place(person, "z_up", "inch")
