"""Groups of joints, over which the peers' networks take maxima."""

import pytest

from dgnet_tf import skeletons
from dgnet_tf.layers.peers import joint_groups


def test_groups_are_the_published_ones():
    # SemGCN's 16 joints, in its order.
    published = [[2, 3], [5, 6], [1, 4], [0, 7], [8, 9], [14, 15], [11, 12], [10, 13]]
    found = joint_groups.pairs("human36m_16")
    assert sorted(sorted(g) for g in found) == sorted(published)
    assert joint_groups.pairs("human36m_17")[-1] == (8, 9, 10)
    assert joint_groups.parts("human36m_17") == (
        (0, 7, 8, 9, 10),
        (1, 2, 3),
        (4, 5, 6),
        (11, 12, 13),
        (14, 15, 16),
    )


@pytest.mark.parametrize("name", list(skeletons.SKELETONS))
def test_groups_hold_each_joint_once(name):
    joints = list(range(len(skeletons.get(name).joints)))
    for groups in (joint_groups.pairs(name), joint_groups.parts(name)):
        assert sorted(joint for group in groups for joint in group) == joints
        assert all(groups)
    assert len(joint_groups.pairs(name)) == 8
    assert len(joint_groups.parts(name)) == 5
    assert skeletons.get(name).root in joint_groups.parts(name)[0]
