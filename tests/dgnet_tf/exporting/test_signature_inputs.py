"""What signatures make of inputs that are none, person by person."""

import gc

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, small_model
from support.lifting.signature_calls import SIZE, call, of_small_model, pixels, sizes

from dgnet_tf.config import config as configuration
from dgnet_tf.exporting import saved_model, signatures
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.keypoints import layouts
from dgnet_tf.models import runs


@pytest.fixture(scope="module")
def built():
    """The signatures of a small network."""
    return of_small_model()


def untrained(**fields):
    """The signatures of a real, untrained network."""
    sizes = {"channels": 4, "blocks": 1, "skeleton": "human36m_17", "fps": 50.0}
    config = configuration.make("smoke", **sizes, **fields)
    return signatures.build(runs.build_model(config), InferenceOptions.of(config))


@pytest.fixture(scope="module")
def network():
    """The signatures of an untrained DG-Net."""
    return untrained()


@pytest.mark.parametrize("name", ["serving_default", "stream"])
def test_a_nan_is_its_own_persons_alone(network, name):
    keypoints = pixels(3, 4 if name == "stream" else 20)
    whole = call(network[name], keypoints=keypoints, image_size=sizes(3))["positions"]
    assert np.isfinite(whole).all()
    keypoints[1, -1, 5] = np.nan
    found = call(network[name], keypoints=keypoints, image_size=sizes(3))["positions"]
    np.testing.assert_allclose(found[[0, 2]], whole[[0, 2]], atol=1e-5)
    if name == "stream":
        assert np.isnan(found[1]).any()
    else:  # No window that holds frame 19 holds frame 15.
        np.testing.assert_allclose(found[1, :16], whole[1, :16], atol=1e-5)
        assert np.isnan(found[1, 16:]).any(axis=(1, 2)).all()


def test_a_person_nobody_sees_is_zero_and_not_valid(built, network):
    for layout in signatures.LAYOUTS:
        functions = network if layout == "coco_17" else built
        joints = len(layouts.get(layout).joints)
        for name, frames in ((layout, 9), (f"stream_{layout}", 4)):
            keypoints = pixels(3, frames, joints)
            confidence = np.ones(keypoints.shape[:3], np.float32)
            inputs = {"confidence": confidence, "image_size": sizes(3)}
            whole = call(functions[name], keypoints=keypoints, **inputs)
            assert whole["valid"].tolist() == [True] * 3
            confidence[1] = 0
            keypoints[1] = np.nan
            found = call(functions[name], keypoints=keypoints, **inputs)
            assert found["valid"].tolist() == [True, False, True]
            np.testing.assert_array_equal(found["positions"][1], 0)
            np.testing.assert_allclose(
                found["positions"][[0, 2]], whole["positions"][[0, 2]], atol=1e-5
            )


def test_pixels_far_outside_of_the_image_give_finite_poses(network):
    keypoints = pixels(1, 5) * 1000
    confidence = np.ones((1, 5, 17), np.float32)
    found = call(
        network["coco_17"],
        keypoints=keypoints,
        confidence=confidence,
        image_size=np.ones((1, 2), np.float32),
    )
    assert found["valid"][0] and np.isfinite(found["positions"]).all()


SIDES = (0, -0.0, -1, 0.999, 1e-30, 1e-45, 1_000_001, 3e38, np.nan, np.inf, -np.inf)
NUMBERS = (0, 1e-38, -1, 1e6, 1.001e6, 1e19, -3e38, np.nan, np.inf, -np.inf)


def inputs_of(name, batch):
    """Inputs of people that all can be lifted."""
    joints = 26 if name == "halpe_26" else 17
    inputs = {"keypoints": pixels(batch, 4, joints), "image_size": sizes(batch)}
    if name.endswith(("halpe_26", "coco_17")):
        inputs["confidence"] = np.ones((batch, 4, joints), np.float32)
    return inputs


EACH = ("serving_default", "stream", "halpe_26", "stream_coco_17")


def assert_alone(function, right, wrong):
    """Calls with every other person wrong; returns their outputs, and all of them."""
    expected = call(function, **right)
    found = call(function, **wrong)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name][::2], values[::2])
    assert np.isfinite(expected["positions"]).all()
    return {name: values[1::2] for name, values in found.items()}


@pytest.mark.parametrize("name", EACH)
def test_an_image_size_that_is_none_is_its_own_persons_alone(network, name):
    cases = [*((side, 1080) for side in SIDES), *((1920, side) for side in SIDES)]
    right = inputs_of(name, 2 * len(cases) + 1)
    size = right["image_size"].copy()
    size[1::2] = cases
    found = assert_alone(network[name], right, {**right, "image_size": size})
    if "valid" in found:
        assert not found["valid"].any() and not found["positions"].any()
    else:
        assert np.isnan(found["positions"]).all()


@pytest.mark.parametrize("name", ["serving_default", "coco_17"])
@pytest.mark.parametrize("side", [1, 1_000_000])
def test_the_least_and_the_largest_image_are_lifted(network, name, side):
    inputs = inputs_of(name, 2)
    inputs["image_size"][1] = side
    found = call(network[name], **inputs)
    assert np.isfinite(found["positions"]).all()
    assert found.get("valid", np.array(True)).all()


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("field", ["keypoints", "confidence"])
def test_whatever_a_person_holds_is_finite_or_not_valid(network, name, field):
    rng = np.random.default_rng(0)
    right = inputs_of(name, 81)
    if field not in right:
        return
    values = right[field].copy()
    odd = rng.choice(NUMBERS, values[1::2].shape)
    values[1::2] = np.where(rng.uniform(size=odd.shape) < 0.1, odd, values[1::2])
    values[1] = odd[0]
    found = assert_alone(network[name], right, {**right, field: values})
    assert not np.isinf(found["positions"]).any()
    if "valid" in found:
        assert found["valid"].any()
        assert np.isfinite(found["positions"]).all()
        assert not found["positions"][~found["valid"]].any()
    else:
        assert np.isnan(found["positions"]).any()


def test_positions_that_overflow_are_not_valid():
    config, model = Config(), small_model()

    def overflowing(windows, training):
        pose = model(windows, training=training)["pose"]
        far = tf.reduce_max(windows, axis=(1, 2, 3), keepdims=True) > 10
        return {"pose": tf.where(far, pose * np.float32(3e38), pose)}

    functions = signatures.build(overflowing, InferenceOptions.of(config))
    for name in EACH:
        inputs = inputs_of(name, 3)
        inputs["keypoints"][1] *= 100
        found = call(functions[name], **inputs)
        positions = found["positions"].reshape(3, -1)
        if "valid" in found:
            assert found["valid"].tolist() == [True, False, True]
            assert not positions[1].any()
        else:
            assert np.isfinite(positions).all(axis=1).tolist() == [True, False, True]
            assert not np.isinf(positions).any()


def test_a_loaded_export_holds_the_same(tiny_export):
    loaded, _ = saved_model.load_signatures(tiny_export)
    inputs = {name: tf.constant(v) for name, v in inputs_of("coco_17", 3).items()}
    whole = loaded["coco_17"](**inputs)
    size = tf.constant([SIZE, (1e38, 1080), SIZE], tf.float32)
    found = loaded["coco_17"](**{**inputs, "image_size": size})
    assert found["valid"].numpy().tolist() == [True, False, True]
    np.testing.assert_array_equal(
        tf.gather(found["positions"], [0, 2]), tf.gather(whole["positions"], [0, 2])
    )


def test_inputs_that_do_not_belong_together_are_refused(built):
    with pytest.raises(tf.errors.InvalidArgumentError, match="one row for each video"):
        call(built["serving_default"], keypoints=pixels(3, 4), image_size=sizes(1))
    with pytest.raises(tf.errors.InvalidArgumentError, match="must have a frame"):
        call(built["serving_default"], keypoints=pixels(1, 0), image_size=sizes(1))
    with pytest.raises(tf.errors.InvalidArgumentError, match="confidence must have"):
        call(
            built["coco_17"],
            keypoints=pixels(1, 4),
            confidence=np.ones((1, 5, 17), np.float32),
            image_size=sizes(1),
        )


def test_nobody_is_no_error(built):
    for name in ("serving_default", "stream"):
        found = call(built[name], keypoints=pixels(0, 4), image_size=sizes(0))
        assert found["positions"].shape == (
            (0, 17, 3) if name == "stream" else (0, 4, 17, 3)
        )


def test_a_networks_weights_are_constants(network):
    assert all(len(function.graph.variables) == 0 for function in network.values())


def test_a_tcns_weights_are_variables_that_live_as_long_as_its_signatures(monkeypatch):
    monkeypatch.setattr(signatures, "LAYOUTS", ())
    functions = untrained(architecture="tcn", overlap="center")
    gc.collect()
    # One function lifts windows, another unbroken time; constants would be there twice.
    streamed = functions["stream"].graph.variables
    assert len(streamed) > 10
    assert {id(one) for one in streamed} == {
        id(one) for one in functions["serving_default"].graph.variables
    }
