"""Networks with folded batch norms against the ones they were made of."""

import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import features
from support.marks import slow_but

from dgnet_tf import DGNet
from dgnet_tf.layers.batch_norm import BatchNorm
from dgnet_tf.models.folding import fold

# All joints are neighbors: the last digit of a distance decides nothing.
SMALL = {
    "blocks": 2,
    "channels": 8,
    "spatial_neighbors": 17,
    "temporal_neighbors": 17,
}


def trained(**arguments):
    """Returns a network whose batch norms have seen data, and all weights vary."""
    model = DGNet(**{**SMALL, **arguments})
    rng = np.random.default_rng(0)
    for weight in model.weights:
        value = tf.convert_to_tensor(weight).numpy()
        noise = rng.uniform(0.2, 0.6, value.shape).astype(np.float32)
        # Variances stay above 0.
        weight.assign(
            np.abs(value) + noise if "variance" in weight.name else value + noise
        )
    return model


def keypoints(frames=4):
    return tf.constant(features(3, frames, 17, 2), tf.float32)


@pytest.mark.parametrize(
    "arguments",
    slow_but(
        {},
        [
            {},
            {"semantic": False, "joint_embedding": False, "non_local": False},
            {"connection": "precomputed", "weighting": "embedded_gaussian"},
            {"spatial_unit": "dsg", "temporal_unit": "dtg,fsg", "frames": 2},
            {
                "spatial_unit": "fsg+dsg",
                "temporal_unit": "ftg+dtg,ftg",
                "input_frame": "person_and_place",
            },
            {"spatial_neighbors": 3, "neighbor_softness": 0.5},
        ],
    ),
)
def test_the_folded_network_gives_the_same_poses(arguments):
    model = trained(**arguments)
    x = keypoints(arguments.get("frames", 4))
    expected = model(x, training=False)
    result = fold(model)(x, training=False)
    assert sorted(result) == sorted(expected)
    for name, value in expected.items():
        scale = np.abs(value).max()
        np.testing.assert_allclose(result[name] / scale, value / scale, atol=1e-5)


def test_no_batch_norm_is_left_and_the_kernels_are_scaled():
    model = trained()
    folded = fold(model)
    kinds = {type(layer) for layer in folded._flatten_layers()}
    assert BatchNorm not in kinds
    assert not folded.non_trainable_weights
    module = model.get_layer("dg_block_1").chain[0]
    norm, theta = module.norm_1, module.conv_1.theta
    scale = norm.gamma / np.sqrt(norm.moving_variance + np.float32(norm.epsilon))
    target = folded.get_layer("dg_block_1").chain[0].conv_1
    np.testing.assert_allclose(target.theta, theta * scale, rtol=1e-5)
    np.testing.assert_allclose(
        target.bias, norm.beta - norm.moving_mean * scale, rtol=1e-4, atol=1e-6
    )
    np.testing.assert_array_equal(target.edges, module.conv_1.edges)


def test_the_network_itself_stays_as_it_was():
    model = trained()
    before = [w.copy() for w in model.get_weights()]
    fold(model)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_result_has_the_precision_asked_for():
    model = trained()
    x = keypoints()
    expected = model(x, training=False)["pose"].numpy()
    half = fold(model, "mixed_bfloat16")
    assert half.get_layer("dg_block_2").compute_dtype == "bfloat16"
    result = half(x, training=False)["pose"]
    assert result.dtype == tf.float32
    difference = np.abs(result - expected).max() / np.abs(expected).max()
    assert 0 < difference < 0.1  # bfloat16 has 8 digits, float32 24.


def test_a_folded_network_folds_to_itself():
    model = fold(trained())
    x = keypoints()
    np.testing.assert_array_equal(fold(model)(x)["pose"], model(x)["pose"])


def test_other_models_are_left_alone():
    model = object()
    assert fold(model) is model
