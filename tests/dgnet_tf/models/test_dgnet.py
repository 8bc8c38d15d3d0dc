"""DGNet: its wiring, its outputs, and what survives saving."""

import dataclasses
import inspect
import json

import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import features, randomize
from support.marks import slow_but

import dgnet_tf
from dgnet_tf import skeletons
from dgnet_tf.config.config import Config
from dgnet_tf.layers.neighbor_masks import CONNECTIONS
from dgnet_tf.layers.pair_score import WEIGHTINGS
from dgnet_tf.training.keras_metrics import MPJPE
from dgnet_tf.training.losses import SumSquaredError, block_loss_weights

keras = tf.keras

TINY = {"channels": 8, "blocks": 2, "frames": 2}
TINIEST = {**TINY, "blocks": 1}


def keypoints(batch=2, frames=2, joints=17, seed=0):
    return np.clip(0.4 * features(batch, frames, joints, 2, seed=seed), -1, 1)


@pytest.mark.parametrize(
    "frames, skeleton",
    [
        (1, "human36m_17"),
        (3, "human36m_16"),
        (2, "humaneva_15"),
        (1, "mpi_inf_3dhp_17"),
    ],
)
def test_outputs_are_named_poses_of_any_batch(frames, skeleton):
    joints = len(skeletons.get(skeleton).joints)
    model = dgnet_tf.DGNet(skeleton, frames=frames, channels=8, blocks=1)
    for batch in (1, 3):
        outputs = model(keypoints(batch, frames, joints))
        assert set(outputs) == {"pose", "block_1"}
        for pose in outputs.values():
            assert pose.shape == (batch, frames, joints, 3)
            assert pose.dtype == tf.float32
            assert np.isfinite(pose).all()


@pytest.mark.parametrize("frames", slow_but(4, [2, 4, 5]))
def test_each_number_of_frames_of_table_viii_runs(frames):
    model = dgnet_tf.DGNet(frames=frames, channels=4, blocks=2)
    outputs = model(keypoints(1, frames))
    assert sorted(outputs) == ["block_1", "block_2", "pose"]
    assert outputs["pose"].shape == (1, frames, 17, 3)


@pytest.mark.parametrize(
    "connection, weighting",
    [("dynamic", "fc")]
    + [
        pytest.param(connection, weighting, marks=pytest.mark.slow)
        for connection, weighting in [
            *((connection, "fc") for connection in CONNECTIONS),
            *(("dynamic", weighting) for weighting in WEIGHTINGS),
        ]
        if (connection, weighting) != ("dynamic", "fc")
    ],
)
def test_every_connection_and_weighting_takes_a_step(connection, weighting):
    model = dgnet_tf.DGNet(
        frames=2, channels=4, blocks=1, connection=connection, weighting=weighting
    )
    model.compile("adam", loss="mse", run_eagerly=True)
    before = model.get_layer("pose").get_weights()[0]
    target = 0.1 * features(2, 2, 17, 3)
    history = model.fit(
        keypoints(), {name: target for name in model.output_names}, verbose=0
    )
    assert np.isfinite(history.history["loss"][0])
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert (model.get_layer("pose").get_weights()[0] != before).all()


def test_under_the_defaults_every_weight_learns():
    model = dgnet_tf.DGNet(frames=4, channels=8, blocks=1)
    randomize(model)
    x = keypoints(4, 4)
    with tf.GradientTape() as tape:
        outputs = model(x, training=True)
        loss = sum(
            tf.reduce_sum(outputs[name] * features(4, 4, 17, 3, seed=i))
            for i, name in enumerate(sorted(outputs))
        )
    gradients = tape.gradient(loss, model.trainable_weights)
    sizes = [float(tf.reduce_max(tf.abs(gradient))) for gradient in gradients]
    assert min(sizes) > 1e-5 * max(sizes)


@pytest.mark.parametrize("joint_embedding", slow_but(True, [False, True]))
def test_heads_read_each_block_and_the_networks_head_all_of_them(joint_embedding):
    model = dgnet_tf.DGNet(**TINY, joint_embedding=joint_embedding)
    randomize(model)
    windows = keypoints()
    x = model.get_layer("input_norm")(model.get_layer("input_graph")(windows))
    if joint_embedding:
        x = model.get_layer("joint_embedding")(x)
    x = np.maximum(x, 0.0)
    read = []
    outputs = model(windows)
    for i in (1, 2):
        x = model.get_layer(f"dg_block_{i}")(x)
        kernel, bias = model.get_layer(f"block_{i}").get_weights()
        np.testing.assert_allclose(outputs[f"block_{i}"], x @ kernel + bias, 1e-4, 1e-4)
        read.append(x)
    kernel, bias = model.get_layer("pose").get_weights()
    fused = np.concatenate(read, axis=-1) @ kernel + bias
    np.testing.assert_allclose(outputs["pose"], fused, 1e-4, 1e-4)


def test_heads_start_small_and_residual_branches_too():
    model = dgnet_tf.DGNet(**TINY, head_scale=0.01, residual_gamma=0.3)
    kernel, bias = model.get_layer("block_1").get_weights()
    glorot = np.sqrt(6 / (8 + 3))
    assert 0.5 * 0.01 * glorot < np.abs(kernel).max() <= 0.01 * glorot
    assert (bias == 0).all()
    module = model.get_layer("dg_block_2").chain[0]
    np.testing.assert_allclose(module.norm_2.gamma, np.full(8, 0.3))


def test_random_graphs_differ_between_blocks_and_follow_the_seed():
    def graphs(seed):
        model = dgnet_tf.DGNet(**TINY, connection="random", seed=seed)
        blocks = [model.get_layer(f"dg_block_{i}") for i in (1, 2)]
        return [block.chain[1].conv_1.seed for block in blocks]

    assert len({*graphs(0), *graphs(1)}) == 4
    assert graphs(1) == graphs(1)


def test_examples_do_not_hear_each_other_at_inference():
    model = dgnet_tf.DGNet(**TINY)
    randomize(model)
    windows = keypoints(3)
    changed = windows.copy()
    changed[1] = keypoints(1, seed=5)[0]
    one, other = model(windows)["pose"].numpy(), model(changed)["pose"].numpy()
    np.testing.assert_array_equal(one[[0, 2]], other[[0, 2]])
    assert (one[1] != other[1]).any()
    alone = model(windows[:1])["pose"]
    np.testing.assert_allclose(alone[0], one[0], rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_xla_gives_what_the_plain_graph_gives():
    model = dgnet_tf.DGNet(**TINIEST)
    windows = tf.constant(keypoints())
    plain = tf.function(model, jit_compile=False)(windows)
    compiled = tf.function(model, jit_compile=True)(windows)
    for name, pose in plain.items():
        np.testing.assert_allclose(compiled[name], pose, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "policy", slow_but("mixed_bfloat16", ["mixed_float16", "mixed_bfloat16"])
)
def test_half_precision_computes_in_half_and_answers_in_float32(policy):
    keras.mixed_precision.set_global_policy(policy)
    model = dgnet_tf.DGNet(**TINIEST)
    assert {tf.as_dtype(weight.dtype) for weight in model.weights} == {tf.float32}
    block = model.get_layer("dg_block_1")
    inner = block.chain[1].conv_1
    assert block.compute_dtype == inner.compute_dtype == policy.removeprefix("mixed_")
    for pose in model(keypoints()).values():
        assert pose.dtype == tf.float32
        assert np.isfinite(pose).all()


def test_the_loss_of_equation_17_is_the_weighted_sum():
    model = dgnet_tf.DGNet(**TINY)
    randomize(model)
    model.compile(
        "adam",
        loss={name: SumSquaredError() for name in model.output_names},
        loss_weights=block_loss_weights(model.output_names, 0.1),
        metrics={"pose": [MPJPE()]},
    )
    windows, target = keypoints(3), features(3, 2, 17, 3)
    results = model.evaluate(
        windows,
        {name: target for name in model.output_names},
        return_dict=True,
        verbose=0,
    )
    outputs = {name: np.float64(pose) for name, pose in model(windows).items()}
    # Summed over frames, joints and axes (Eq. 15, 16), averaged over the 3 examples.
    losses = {name: ((pose - target) ** 2).sum() / 3 for name, pose in outputs.items()}
    total = losses["pose"] + 0.1 * (losses["block_1"] + losses["block_2"])
    assert results["loss"] == pytest.approx(total, rel=1e-4)
    for name, loss in losses.items():
        assert results[f"{name}_loss"] == pytest.approx(loss, rel=1e-4)
    error = 1000 * dgnet_tf.metrics.mpjpe(outputs["pose"], target).mean()
    assert results["pose_mpjpe_mm"] == pytest.approx(error, rel=1e-4)


def test_the_configuration_survives_json():
    arguments = {
        **{name: field.default for name, field in constructor_arguments().items()},
        **TINY,
        "skeleton": "humaneva_15",
        "connection": "random",
        "weighting": "none",
        "normalization": "mean",
        "temporal_unit": "dtg",
        "seed": 3,
    }
    model = dgnet_tf.DGNet(**arguments, name="small")
    config = json.loads(json.dumps(model.get_config()))
    assert config == {**arguments, "name": "small"}
    revived = dgnet_tf.DGNet.from_config(config)
    assert revived.get_config() == config
    assert [w.shape for w in revived.weights] == [w.shape for w in model.weights]


@pytest.mark.parametrize("connection", slow_but("dynamic", ["dynamic", "precomputed"]))
def test_a_saved_model_answers_as_before(connection, tmp_path):
    model = dgnet_tf.DGNet(**TINIEST, connection=connection)
    randomize(model)
    model.save(tmp_path / "model.keras")
    revived = keras.models.load_model(tmp_path / "model.keras")
    assert type(revived) is dgnet_tf.DGNet
    assert revived.get_config() == model.get_config()
    expected = model(keypoints())
    for name, pose in revived(keypoints()).items():
        np.testing.assert_array_equal(pose, expected[name])


def test_saved_weights_fit_a_new_model(tmp_path):
    model, other = dgnet_tf.DGNet(**TINY), dgnet_tf.DGNet(**TINY)
    randomize(model)
    randomize(other, seed=1)
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    for one, loaded in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, loaded)


def constructor_arguments():
    parameters = dict(inspect.signature(dgnet_tf.DGNet.__init__).parameters)
    del parameters["self"], parameters["kwargs"]
    return parameters


def test_its_defaults_are_those_of_the_configuration():
    config = {field.name: field.default for field in dataclasses.fields(Config)}
    arguments = {name: p.default for name, p in constructor_arguments().items()}
    assert arguments.pop("skeleton") == "human36m_17"  # the data set's, in a run
    assert arguments.pop("batch_norm") is True  # folded after training
    assert arguments == {name: config[name] for name in arguments}


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"frames": 0}, "`frames` must be a positive integer, got 0"),
        ({"blocks": 0}, "`blocks` must be a positive integer, got 0"),
        ({"channels": 1.5}, "`channels` must be a positive integer, got 1.5"),
        ({"skeleton": "dog"}, "`skeleton` must be one of .*'dog'"),
        ({"connection": "near"}, "`connection` must be one of .*'near'"),
        ({"weighting": "mlp"}, "`weighting` must be one of .*'mlp'"),
        ({"normalization": "sum"}, "`normalization` must be one of .*'sum'"),
        ({"spatial_unit": "gcn"}, "`spatial_unit` must be one of .*'gcn'"),
        ({"temporal_unit": "ftg,x"}, "`temporal_unit` must be one of .*'x'"),
        ({"spatial_neighbors": 18}, "`neighbors` must be at most .* 17, got 18"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        dgnet_tf.DGNet(**{**TINIEST, **arguments})
