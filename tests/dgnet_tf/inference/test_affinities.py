"""Affinities of whole videos against the layers called on windows cut by hand."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from support.layer_checks import randomize
from support.lifting.lifting_stand_ins import Config, small_model

from dgnet_tf import cameras
from dgnet_tf.inference import affinities, frame_smoothing
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import folding
from dgnet_tf.models.dgnet import DGNet

SIZE = (1000, 800)


def video(frames, seed=0):
    rng = np.random.default_rng(seed)
    steps = rng.normal(0, 12, (frames, 17, 2)).cumsum(axis=0)
    return (500 + 150 * rng.normal(0, 1, (17, 2)) + steps).astype(np.float32)


def network(**arguments):
    model = DGNet(channels=8, **{"blocks": 1, **arguments})
    randomize(model)
    for weight in model.weights:  # Else features outgrow float32's digits.
        if "variance" not in weight.name:
            weight.assign(0.5 * weight)
    return model


@pytest.fixture(scope="module")
def plain():
    """A network of four frames and one block."""
    return network()


def window_inputs(model, keypoints, frame, offsets, block=1):
    """What the block sees of a window: (1, T, N, C), and its keypoints.

    `offsets` are the window's frames, counted from `frame`; outside of the video
    the first and the last frame stand in.
    """
    frames = [min(max(frame + o, 0), len(keypoints) - 1) for o in offsets]
    size = np.array(SIZE, np.float32)
    window = cameras.normalize_screen(keypoints[frames], size)[None]
    x = tf.constant(window)
    for layer in model.layers[1:]:
        if layer.name == f"dg_block_{block}":
            return x, window
        if layer.name.startswith(("block_", "fusion", "pose")):
            continue
        if layer.name.startswith("dg_block") and model.get_config()["connection"] == (
            "precomputed"
        ):
            x = layer(x, keypoints=window, training=False)
        else:
            x = layer(x, training=False)
    raise AssertionError("no such block")


def by_hand(model, keypoints, frame, offsets, block=1):
    """(B_t, Q_{t+1}, Q_{t-1}) of a window of the default units, all its slots."""
    x, window = window_inputs(model, keypoints, frame, offsets, block)
    fsg, dsg, non_local, ftg, dtg, *_ = model.get_layer(f"dg_block_{block}").chain
    x = fsg(x, training=False)
    spatial = dsg.conv_1.affinity(x, window)
    x = non_local(dsg(x, keypoints=window, training=False), training=False)
    forward, backward = dtg.conv_1.affinity(ftg(x, training=False), window)
    return np.array(spatial[0]), np.array(forward[0]), np.array(backward[0])


def check(model, keypoints, config, block, rows):
    """Compares frames with windows given as {frame: (offsets, slot of the frame)}."""
    found = affinities.over_time(model, config, keypoints, SIZE, block)
    for frame, (offsets, slot) in rows.items():
        spatial, forward, backward = by_hand(model, keypoints, frame, offsets, block)
        np.testing.assert_allclose(found.spatial[frame], spatial[slot], atol=1e-5)
        # Q_{t+1} of the slots 0..T-2, Q_{t-1} of the slots 1..T-1.
        np.testing.assert_allclose(found.forward[frame], forward[slot], atol=1e-5)
        np.testing.assert_allclose(found.backward[frame], backward[slot - 1], atol=1e-5)
    return found


@pytest.mark.parametrize(
    ("block", "connection"),
    [(1, "dynamic"), pytest.param(2, "precomputed", marks=pytest.mark.slow)],
)
def test_each_frame_has_what_the_layers_compute_in_the_middle_of_its_window(
    block, connection
):
    model = network(blocks=block, connection=connection)
    window = ([-1, 0, 1, 2], 1)
    rows = {frame: window for frame in (1, 2, 7, 10)}
    check(model, video(12), Config(), block, rows)


def test_windows_follow_the_stride(plain):
    config = Config(frame_stride=3)
    window = ([-3, 0, 3, 6], 1)
    found = check(plain, video(12), config, 1, {3: window, 6: window, 8: window})
    assert found.backward[3].any() and not found.backward[:3].any()
    assert found.forward[8].any() and not found.forward[9:].any()


def test_affinities_are_those_of_the_keypoints_that_are_lifted(plain):
    keypoints = video(12).astype(np.float32)
    smooth = frame_smoothing.smooth(tf.constant(keypoints[None]), 3)[0].numpy()
    config = Config(keypoint_smoothing=3)
    found = affinities.over_time(plain, config, keypoints, SIZE)
    expected = affinities.over_time(plain, Config(), smooth, SIZE)
    rough = affinities.over_time(plain, Config(), keypoints, SIZE)
    np.testing.assert_allclose(found.spatial, expected.spatial, atol=1e-5)
    assert np.abs(found.spatial - rough.spatial).max() > 0.01


@pytest.mark.slow
def test_five_frames_have_their_middle_in_the_third_slot():
    window = ([-2, -1, 0, 1, 2], 2)
    config = Config(frames=5)
    check(network(frames=5), video(9), config, 1, {2: window, 5: window})


@pytest.mark.slow
def test_of_two_frames_each_direction_takes_the_pair_that_it_means():
    model, keypoints = network(frames=2), video(6)
    found = affinities.over_time(model, Config(frames=2), keypoints, SIZE)
    for frame in (1, 3):
        spatial, forward, _ = by_hand(model, keypoints, frame, [0, 1])
        _, _, backward = by_hand(model, keypoints, frame, [-1, 0])
        np.testing.assert_allclose(found.spatial[frame], spatial[0], atol=1e-5)
        np.testing.assert_allclose(found.forward[frame], forward[0], atol=1e-5)
        np.testing.assert_allclose(found.backward[frame], backward[0], atol=1e-5)


def test_there_is_no_affinity_with_a_frame_that_does_not_exist(plain):
    found = affinities.over_time(plain, Config(), video(5), SIZE)
    assert [bool(matrix.any()) for matrix in found.forward] == [True] * 4 + [False]
    assert [bool(matrix.any()) for matrix in found.backward] == [False] + [True] * 4
    one = affinities.over_time(plain, Config(), video(1), SIZE)
    assert one.spatial.any() and not one.forward.any() and not one.backward.any()
    single = network(frames=1)
    alone = affinities.over_time(single, Config(frames=1), video(3), SIZE)
    assert alone.spatial.any() and not alone.forward.any() and not alone.backward.any()


def test_a_joint_has_k_neighbours_whose_weights_sum_to_one(plain):
    found = affinities.over_time(plain, Config(), video(30), SIZE)
    assert found.spatial.shape == found.forward.shape == (30, 17, 17)
    np.testing.assert_array_equal((found.spatial > 0).sum(axis=-1), 3)
    np.testing.assert_array_equal((found.forward[:-1] > 0).sum(axis=-1), 4)
    np.testing.assert_allclose(found.backward[1:].sum(axis=-1), 1, atol=1e-5)


@pytest.mark.slow
@pytest.mark.addons
def test_long_videos_are_cut_without_a_seam(plain):
    # 512 frames at a time are 128 windows of four.
    keypoints = video(300)
    found = affinities.over_time(plain, Config(), keypoints, SIZE)
    part = affinities.over_time(plain, Config(), keypoints[120:140], SIZE)
    for name in ("spatial", "forward", "backward"):
        whole = getattr(found, name)
        assert whole.shape == (300, 17, 17)
        np.testing.assert_allclose(whole[124:136], getattr(part, name)[4:16], atol=1e-5)


def test_a_folded_network_has_the_same_affinities(plain):
    keypoints = video(8)
    straight = affinities.over_time(plain, Config(), keypoints, SIZE)
    folded = affinities.over_time(folding.fold(plain), Config(), keypoints, SIZE)
    np.testing.assert_allclose(folded.spatial, straight.spatial, atol=1e-4)
    np.testing.assert_allclose(folded.forward, straight.forward, atol=1e-4)


@pytest.mark.slow
def test_affinities_behind_a_gate_are_those_of_its_dynamic_graph():
    model = network(spatial_unit="fsg+dsg", temporal_unit="ftg+dtg")
    found = affinities.over_time(model, Config(), video(5), SIZE)
    np.testing.assert_array_equal((found.spatial > 0).sum(axis=-1), 3)
    np.testing.assert_array_equal((found.forward[:-1] > 0).sum(axis=-1), 4)
    np.testing.assert_allclose(found.backward[1:].sum(axis=-1), 1, atol=1e-5)


@pytest.mark.slow
def test_a_matrix_that_no_layer_computes_is_none():
    spatial_alone = network(spatial_unit="fsg,dsg", temporal_unit="ftg")
    found = affinities.over_time(spatial_alone, Config(), video(3), SIZE)
    assert found.spatial.shape == (3, 17, 17)
    assert found.forward is None and found.backward is None
    temporal_alone = network(spatial_unit="fsg", temporal_unit="dtg")
    found = affinities.over_time(temporal_alone, Config(), video(3), SIZE)
    assert found.spatial is None and found.forward.shape == (3, 17, 17)
    found = affinities.over_time(small_model(), Config(), video(3), SIZE)
    assert (found.spatial, found.forward, found.backward) == (None, None, None)


@pytest.mark.parametrize("block", [0, 2])
def test_a_block_that_is_not_there_is_refused(plain, block):
    with pytest.raises(ValueError, match=f"from 1 to 1, got {block}"):
        affinities.over_time(plain, Config(), video(3), SIZE, block)


def test_precomputed_neighbors_do_not_depend_on_the_confidence():
    model = network(inputs="xyc", connection="precomputed", weighting="fc")
    options = InferenceOptions.of(Config(), flip=False)
    options = dataclasses.replace(options, inputs="xyc")
    seen, rng = video(8), np.random.default_rng(1)
    found = []
    for _ in range(2):
        scored = np.concatenate([seen, rng.random((8, 17, 1))], axis=-1)
        found.append(affinities.over_time(model, options, scored, SIZE))
    plain = network(connection="precomputed", weighting="fc")
    other = affinities.over_time(plain, Config(), seen, SIZE)
    for name in ("spatial", "forward", "backward"):
        one, two, three = (getattr(made, name) for made in (*found, other))
        np.testing.assert_array_equal(one != 0, two != 0)
        np.testing.assert_array_equal(one != 0, three != 0)
        assert np.abs(one - two).max() > 1e-4
