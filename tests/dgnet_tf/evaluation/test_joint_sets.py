"""The scored joints, by name."""

import pytest

from dgnet_tf import skeletons
from dgnet_tf.evaluation import joint_sets


def fourteen_names(skeleton, **options):
    chosen = joint_sets.choose(skeleton, **options)
    return [chosen.names[index] for index in chosen.fourteen]


def test_mpi_inf_3dhp_fourteen_joints_are_its_first_fourteen():
    # As the data set's own evaluation: head top, neck, and the limbs; no pelvis,
    # spine or head.
    assert joint_sets.choose("mpi_inf_3dhp_17").fourteen == tuple(range(14))


@pytest.mark.parametrize("skeleton", ["human36m_17", "human36m_16"])
def test_human36m_leaves_out_hip_spine_and_neck(skeleton):
    names = fourteen_names(skeleton)
    assert len(names) == 14
    all_names = skeletons.get(skeleton).joints
    assert set(all_names) - set(names) == {"hip", "spine", "neck"} & set(all_names)


def test_humaneva_has_no_fourteen_joint_form():
    assert joint_sets.choose("humaneva_15").fourteen is None


@pytest.mark.parametrize("skeleton", sorted(skeletons.SKELETONS))
def test_the_root_counts_unless_told_otherwise(skeleton):
    found = skeletons.get(skeleton)
    chosen = joint_sets.choose(skeleton)
    assert chosen.names == found.joints
    assert chosen.root == found.root
    without = joint_sets.choose(skeleton, count_root=False)
    assert len(without.counted) == len(found.joints) - 1
    assert found.root not in without.counted
    assert without.names == tuple(found.joints[index] for index in without.counted)
    assert without.root == found.root


def test_fourteen_joints_stay_the_same_without_the_root():
    for skeleton in ("human36m_17", "mpi_inf_3dhp_17"):
        assert fourteen_names(skeleton, count_root=False) == fourteen_names(skeleton)
