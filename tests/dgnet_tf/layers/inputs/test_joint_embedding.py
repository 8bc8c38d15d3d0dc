"""The learned vector of each joint."""

import numpy as np
from support.layer_checks import check_layer, features

from dgnet_tf.layers import JointEmbedding


def test_by_hand():
    # Two joints at 1 and 2, whose vectors are 10 and 20.
    layer = JointEmbedding()
    layer.build((1, 1, 2, 1))
    layer.embedding.assign([[10.0], [20.0]])
    y = layer(np.array([[[[1.0], [2.0]]]], np.float32))
    np.testing.assert_array_equal(y[0, 0], [[11], [22]])


def test_it_is_a_well_behaved_layer(tmp_path):
    check_layer(
        JointEmbedding,
        {},
        (features(2, 3, 17, 4),),
        output_shape=(2, 3, 17, 4),
        trainable=1,
        non_trainable=0,
        parameters=17 * 4,
        folder=tmp_path,
    )


def test_it_adds_one_vector_to_a_joint_in_every_frame():
    layer = JointEmbedding()
    x = features(2, 3, 17, 4)
    layer.build(x.shape)
    layer.embedding.assign(np.arange(68.0).reshape(17, 4))
    y = layer(x).numpy()
    np.testing.assert_allclose(y[1, 2, 5], x[1, 2, 5] + [20, 21, 22, 23], rtol=1e-6)
    np.testing.assert_allclose(y - x, (y - x)[:1, :1].repeat(3, 1).repeat(2, 0), 1e-4)
