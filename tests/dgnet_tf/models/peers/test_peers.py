"""The peers' networks: their published sizes, what a pose sees, and that they train."""

import json

import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import features, randomize
from support.models.peer_networks import NAMES, build

from dgnet_tf.config import config
from dgnet_tf.layers.peers.stateless_dropout import StatelessDropout
from dgnet_tf.models import architectures, folding, multiply_adds
from dgnet_tf.models.peers.tcn import TCN
from dgnet_tf.training import fit

keras = tf.keras


def parameters(model):
    """Trainable ones: publications do not count moving statistics."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def keypoints(model, batch=2, seed=0):
    return 0.4 * features(batch, *model.inputs[0].shape[1:], seed=seed)


def frames_that_see(model, moved):
    """The frames whose pose changes with one frame's keypoints."""
    randomize(model)
    x = keypoints(model, 1)
    y = x.copy()
    y[:, moved] += 0.5
    change = model(y, training=False)["pose"] - model(x, training=False)["pose"]
    return np.flatnonzero(np.abs(change).max(axis=(0, 2, 3)) > 1e-6).tolist()


# Martinez: 2N -> 1024 and four times 1024 -> 1024, each with bias and two numbers of
# batch norm for each channel, then 1024 -> 3N.
MARTINEZ = {
    n: (2 * n + 3) * 1024 + 4 * (1024 + 3) * 1024 + (1024 + 1) * 3 * n for n in (16, 17)
}
# SemGCN: a graph convolution has two matrices, a bias and a weight for each entry of
# A + I, which has 3N - 2; nine are followed by batch norm.
SEMGCN = {
    n: (2 * 2 + 3) * 128
    + 8 * (2 * 128 + 3) * 128
    + (2 * 128 + 1) * 3
    + 10 * (3 * n - 2)
    for n in (16, 17)
}
# Theta, phi and g to 64 with bias; one vector of 128 for pairs; the way back with
# bias and batch norm. Five times.
NON_LOCAL = 5 * (3 * (128 + 1) * 64 + 128 + (64 + 3) * 128)
# Cai et al.: six matrices, or three of the body, for 2 -> 128, 128 -> 128 twice,
# 128 -> 256, 256 -> 256, body 256 -> 256 twice, 512 -> 256, 384 -> 256; batch norms;
# non-local layer with inner width 128 and its batch norm; 256 -> 3.
STGCN = (
    6 * (2 * 128 + 2 * 128**2 + 128 * 256 + 256**2 + 512 * 256 + 384 * 256)
    + 3 * 2 * 256**2
    + 2 * (3 * 128 + 6 * 256)
    + 4 * 256 * 128
    + 2 * 256
    + 257 * 3
)


@pytest.mark.parametrize(
    "name, overrides, counted",
    [
        ("martinez", {"skeleton": "human36m_16"}, MARTINEZ[16]),
        ("martinez", {}, MARTINEZ[17]),
        ("semgcn", {"skeleton": "human36m_16", "non_local": False}, SEMGCN[16]),
        ("semgcn", {"skeleton": "human36m_16"}, SEMGCN[16] + NON_LOCAL),
        ("semgcn", {}, SEMGCN[17] + NON_LOCAL),
        ("tcn", {}, 8_555_571),
        ("tcn", {"blocks": 4, "frames": 243}, 16_952_371),
        ("stgcn", {}, STGCN),
    ],
)
def test_the_published_network_has_its_parameters(name, overrides, counted):
    assert parameters(build(name, "paper", **overrides)) == counted


def test_derived_counts_are_the_published_figures():
    assert (MARTINEZ[16], MARTINEZ[17]) == (4_291_632, 4_296_755)  # 4.29 M
    assert (SEMGCN[16], SEMGCN[16] + NON_LOCAL) == (267_343, 434_703)  # 0.27, 0.43 M


@pytest.mark.parametrize("name", NAMES)
def test_smaller_presets_are_smaller(name):
    sizes = [
        (chosen.channels, chosen.blocks, chosen.frames)
        for chosen in (
            config.make(preset, architecture=name)
            for preset in ("smoke", "small", "paper")
        )
    ]
    assert sizes == sorted(sizes) and sizes[0][0] < sizes[1][0] < sizes[2][0]


@pytest.mark.parametrize("name", ["martinez", "semgcn"])
def test_a_frame_is_lifted_alone(name):
    model = build(name, frames=3, blocks=1, channels=6)
    assert frames_that_see(model, 1) == [1]
    x = keypoints(model)
    one = build(name, frames=1, blocks=1, channels=6)
    one.set_weights(model.get_weights())
    np.testing.assert_allclose(
        one(x[:, 2:], training=False)["pose"],
        model(x, training=False)["pose"][:, 2:],
        atol=1e-4,
    )


@pytest.mark.parametrize("blocks, field", [(1, 9), (2, 27)])
def test_a_pose_of_tcn_sees_its_receptive_field_and_no_more(blocks, field):
    frames = field + 4
    model = build("tcn", blocks=blocks, frames=frames, channels=16)
    reach = field // 2
    assert model.reach == reach
    middle = frames // 2
    seen = frames_that_see(model, middle)
    assert seen == list(range(middle - reach, middle + reach + 1))
    # The first frame stands for those before it, too, but no pose sees farther.
    assert frames_that_see(model, 0) == list(range(reach + 1))


def test_a_window_of_tcn_must_hold_what_a_pose_sees():
    with pytest.raises(ValueError, match=r"`frames` must be at least .* 27 .* got 26"):
        TCN(frames=26, channels=4)


def test_unbroken_frames_give_what_full_windows_give():
    model = build("tcn")
    randomize(model)
    x = 0.4 * features(2, 14, 17, 2)
    unbroken = model.lift_frames(tf.constant(x))  # (2, 14 - 8, N, 3)
    for frame in range(6):
        window = model(x[:, frame : frame + 9], training=False)["pose"][:, 4]
        np.testing.assert_allclose(unbroken[:, frame], window, atol=1e-4)


def test_stgcn_reaches_one_frame_a_convolution_without_its_non_local_layer():
    # Along the shortest way, joints alone, two units and the one behind the levels.
    model = build("stgcn", frames=21, blocks=1, channels=3, non_local=False)
    # Longest: 2 of joints, 1 of parts, 1 of the body, 2 back.
    assert frames_that_see(model, 10) == list(range(4, 17))
    model = build("stgcn", frames=21, blocks=1, channels=3)
    assert frames_that_see(model, 10) == list(range(21))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if "gcn" in name else ())
        for name in NAMES
    ],
)
def test_outputs_saving_and_steps(name, tmp_path):
    chosen = config.make(
        "smoke", architecture=name, skeleton="humaneva_15", learning_rate=1e-2
    )
    model = architectures.build(chosen)
    fit.compile_model(model, chosen, 100, False)
    x = keypoints(model, 4)
    y = np.concatenate([x, x[..., :1]], axis=-1)
    data = tf.data.Dataset.from_tensors((x, {"pose": y})).repeat()
    history = model.fit(data, steps_per_epoch=5, epochs=3, verbose=0, shuffle=False)
    losses = history.history["loss"]
    assert losses[-1] < 0.9 * losses[0]
    assert "pose_mpjpe_mm" in history.history
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    before = model(x, training=False)["pose"]
    assert before.shape == (4, chosen.frames, 15, 3) and before.dtype == tf.float32

    model.save(tmp_path / "model.keras")
    revived = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert type(revived) is type(model)
    assert revived.get_config() == model.get_config()
    assert json.loads(json.dumps(model.get_config())) == model.get_config()
    np.testing.assert_array_equal(revived(x, training=False)["pose"], before)

    half = folding.fold(model, "mixed_bfloat16")
    assert half is not model and folding.fold(model) is model
    computed = {layer.compute_dtype for layer in half.layers if layer.weights}
    assert computed <= {"bfloat16", "float32"} and "bfloat16" in computed
    rough = half(x, training=False)["pose"]
    assert rough.dtype == tf.float32
    difference = np.abs(rough - before).max() / np.abs(before).max()
    assert 0 < difference < 0.2


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_trains(name):
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    model = build(name)
    x = keypoints(model)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(x, training=True)["pose"] ** 2)
    gradients = tape.gradient(loss, model.trainable_weights)
    assert all(np.isfinite(tf.cast(g, tf.float32)).all() for g in gradients)
    assert {tf.as_dtype(weight.dtype) for weight in model.weights} == {tf.float32}


@pytest.mark.parametrize("name", NAMES)
def test_seeds_give_the_same_network_and_the_same_dropout(name):
    poses = []
    for seed in (3, 3, 4):
        keras.utils.set_random_seed(seed)
        model = build(name, seed=seed, dropout=0.5)
        poses.append(model(keypoints(model), training=True)["pose"].numpy())
    np.testing.assert_array_equal(poses[0], poses[1])
    assert np.abs(poses[0] - poses[2]).max() > 1e-3
    drops = [x for x in model._flatten_layers() if isinstance(x, StatelessDropout)]
    assert len({layer.seed for layer in drops}) == len(drops) > 1
    assert {layer.rate for layer in drops} == {0.5}


@pytest.mark.parametrize("name", NAMES)
def test_sizes_that_are_none_are_refused(name):
    with pytest.raises(ValueError, match="`blocks` must be a positive integer, got 0"):
        architectures.build(
            config.Config(architecture=name, skeleton="human36m_17", blocks=0)
        )


# Multiply-adds of a frame with N = 17 joints, A + I with 49 entries, C = 4 channels.
COUNTED = {
    "martinez": (34 + 2 * 4 + 51) * 4,
    # Input, a block of two, output; two non-local layers of inner width 2 with eight
    # groups.
    "semgcn": 17 * 2 * (2 * 4 + 2 * 4 * 4 + 4 * 3)
    + 49 * (3 * 4 + 3)
    + 2 * (17 * 4 * 8 + (17 + 8) * 2 + 17 * 8 * 2),
    # Three taps; three taps and mixing; output.
    "tcn": 3 * 34 * 4 + 4 * 4 * 4 + 4 * 51,
}


@pytest.mark.parametrize("name", list(COUNTED))
def test_multiply_adds_counted_by_hand(name):
    model = build(name, channels=4, blocks=1)
    assert multiply_adds.per_frame(model) == COUNTED[name]


def test_multiply_adds_of_stgcn_counted_by_hand():
    # T = 1: no frame before or after. Of 17 joints 16 have a parent and are a child,
    # 12 a mirror image: 44 entries; of 5 parts 4, 4 and 4: 12.
    joints = 17 * 4 * (2 * 4 + 4 * 4 + 12 * 8) + 44 * (4 + 4 + 8)
    parts = 5 * 4 * (4 * 8 + 16 * 8) + 12 * (8 + 8)
    body = 8 * 8
    non_local = 17 * 4 * 8 * 4 + 2 * 17 * 17 * 4
    one = build("stgcn", channels=4, blocks=1, frames=1)
    total = joints + parts + body + non_local + 17 * 8 * 3
    assert multiply_adds.per_frame(one) == total
    # T = 2: each node has one frame before or after, one matrix for it; the non-local
    # layer connects 34 nodes.
    joints += 17 * (2 * 4 + 4 * 4 + 12 * 8)
    parts += 5 * (4 * 8 + 16 * 8)
    body += 8 * 8
    non_local = 17 * 4 * 8 * 4 + 2 * 34 * 17 * 4
    two = build("stgcn", channels=4, blocks=1, frames=2)
    total = joints + parts + body + non_local + 17 * 8 * 3
    assert multiply_adds.per_frame(two) == total


@pytest.mark.parametrize("name", ["martinez", "tcn"])
def test_multiply_adds_are_half_of_the_profilers_operations(name):
    model = build(name, channels=8)
    joints, count = 17, model.inputs[0].shape[1]
    if name == "tcn":
        shape, count = [1, 2 * model.reach + 1, joints, 2], 1
        function = tf.function(model.lift_frames)
    else:
        shape = [1, count, joints, 2]
        function = tf.function(lambda x: model(x, training=False)["pose"])
    graph = function.get_concrete_function(tf.TensorSpec(shape)).graph
    profile = tf.compat.v1.profiler.profile
    options = {**tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()}
    options |= {"output": "none", "account_type_regexes": ["MatMul"]}
    found = profile(graph, options=options).total_float_ops / 2 / count
    expected = multiply_adds.per_frame(model)
    if name == "tcn":
        # The first pose of a video: the first convolution works at seven frames.
        expected += 6 * 3 * 34 * 8
    assert found == expected
