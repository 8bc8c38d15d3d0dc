"""The spatio-temporal graph convolution of Cai et al. 2019."""

import numpy as np
import pytest
from support.layer_checks import features, randomize, values

from dgnet_tf import skeletons
from dgnet_tf.layers import SpatioTemporalGraphConv
from dgnet_tf.layers.peers.spatio_temporal_graph_conv import neighbours


def test_by_hand():
    # The body alone, at 1, 2, 4: 1 + 10 * 2, 2 + 10 * 4 + 100 * 1, 4 + 100 * 2.
    layer = SpatioTemporalGraphConv(1, level="body")
    layer.build((1, 3, 1, 1))
    layer.itself.assign([[1.0]])
    layer.later.assign([[10.0]])
    layer.earlier.assign([[100.0]])
    y = layer(np.reshape([1.0, 2.0, 4.0], (1, 3, 1, 1)).astype(np.float32))
    np.testing.assert_array_equal(y[0, :, 0, 0], [21, 142, 204])


def test_limbs_hang_from_the_torso_and_the_body_is_alone():
    kinds = neighbours("parts", "human36m_17")
    torso, right_leg, left_leg, left_arm, right_arm = range(5)
    assert kinds["towards"][:, torso].tolist() == [0, 1, 1, 1, 1]
    assert kinds["away"][torso].tolist() == [0, 0.25, 0.25, 0.25, 0.25]
    assert kinds["mirrored"][right_leg, left_leg] == 1
    assert kinds["mirrored"][left_arm, right_arm] == 1
    assert kinds["mirrored"].sum() == 4
    assert neighbours("body", "human36m_17") == {}
    with pytest.raises(ValueError, match="`level` 'body' has 1 nodes, .* has 5"):
        SpatioTemporalGraphConv(2, level="body")(features(1, 1, 5, 2))
    with pytest.raises(ValueError, match="`level` must be one of"):
        SpatioTemporalGraphConv(2, level="head")


def test_the_spatio_temporal_convolution_against_loops():
    layer = SpatioTemporalGraphConv(2, activation=None)
    x = features(1, 3, 17, 4)
    layer(x)
    randomize(layer)
    skeleton = skeletons.get("human36m_17")
    itself, towards, away, mirrored, later, earlier = values(layer.weights)
    expected = np.zeros((3, 17, 2))
    for t in range(3):
        for i in range(17):
            y = x[0, t, i] @ itself
            if skeleton.parents[i] >= 0:
                y = y + x[0, t, skeleton.parents[i]] @ towards
            children = [j for j, p in enumerate(skeleton.parents) if p == i]
            for j in children:
                y = y + x[0, t, j] @ away / len(children)
            if skeleton.mirror[i] != i:
                y = y + x[0, t, skeleton.mirror[i]] @ mirrored
            if t < 2:
                y = y + x[0, t + 1, i] @ later
            if t > 0:
                y = y + x[0, t - 1, i] @ earlier
            expected[t, i] = y
    np.testing.assert_allclose(layer(x)[0], expected, atol=1e-4)
