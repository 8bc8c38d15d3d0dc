"""The DG-Conv block: which modules follow which."""

import numpy as np
import pytest
from support import paper_loops
from support.layer_checks import (
    check_config,
    check_layer,
    check_saving,
    features,
    randomize,
    values,
)

from dgnet_tf.layers import DGConvBlock

SHAPE = (2, 3, 17, 4)


def test_by_hand():
    # One joint in one frame, at 1. With W_x = 1 and batch norms that are the identity
    # (but for epsilon), a residual module doubles what is positive: 1, 2, 4.
    block = DGConvBlock(1, spatial_unit="", temporal_unit="ftg,ftg", non_local=False)
    block.build((1, 1, 1, 1))
    for module in block.chain:
        module.conv_1.w_x.assign([[1.0]])
        module.conv_2.w_x.assign([[1.0]])
    y = block(np.ones((1, 1, 1, 1), np.float32))
    np.testing.assert_allclose(y, [[[[4.0]]]], rtol=1e-4)


def names(block):
    return [layer.name for layer in block.chain]


def test_it_is_a_well_behaved_layer(tmp_path):
    # DSG: Phi and a score; DTG: three kernels and two scores; each layer with its
    # batch norm. Non-local: four kernels and a batch norm.
    norm = 4 * 4
    dsg = 2 * (4 * 4 + 9 + norm)
    dtg = 2 * (3 * 4 * 4 + 2 * 9 + norm)
    non_local = 4 * 4 * 4 + norm
    check_layer(
        DGConvBlock,
        {
            "channels": 4,
            "spatial_unit": "dsg",
            "temporal_unit": "dtg",
            # As printed, affinities outgrow float16 before batch norm has settled.
            "normalization": "softmax",
            "score_activation": "tanh",
        },
        (features(*SHAPE),),
        output_shape=SHAPE,
        trainable=2 * (4 + 2) + 2 * (9 + 2) + 2 * 6,
        non_trainable=2 * 2 + 2 * 2 + 2 * 2,
        parameters=dsg + dtg + 2 * non_local,
        folder=tmp_path,
    )


def test_its_units_are_the_papers():
    assert names(DGConvBlock(4)) == [
        "spatial_1_fsg",
        "spatial_2_dsg",
        "spatial_non_local",
        "temporal_1_ftg",
        "temporal_2_dtg",
        "temporal_3_ftg",
        "temporal_non_local",
    ]


def test_its_defaults_are_the_printed_equations():
    block = DGConvBlock(4)
    fsg, dsg, _, _, dtg, _, _ = block.chain
    assert not fsg.conv_1.semantic
    for convolution, neighbors in ((dsg.conv_2, 3), (dtg.conv_2, 4)):
        assert convolution.neighbors == neighbors
        assert convolution.connection == "dynamic"
        assert convolution.weighting == "fc"
        assert convolution.score_activation == "linear"
        assert convolution.normalization == "none"


def test_it_equals_the_loops():
    block = DGConvBlock(4)
    x = features(*SHAPE)
    block.build(SHAPE)
    randomize(block)
    expected = x.astype(np.float64)
    for layer in block.chain:
        if layer.name.endswith("non_local"):
            y = paper_loops.non_local(
                expected, *values([layer.theta, layer.phi, layer.g, layer.w])
            )
            expected = expected + paper_loops.norm(layer.norm, y)
            continue
        y, operation = expected, layer.name.rpartition("_")[2]
        for convolution, norm in (
            (layer.conv_1, layer.norm_1),
            (layer.conv_2, layer.norm_2),
        ):
            y = paper_loops.convolve(operation, convolution, y)
            y = paper_loops.relu(paper_loops.norm(norm, y))
        expected = expected + y
    scale = np.abs(expected).max()
    np.testing.assert_allclose(block(x) / scale, expected / scale, atol=1e-5)


@pytest.mark.parametrize(
    "spatial, temporal, non_local, expected",
    [
        ("fsg", "", True, ["spatial_1_fsg", "spatial_non_local"]),
        ("fsg", "", False, ["spatial_1_fsg"]),
        ("", "ftg", True, ["temporal_1_ftg", "temporal_non_local"]),
        (
            "fsg,fsg+dsg",
            "ftg+dtg",
            False,
            ["spatial_1_fsg", "spatial_2_fsg_dsg", "temporal_1_ftg_dtg"],
        ),
        (
            "fsg,dsg,dsg",
            "dtg",
            False,
            ["spatial_1_fsg", "spatial_2_dsg", "spatial_3_dsg", "temporal_1_dtg"],
        ),
    ],
)
def test_units_are_chained_as_named(spatial, temporal, non_local, expected):
    block = DGConvBlock(
        4, spatial_unit=spatial, temporal_unit=temporal, non_local=non_local
    )
    assert names(block) == expected


def test_every_setting_reaches_the_convolutions():
    arguments = {
        "channels": 4,
        "spatial_unit": "fsg,dsg",
        "temporal_unit": "dtg",
        "spatial_neighbors": 5,
        "temporal_neighbors": 6,
        "connection": "random",
        "weighting": "embedded_gaussian",
        "score_activation": "tanh",
        "normalization": "mean",
        "softness": 0.0,
        "semantic": True,
        "non_local": False,
        "residual_gamma": 0.3,
        "skeleton": "humaneva_15",
        "seed": 7,
    }
    check_config(DGConvBlock, arguments)
    fsg, dsg, dtg = DGConvBlock(**arguments).chain
    assert fsg.conv_1.semantic and fsg.conv_1.skeleton == "humaneva_15"
    assert (dsg.conv_1.neighbors, dtg.conv_1.neighbors) == (5, 6)
    assert {module.gamma for module in (fsg, dsg, dtg)} == {0.3}
    for convolution in (dsg.conv_1, dsg.conv_2, dtg.conv_1, dtg.conv_2):
        assert convolution.connection == "random"
        assert convolution.weighting == "embedded_gaussian"
        assert convolution.score_activation == "tanh"
        assert convolution.normalization == "mean"
        assert convolution.skeleton == "humaneva_15"
    convolutions = (dsg.conv_1, dsg.conv_2, dtg.conv_1, dtg.conv_2)
    assert len({convolution.seed for convolution in convolutions}) == 4


def test_precomputed_neighbors_come_from_the_keypoints(tmp_path):
    block = DGConvBlock(
        4, connection="precomputed", spatial_unit="dsg", temporal_unit=""
    )
    x, keypoints = features(*SHAPE), features(2, 3, 17, 2, seed=1)
    block.build(SHAPE)
    randomize(block)
    changed = keypoints.copy()
    changed[:, 1] = features(2, 17, 2, seed=2)
    y, other = block(x, keypoints).numpy(), block(x, changed).numpy()
    np.testing.assert_array_equal(y[:, [0, 2]], other[:, [0, 2]])
    assert (y[:, 1] != other[:, 1]).any()
    check_saving(block, (x, keypoints), tmp_path)


def test_settings_reach_both_sides_of_a_gate():
    block = DGConvBlock(
        4, spatial_unit="fsg+dsg", temporal_unit="", semantic=True,
        spatial_neighbors=5, softness=0.3, residual_gamma=0.2, non_local=False,
    )  # fmt: skip
    (module,) = block.chain
    assert module.ungated.conv_2.semantic and module.ungated.gamma == 0.2
    assert module.gated.conv_2.neighbors == 5 and module.gated.gamma == 0.2
    assert module.gated.conv_1.softness == 0.3


@pytest.mark.parametrize("name", ["spatial_unit", "temporal_unit"])
def test_an_unknown_operation_is_refused_by_name(name):
    with pytest.raises(ValueError, match=rf"`{name}` must be one of .*'gcn'"):
        DGConvBlock(4, **{name: "fsg,gcn"})
    with pytest.raises(ValueError, match=rf"`{name}` must be one of .*'gcn\+dsg'"):
        DGConvBlock(4, **{name: "fsg+gcn+dsg"})
