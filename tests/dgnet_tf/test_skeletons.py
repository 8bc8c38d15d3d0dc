import numpy as np
import pytest

from dgnet_tf import skeletons

NAMES = sorted(skeletons.SKELETONS)


def test_every_data_sets_skeleton_is_there_with_all_its_joints():
    sizes = {name: len(skeletons.get(name).joints) for name in NAMES}
    assert sizes == {
        "human36m_16": 16,
        "human36m_17": 17,
        "humaneva_15": 15,
        "mpi_inf_3dhp_17": 17,
    }


@pytest.mark.parametrize("name", NAMES)
def test_each_skeleton_is_a_tree_of_distinct_joints(name):
    skeleton = skeletons.get(name)
    count = len(skeleton.joints)
    assert len(set(skeleton.joints)) == len(skeleton.parents) == count
    assert skeleton.parents.count(-1) == 1
    assert len(skeleton.edges) == count - 1
    for joint in range(count):
        for _ in range(count):
            joint = skeleton.parents[joint] if joint != skeleton.root else joint
        assert joint == skeleton.root


@pytest.mark.parametrize("name", NAMES)
def test_mirrored_joints_are_named_alike_and_hang_from_mirrored_parents(name):
    skeleton = skeletons.get(name)
    for left, right in skeleton.symmetric_pairs:
        assert skeleton.joints[left].startswith("left_")
        other = skeleton.joints[left].replace("left_", "right_")
        assert skeleton.joints[right] == other
    sided = [joint for joint in skeleton.joints if joint.startswith(("left_", "right"))]
    assert len(sided) == 2 * len(skeleton.symmetric_pairs)
    for joint, parent in skeleton.edges:
        mirrored = skeleton.mirror[joint]
        assert skeleton.parents[mirrored] == skeleton.mirror[parent]


@pytest.mark.parametrize("name", NAMES)
def test_the_mirror_is_an_involution(name):
    mirror = np.array(skeletons.get(name).mirror)
    assert sorted(mirror) == list(range(len(mirror)))
    np.testing.assert_array_equal(mirror[mirror], np.arange(len(mirror)))
    assert (mirror != np.arange(len(mirror))).sum() == 12


def test_human36m_has_49_entries_in_its_adjacency_with_self_loops():
    adjacency = np.eye(17)
    for joint, parent in skeletons.get("human36m_17").edges:
        adjacency[joint, parent] = adjacency[parent, joint] = 1
    assert adjacency.sum() == 49


def test_the_16_joints_are_the_17_without_the_neck():
    full, reduced = skeletons.get("human36m_17"), skeletons.get("human36m_16")
    assert reduced.joints == tuple(joint for joint in full.joints if joint != "neck")
    assert full.joints[9] == "neck"


def test_roots():
    roots = {
        name: skeletons.get(name).joints[skeletons.get(name).root] for name in NAMES
    }
    assert roots == {
        "human36m_16": "hip",
        "human36m_17": "hip",
        "humaneva_15": "pelvis",
        "mpi_inf_3dhp_17": "pelvis",
    }
    assert skeletons.get("mpi_inf_3dhp_17").root == 14


@pytest.mark.parametrize("name", NAMES)
def test_a_joint_that_is_never_seen_stands_at_the_next_one_towards_the_root(name):
    skeleton = skeletons.get(name)
    places = skeleton.without(skeleton.below_hips)
    for joint, place in enumerate(places):
        side, _, part = skeleton.joints[joint].partition("_")
        expected = f"{side}_hip" if part in ("knee", "ankle") else None
        assert skeleton.joints[place] == (expected or skeleton.joints[joint])
    everything = skeleton.without(range(len(skeleton.joints)))
    assert everything == tuple(range(len(skeleton.joints)))


def test_an_unknown_skeleton_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="human36m_17.* got 'octopus'"):
        skeletons.get("octopus")
