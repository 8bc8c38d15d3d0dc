"""What Keras asks of every layer, of the peers' layers."""

import pytest
from support.layer_checks import (
    check_config,
    check_fit,
    check_gradients,
    check_saving,
    check_weights,
    features,
)

from dgnet_tf import layers

PAIRS = [[0, 2], [1, 3, 4]]


@pytest.mark.parametrize(
    "layer_class, arguments, shape, output, trainable, non_trainable, parameters",
    [
        (layers.FullyConnected, {"channels": 3}, (2, 5, 4), (2, 5, 3), 2, 0, 15),
        (layers.StatelessDropout, {"rate": 0.4, "seed": 3}, (2, 4), (2, 4), 0, 0, 0),
        (
            layers.TemporalConv,
            {"channels": 3, "kernel_size": 2, "dilation": 3},
            (2, 7, 4),
            (2, 4, 3),
            1,
            0,
            24,
        ),
        (layers.RepeatEnds, {"frames": 2}, (2, 3, 4), (2, 7, 4), 0, 0, 0),
        (
            layers.TemporalTower,
            {
                "channels": 3,
                "outputs": 2,
                "blocks": 1,
                "dropout": 0.0,
                "head_scale": 0.3,
            },
            (2, 11, 4),
            (2, 3, 2),
            3 + 3 * 2 + 2,
            3 * 2,
            36 + 27 + 9 + 3 * 12 + 8,
        ),
        (layers.GroupMax, {"groups": PAIRS}, (2, 1, 5, 3), (2, 1, 2, 3), 0, 0, 0),
        (layers.GroupSpread, {"groups": PAIRS}, (2, 1, 2, 3), (2, 1, 5, 3), 0, 0, 0),
        (
            layers.GroupedNonLocal,
            {"groups": PAIRS},
            (2, 1, 5, 4),
            (2, 1, 5, 4),
            10 + 2,
            2,
            3 * 10 + 4 + 12 + 16,
        ),
        (
            layers.SpatioTemporalGraphConv,
            {"channels": 3, "level": "parts", "skeleton": "humaneva_15"},
            (2, 3, 5, 4),
            (2, 3, 5, 3),
            6,
            0,
            72,
        ),
    ],
)
def test_each_layer_is_a_layer(
    layer_class,
    arguments,
    shape,
    output,
    trainable,
    non_trainable,
    parameters,
    tmp_path,
):
    inputs = (features(*shape),)
    check_config(layer_class, arguments)
    layer = layer_class(**arguments)
    check_weights(layer, inputs, trainable, non_trainable, parameters)
    assert layer(*inputs).shape == output
    assert layer.compute_output_shape((None, *shape[1:])) == (None, *output[1:])
    if trainable:
        check_gradients(layer, inputs, ())
        check_fit(layer_class(**arguments), inputs)
    check_saving(layer, inputs, tmp_path)
