"""Two residual modules side by side, the second behind a gate."""

import numpy as np
import pytest
from support.layer_checks import check_config, check_layer, features, randomize

from dgnet_tf.layers import GatedGraphModule

SHAPE = (2, 3, 17, 4)
NORM = 4 * 4  # scale, shift, mean and variance of four channels


def test_by_hand():
    # One joint in one frame, at 3. Batch norms start as the identity (but for epsilon):
    # F = ReLU(0.5 ReLU(4 * 3)) = 6, D = ReLU(1 ReLU(2 * 3)) = 6 likewise, and
    # 3 + 6 + g 6 = 9 at first, 12 with g = 0.5 and 6 with g = -0.5.
    module = GatedGraphModule(("ftg", "ftg"), 1)
    module.build((1, 1, 1, 1))
    for part, first, second in ((module.ungated, 4.0, 0.5), (module.gated, 2.0, 1.0)):
        part.conv_1.w_x.assign([[first]])
        part.conv_2.w_x.assign([[second]])
    x = np.full((1, 1, 1, 1), 3.0, np.float32)
    np.testing.assert_allclose(module(x), [[[[9.0]]]], rtol=1e-4)
    for gate, expected in ((0.5, 12.0), (-0.5, 6.0)):
        module.gate.assign(gate)
        np.testing.assert_allclose(module(x), [[[[expected]]]], rtol=1e-4)


@pytest.mark.parametrize(
    "operations, weights, parameters",
    [
        (["fsg", "dsg"], 1 + (1 + 3), 4 * 4 + 4 * 4 + 9),
        (["ftg", "dtg"], 3 + (3 + 6), 3 * 4 * 4 + 3 * 4 * 4 + 2 * 9),
    ],
)
def test_it_is_a_well_behaved_layer(operations, weights, parameters, tmp_path):
    check_layer(
        GatedGraphModule,
        {"operations": operations, "channels": 4, "gamma": 0.5},
        (features(*SHAPE),),
        output_shape=SHAPE,
        trainable=2 * (weights + 2 * 2) + 1,
        non_trainable=2 * 2 * 2,
        parameters=2 * (parameters + 2 * NORM) + 1,
        folder=tmp_path,
    )


def test_it_begins_as_the_fixed_graph_alone():
    module = GatedGraphModule(("fsg", "dsg"), 4)
    x = features(*SHAPE)
    np.testing.assert_array_equal(module(x), module.ungated(x))
    module.gate.assign(0.25)
    expected = module.ungated(x) + 0.25 * (module.gated(x) - x)
    np.testing.assert_allclose(module(x), expected, rtol=1e-6)


def test_arguments_and_keypoints_reach_each_part():
    arguments = [{"semantic": True}, {"connection": "precomputed", "neighbors": 2}]
    check_config(
        GatedGraphModule,
        {"operations": ["fsg", "dsg"], "channels": 4, "arguments": arguments},
    )
    module = GatedGraphModule(("fsg", "dsg"), 4, arguments=arguments)
    x, keypoints = features(*SHAPE), features(2, 3, 17, 2, seed=1)
    module.build(SHAPE)
    randomize(module)
    other = module(x, keypoints=features(2, 3, 17, 2, seed=2)).numpy()
    assert (module(x, keypoints=keypoints).numpy() != other).any()
    assert module.ungated.conv_1.semantic and module.gated.conv_2.neighbors == 2
