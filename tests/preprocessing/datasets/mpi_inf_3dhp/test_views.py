import numpy as np
import pytest
from support.datasets import mpi_inf_3dhp_files as files

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from preprocessing.datasets.mpi_inf_3dhp import views
from preprocessing.datasets.mpi_inf_3dhp.views import (
    ANNOTATED_JOINTS,
    SKELETON,
    Sequence,
)

SEQUENCE = Sequence("TS1", "studio", "TS1", (2048, 2048), 25.0, None)


def arrays(frames=5):
    annot2, positions, _ = files.annotations(frames, 0)
    return annot2[:, files.RELEVANT], positions[:, files.RELEVANT]


def make(keypoints, positions, valid, sequence=SEQUENCE):
    return views.view(
        sequence,
        "camera",
        keypoints,
        positions,
        np.array(valid, bool),
        np.zeros(9),
        "FILE",
    )


def test_the_17_joints_are_the_ones_that_the_field_takes_of_28():
    order = views.joint_order(SKELETON, ANNOTATED_JOINTS)
    assert order == files.RELEVANT
    order = views.joint_order("human36m_17", ANNOTATED_JOINTS)
    assert order == [4, 23, 24, 25, 18, 19, 20, 3, 5, 6, 7, 9, 10, 11, 14, 15, 16]


def test_left_stays_left_and_the_root_is_the_pelvis_in_human36m_joints():
    source = skeletons.get(SKELETON)
    target = skeletons.get("human36m_17")
    order = views.joint_order("human36m_17", source.joints)
    assert order[target.root] == source.root
    assert {order[joint] for joint in target.left} == set(source.left)
    assert {order[joint] for joint in target.right} == set(source.right)


def test_invalid_frames_keep_their_keypoints_as_context():
    keypoints, positions = arrays()
    view = make(keypoints, positions, [1, 0, 0, 1, 1])
    np.testing.assert_allclose(view.keypoints, keypoints, atol=1e-3)
    assert (view.confidence == 1).all()
    assert view.valid.tolist() == [True, False, False, True, True]
    assert (view.positions[1:3] == 0).all()
    np.testing.assert_allclose(view.positions[3], positions[3] / 1000, atol=1e-6)


@pytest.mark.parametrize("junk", [np.nan, np.inf, -1e300, 0.0])
def test_unusable_keypoints_of_invalid_frames_are_interpolated(junk):
    keypoints, positions = arrays()
    broken, nowhere = keypoints.copy(), positions.copy()
    if junk:
        broken[1, 3, 0] = broken[2, 0, 1] = nowhere[2] = junk
    else:
        broken[1:3] = 0.0
    view = make(broken, nowhere, [1, 0, 0, 1, 1])
    assert view.confidence[:, 0].tolist() == [1, 0, 0, 1, 1]
    between = keypoints[0] + (keypoints[3] - keypoints[0]) / 3
    np.testing.assert_allclose(view.keypoints[1], between, atol=1e-3)
    between = keypoints[0] + (keypoints[3] - keypoints[0]) * 2 / 3
    np.testing.assert_allclose(view.keypoints[2], between, atol=1e-3)
    assert np.isfinite(view.positions).all()


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("junk", [np.nan, np.inf, 1e300])
def test_unusable_valid_frames_are_refused_with_their_number(which, junk):
    both = arrays()
    both[which][3, 2, 1] = junk
    with pytest.raises(UserError, match="FILE: 1 of 4 valid frames.*first is frame 3"):
        make(*both, [1, 0, 1, 1, 1])


def test_a_sequence_without_any_keypoints_is_refused():
    keypoints, positions = arrays(2)
    with pytest.raises(UserError, match="FILE: no frame has usable keypoints"):
        make(np.full_like(keypoints, np.nan), positions, [0, 0])


def test_frames_are_cut_before_every_nth_is_taken():
    keypoints, positions = arrays(8)
    sequence = Sequence("S1", "studio", "Seq1", (2048, 2048), 50.0, 6, step=2)
    view = make(keypoints, positions, [1, 1, 1, 1, 0, 1, 1, 1], sequence)
    assert view.fps == 25.0
    assert view.valid.tolist() == [True, True, False]
    np.testing.assert_allclose(view.positions[1], positions[2] / 1000, atol=1e-6)
    np.testing.assert_allclose(view.keypoints, keypoints[[0, 2, 4]], atol=1e-3)


@pytest.mark.parametrize(
    "array",
    [
        None,
        "text",
        np.zeros((3, 17, 2), object),
        np.zeros((3, 17, 2), complex),
        np.zeros((0, 17, 2)),
        np.zeros((3, 17, 3)),
        np.zeros((3, 28, 2)),
        np.zeros((4, 17, 2)),
        np.zeros(3),
    ],
)
def test_arrays_of_another_kind_or_shape_are_refused(array):
    with pytest.raises(UserError, match=r"FILE: must .*\(3, 17, 2\)"):
        views.check_shape(array, 17, 2, 3, "FILE")
